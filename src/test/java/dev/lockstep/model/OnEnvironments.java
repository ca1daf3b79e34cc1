package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.Expected.Details;
import java.util.Comparator;
import java.util.List;

/** The commands that change what runs in an environment: rules 2, 3, 6, 7, 15 and 19 to 22. */
record OnEnvironments(ModelState state, Publication published) {

    /** In one environment, whatever for. */
    private static final int MOST_WAITING = 50;
    /** In all environments of the application. */
    private static final int MOST_WAITING_IN_ALL = 100;

    Expected deploy(JsonNode data) {
        ModelRelease release = state.release(data);
        if (release == null) {
            return state.refused(Code.RELEASE_NOT_FOUND);
        }
        String target = data.path("environment").textValue();
        String from = data.path("from").textValue();
        if (target != null && !state.pipeline.has(target) || from != null && !state.pipeline.has(from)) {
            return state.refused(Code.ENVIRONMENT_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(Code.REVISION_CONFLICT, Details.revision(conflict));
        }
        if (target != null && state.pipeline.isFirst(target)) {
            return state.refused(Code.FIRST_ENVIRONMENT);
        }
        if (release.archived) {
            return state.refused(Code.RELEASE_ARCHIVED);
        }
        if (from != null && !goesOnFrom(release, from, target)) {
            String first = state.pipeline.ids().get(0);
            return state.refused(Code.NOT_THERE, Details.current(state.currentIn(release), first));
        }
        return target == null ? deployToNext(release, from) : deployTo(release, target);
    }

    private boolean goesOnFrom(ModelRelease release, String from, String target) {
        Promotion promotion = new Promotion(state, release);
        boolean leadsOn = target == null
                ? !promotion.succeededBehind(from)
                : state.pipeline.after(target).contains(from);
        return promotion.isCurrent(from) && leadsOn;
    }

    private Expected deployToNext(ModelRelease release, String from) {
        Promotion promotion = new Promotion(state, release);
        List<String> ways = promotion.ways().stream()
                .filter(way -> from == null || state.pipeline.after(way).contains(from))
                .toList();
        if (ways.size() > 1) {
            return state.refused(Code.ENVIRONMENT_REQUIRED, Details.environments(ways));
        }
        if (ways.isEmpty()) {
            return state.refused(promotion.isAtTheEnd() ? Code.NOTHING_LEFT : Code.ENVIRONMENT_REQUIRED);
        }
        return deployTo(release, ways.get(0));
    }

    private Expected deployTo(ModelRelease release, String target) {
        if (release.id.equals(state.environment(target).current())) {
            return state.refused(Code.ALREADY_CURRENT);
        }
        ModelDeployment onItsWay = onItsWay(release, target);
        if (onItsWay != null) {
            return state.refused(Code.ALREADY_ON_ITS_WAY, Details.deployment(onItsWay.revision));
        }
        Aim aim = new Aim(state);
        Code code = aim.refusal(release, target);
        if (code != null) {
            return state.refused(code, aim.details(code, release, target));
        }
        return ask(Kind.DEPLOY, release, target);
    }

    /** Into the environment, not out of it; what is in progress counts before what waits. */
    private ModelDeployment onItsWay(ModelRelease release, String target) {
        return state.onTheirWayTo(target).stream()
                .filter(deployment -> !deployment.isUndeploy() && deployment.release.equals(release.id))
                .min(Comparator.comparing(ModelDeployment::isWaiting))
                .orElse(null);
    }

    Expected undeploy(JsonNode data) {
        String target = data.get("environment").textValue();
        if (!state.pipeline.has(target)) {
            return state.refused(Code.ENVIRONMENT_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(Code.REVISION_CONFLICT, Details.revision(conflict));
        }
        if (state.pipeline.isFirst(target)) {
            return state.refused(Code.FIRST_ENVIRONMENT);
        }
        boolean reported = state.pipeline.stop(target).policy().isReported() || state.inProgressIn(target) != null;
        if (!reported && (data.has("notBefore") || data.has("expiresAt"))) {
            return state.refused(Code.INVALID_COMMAND);
        }
        ModelEnvironment environment = state.environment(target);
        ModelRelease current = state.releases.get(environment.current());
        if (current == null) {
            return state.refused(Code.NOTHING_LEFT);
        }
        ModelDeployment other = state.onTheirWayTo(target).stream()
                .filter(ModelDeployment::isUndeploy)
                .findFirst()
                .orElse(null);
        if (other != null) {
            return state.refused(Code.ALREADY_ON_ITS_WAY, Details.deployment(other.revision));
        }
        if (reported) {
            return ask(Kind.UNDEPLOY, current, target);
        }
        state.emitRemoved(current, target);
        current.ceases(target, state.revision, state.now);
        environment.empty();
        new Waiting(state, target).lookAgain(Waiting.Cause.COMMAND);
        return state.accepted();
    }

    Expected rollback(JsonNode data) {
        ModelRelease named = state.release(data);
        String target = data.get("environment").textValue();
        Expected amiss = aimedAmiss(data, named, target);
        if (amiss != null) {
            return amiss;
        }
        ModelEnvironment environment = state.environment(target);
        boolean busy = state.inProgressIn(target) != null;
        if (named == null) {
            String to = busy ? environment.current() : environment.beforeCurrent();
            ModelRelease release = state.releases.get(to);
            return release == null || release.archived ? state.refused(Code.NOTHING_LEFT) : rollbackTo(release, target);
        }
        if (named.id.equals(environment.current()) && !busy) {
            return state.refused(Code.ALREADY_CURRENT);
        }
        if (!state.succeeded(named, target)) {
            return state.refused(Code.NOT_DEPLOYED_THERE);
        }
        return rollbackTo(named, target);
    }

    private Expected rollbackTo(ModelRelease release, String target) {
        ModelDeployment onItsWay = onItsWay(release, target);
        return onItsWay == null
                ? ask(Kind.ROLLBACK, release, target)
                : state.refused(Code.ALREADY_ON_ITS_WAY, Details.deployment(onItsWay.revision));
    }

    Expected redeploy(JsonNode data) {
        ModelRelease named = state.release(data);
        String target = data.get("environment").textValue();
        Expected amiss = aimedAmiss(data, named, target);
        if (amiss != null) {
            return amiss;
        }
        ModelRelease current = state.releases.get(state.environment(target).current());
        if (current == null) {
            return state.refused(Code.NOTHING_LEFT);
        }
        if (named != null && named != current) {
            return state.refused(Code.NOT_THERE);
        }
        ModelDeployment onItsWay = onItsWay(current, target);
        return onItsWay == null
                ? ask(Kind.REDEPLOY, current, target)
                : state.refused(Code.ALREADY_ON_ITS_WAY, Details.deployment(onItsWay.revision));
    }

    /** What a rollback and a redeploy have in common; null if nothing is amiss. */
    private Expected aimedAmiss(JsonNode data, ModelRelease named, String target) {
        if (data.has("release") && named == null) {
            return state.refused(Code.RELEASE_NOT_FOUND);
        }
        if (!state.pipeline.has(target)) {
            return state.refused(Code.ENVIRONMENT_NOT_FOUND);
        }
        Long conflict = published.conflict(data);
        if (conflict != null) {
            return state.refused(Code.REVISION_CONFLICT, Details.revision(conflict));
        }
        if (state.pipeline.isFirst(target)) {
            return state.refused(Code.FIRST_ENVIRONMENT);
        }
        return named != null && named.archived ? state.refused(Code.RELEASE_ARCHIVED) : null;
    }

    /** With the one that was asked for, and without what it superseded. */
    private boolean tooManyWait(String target) {
        long inAll = state.onTheirWay.values().stream()
                .filter(ModelDeployment::isWaiting)
                .count();
        return state.waitingIn(target).size() > MOST_WAITING || inAll > MOST_WAITING_IN_ALL;
    }

    /** Makes it, and lets it start, or says why it is not to wait. */
    private Expected ask(Kind kind, ModelRelease release, String target) {
        Asking asking = state.asking();
        if (asking.expiresAt() != null && !asking.expiresAt().isAfter(state.now)) {
            return state.refused(Code.EXPIRED);
        }
        Life life = new Life(state, target);
        int inLine = life.line().size();
        ModelState before = state.copy();
        ModelDeployment asked = life.ask(kind, release, asking);
        Waiting waiting = new Waiting(state, life);
        waiting.settle(Waiting.Cause.COMMAND);
        if (asked.isWaiting()) {
            List<Blocker> blockers = waiting.blockers(asked);
            if (asking.rejects()) {
                return before.refused(Code.BLOCKED, Details.blocked(blockers));
            }
            String whenBusy = life.policy().whenBusy();
            if (asked.joined && whenBusy.equals("reject")) {
                return before.refused(Code.ENVIRONMENT_BUSY, Details.deployment(life.inProgress().revision));
            }
            boolean full = asked.joined
                    && whenBusy.equals("queue")
                    && kind != Kind.ROLLBACK
                    && inLine >= life.policy().maxQueued();
            if (full || tooManyWait(target)) {
                return before.refused(Code.QUEUE_FULL);
            }
        }
        waiting.tell();
        return state.accepted(asked);
    }
}
