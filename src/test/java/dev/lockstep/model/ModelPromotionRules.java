package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ExpectedOutcome.Details;
import java.util.Comparator;
import java.util.List;

/** The commands that change what runs in an environment: rules 2, 3, 6, 7, 15, 19 to 22 and 28. */
record ModelPromotionRules(ModelState state, ExpectedStatuses published) {

    /** In one environment, whatever they wait for. */
    private static final int MAX_WAITING = 50;
    /** In all environments of the application. */
    private static final int MAX_WAITING_IN_APPLICATION = 100;

    ExpectedOutcome deploy(JsonNode data) {
        ModelRelease release = state.release(data);
        if (release == null) {
            return state.refused(ExpectedRefusal.RELEASE_NOT_FOUND);
        }
        String target = data.path("environment").textValue();
        String from = data.path("from").textValue();
        if (target != null && !state.pipeline.has(target) || from != null && !state.pipeline.has(from)) {
            return state.refused(ExpectedRefusal.ENVIRONMENT_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(ExpectedRefusal.REVISION_CONFLICT, Details.revision(conflict));
        }
        if (target != null && state.pipeline.isFirst(target)) {
            return state.refused(ExpectedRefusal.FIRST_ENVIRONMENT);
        }
        if (release.archived) {
            return state.refused(ExpectedRefusal.RELEASE_ARCHIVED);
        }
        if (from != null && !isNextAfter(release, from, target)) {
            String first = state.pipeline.ids().get(0);
            return state.refused(ExpectedRefusal.NOT_THERE, Details.current(state.currentIn(release), first));
        }
        return target == null ? deployToNext(release, from) : deployTo(release, target);
    }

    private boolean isNextAfter(ModelRelease release, String from, String target) {
        ModelPromotion promotion = new ModelPromotion(state, release);
        boolean leadsOn = target == null
                ? !promotion.succeededBehind(from)
                : state.pipeline.predecessors(target).contains(from);
        return promotion.isCurrent(from) && leadsOn;
    }

    private ExpectedOutcome deployToNext(ModelRelease release, String from) {
        ModelPromotion promotion = new ModelPromotion(state, release);
        List<String> ways = promotion.nextEnvironments().stream()
                .filter(way -> from == null || state.pipeline.predecessors(way).contains(from))
                .toList();
        if (ways.size() > 1) {
            return state.refused(ExpectedRefusal.ENVIRONMENT_REQUIRED, Details.environments(ways));
        }
        if (ways.isEmpty()) {
            return state.refused(
                    promotion.isAtTheEnd() ? ExpectedRefusal.NOTHING_LEFT : ExpectedRefusal.ENVIRONMENT_REQUIRED);
        }
        return deployTo(release, ways.get(0));
    }

    private ExpectedOutcome deployTo(ModelRelease release, String target) {
        if (release.id.equals(state.environment(target).current())) {
            return state.refused(ExpectedRefusal.ALREADY_CURRENT);
        }
        ModelDeployment onItsWay = onItsWay(release, target);
        if (onItsWay != null) {
            return state.refused(ExpectedRefusal.ALREADY_ON_ITS_WAY, Details.deployment(onItsWay.revision));
        }
        TargetCheck aim = new TargetCheck(state);
        ExpectedRefusal code = aim.refusal(release, target);
        if (code != null) {
            return state.refused(code, aim.details(code, release, target));
        }
        return ask(CommandKind.DEPLOY, release, target);
    }

    /** Into the environment, not out of it; one in progress takes precedence over waiting ones. */
    private ModelDeployment onItsWay(ModelRelease release, String target) {
        return state.unfinishedTo(target).stream()
                .filter(deployment -> !deployment.isUndeploy() && deployment.release.equals(release.id))
                .min(Comparator.comparing(ModelDeployment::isWaiting))
                .orElse(null);
    }

    ExpectedOutcome undeploy(JsonNode data) {
        String target = data.get("environment").textValue();
        if (!state.pipeline.has(target)) {
            return state.refused(ExpectedRefusal.ENVIRONMENT_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(ExpectedRefusal.REVISION_CONFLICT, Details.revision(conflict));
        }
        if (state.pipeline.isFirst(target)) {
            return state.refused(ExpectedRefusal.FIRST_ENVIRONMENT);
        }
        boolean reported = state.pipeline.stop(target).policy().isReported() || state.inProgressIn(target) != null;
        if (!reported && (data.has("notBefore") || data.has("expiresAt"))) {
            return state.refused(ExpectedRefusal.INVALID_COMMAND);
        }
        ModelEnvironment environment = state.environment(target);
        ModelRelease current = state.releases.get(environment.current());
        if (current == null) {
            return state.refused(ExpectedRefusal.NOTHING_LEFT);
        }
        ModelDeployment other = state.unfinishedTo(target).stream()
                .filter(ModelDeployment::isUndeploy)
                .findFirst()
                .orElse(null);
        if (other != null) {
            return state.refused(ExpectedRefusal.ALREADY_ON_ITS_WAY, Details.deployment(other.revision));
        }
        if (reported) {
            return ask(CommandKind.UNDEPLOY, current, target);
        }
        state.emitRemoved(current, target);
        current.ceaseCurrent(target, state.revision, state.now);
        environment.empty();
        ModelQueue.reevaluateAll(state);
        return state.accepted();
    }

    ExpectedOutcome rollback(JsonNode data) {
        ModelRelease named = state.release(data);
        String target = data.get("environment").textValue();
        ExpectedOutcome amiss = checkTarget(data, named, target);
        if (amiss != null) {
            return amiss;
        }
        ModelEnvironment environment = state.environment(target);
        boolean busy = state.inProgressIn(target) != null;
        if (named == null) {
            String to = busy ? environment.current() : environment.beforeCurrent();
            ModelRelease release = state.releases.get(to);
            return release == null || release.archived
                    ? state.refused(ExpectedRefusal.NOTHING_LEFT)
                    : rollbackTo(release, target);
        }
        if (named.id.equals(environment.current()) && !busy) {
            return state.refused(ExpectedRefusal.ALREADY_CURRENT);
        }
        if (!state.succeeded(named, target)) {
            return state.refused(ExpectedRefusal.NOT_DEPLOYED_THERE);
        }
        return rollbackTo(named, target);
    }

    private ExpectedOutcome rollbackTo(ModelRelease release, String target) {
        ModelDeployment onItsWay = onItsWay(release, target);
        return onItsWay == null
                ? ask(CommandKind.ROLLBACK, release, target)
                : state.refused(ExpectedRefusal.ALREADY_ON_ITS_WAY, Details.deployment(onItsWay.revision));
    }

    ExpectedOutcome redeploy(JsonNode data) {
        ModelRelease named = state.release(data);
        String target = data.get("environment").textValue();
        ExpectedOutcome amiss = checkTarget(data, named, target);
        if (amiss != null) {
            return amiss;
        }
        ModelRelease current = state.releases.get(state.environment(target).current());
        if (current == null) {
            return state.refused(ExpectedRefusal.NOTHING_LEFT);
        }
        if (named != null && named != current) {
            return state.refused(ExpectedRefusal.NOT_THERE);
        }
        ModelDeployment onItsWay = onItsWay(current, target);
        return onItsWay == null
                ? ask(CommandKind.REDEPLOY, current, target)
                : state.refused(ExpectedRefusal.ALREADY_ON_ITS_WAY, Details.deployment(onItsWay.revision));
    }

    /** The checks that a rollback and a redeploy have in common; null if nothing is wrong. */
    private ExpectedOutcome checkTarget(JsonNode data, ModelRelease named, String target) {
        if (data.has("release") && named == null) {
            return state.refused(ExpectedRefusal.RELEASE_NOT_FOUND);
        }
        if (!state.pipeline.has(target)) {
            return state.refused(ExpectedRefusal.ENVIRONMENT_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(ExpectedRefusal.REVISION_CONFLICT, Details.revision(conflict));
        }
        if (state.pipeline.isFirst(target)) {
            return state.refused(ExpectedRefusal.FIRST_ENVIRONMENT);
        }
        return named != null && named.archived ? state.refused(ExpectedRefusal.RELEASE_ARCHIVED) : null;
    }

    /** Including the requested one, and without those that it superseded. */
    private boolean tooManyWait(String target) {
        long inAll = state.unfinished.values().stream()
                .filter(ModelDeployment::isWaiting)
                .count();
        return state.waitingIn(target).size() > MAX_WAITING || inAll > MAX_WAITING_IN_APPLICATION;
    }

    /** Creates it and lets it start, or says why it may not wait. */
    private ExpectedOutcome ask(CommandKind kind, ModelRelease release, String target) {
        DeploymentRequest asking = state.asking();
        if (asking.expiresAt() != null && !asking.expiresAt().isAfter(state.now)) {
            return state.refused(ExpectedRefusal.EXPIRED);
        }
        ModelLifecycle life = new ModelLifecycle(state, target);
        int inLine = life.line().size();
        ModelState before = state.copy();
        ModelDeployment asked = life.ask(kind, release, asking);
        ModelQueue waiting = new ModelQueue(state, life);
        waiting.settle(ModelQueue.Cause.COMMAND);
        if (asked.isWaiting()) {
            List<ExpectedBlocker> blockers = waiting.blockers(asked);
            if (asking.rejects()) {
                return before.refused(ExpectedRefusal.BLOCKED, Details.blocked(blockers));
            }
            String whenBusy = life.policy().whenBusy();
            if (asked.joined && whenBusy.equals("reject")) {
                return before.refused(ExpectedRefusal.ENVIRONMENT_BUSY, Details.deployment(life.inProgress().revision));
            }
            boolean full = asked.joined
                    && whenBusy.equals("queue")
                    && kind != CommandKind.ROLLBACK
                    && inLine >= life.policy().maxQueued();
            if (full || tooManyWait(target)) {
                return before.refused(ExpectedRefusal.QUEUE_FULL);
            }
        }
        waiting.announce();
        ModelQueue.reevaluateAll(state);
        return state.accepted(asked);
    }
}
