package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.Expected.Details;
import dev.lockstep.model.ModelRelease.Place;
import java.util.List;

/** The commands that change what runs in an environment: rules 2, 3, 6, 7 and 15. */
record OnEnvironments(ModelState state) {

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
        return target == null ? deployToNext(data, release, from) : deployTo(data, release, target);
    }

    private boolean goesOnFrom(ModelRelease release, String from, String target) {
        Promotion promotion = new Promotion(state, release);
        boolean leadsOn = target == null
                ? !promotion.succeededBehind(from)
                : state.pipeline.after(target).contains(from);
        return promotion.isCurrent(from) && leadsOn;
    }

    private Expected deployToNext(JsonNode data, ModelRelease release, String from) {
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
        return deployTo(data, release, ways.get(0));
    }

    private Expected deployTo(JsonNode data, ModelRelease release, String target) {
        ModelEnvironment environment = state.environment(target);
        Promotion promotion = new Promotion(state, release);
        if (release.id.equals(environment.current())) {
            return state.refused(Code.ALREADY_CURRENT);
        }
        if (!promotion.mayGoTo(target)) {
            return state.refused(
                    Code.PROMOTION_ORDER, Details.required(promotion.nextFor(target), promotion.requiredFor(target)));
        }
        ModelRelease current = state.releases.get(environment.current());
        boolean older = current != null && release.createdRevision < current.createdRevision;
        if (older && state.pipeline.stop(target).onlyNewer()) {
            return state.refused(Code.OLDER_THAN_CURRENT);
        }
        return bring(data, release, environment, environment.actionFor(release.id));
    }

    Expected undeploy(JsonNode data) {
        String target = data.get("environment").textValue();
        if (!state.pipeline.has(target)) {
            return state.refused(Code.ENVIRONMENT_NOT_FOUND);
        }
        if (state.pipeline.isFirst(target)) {
            return state.refused(Code.FIRST_ENVIRONMENT);
        }
        ModelEnvironment environment = state.environment(target);
        ModelRelease current = state.releases.get(environment.current());
        if (current == null) {
            return state.refused(Code.NOTHING_LEFT);
        }
        state.emitService(Fact.SERVICE_REMOVED, current, target, null);
        current.places.get(target).since = state.revision;
        environment.empty();
        return state.accepted();
    }

    Expected rollback(JsonNode data) {
        ModelRelease named = state.release(data);
        String target = data.get("environment").textValue();
        Code code = aimedAmiss(data, named, target);
        if (code != null) {
            return state.refused(code);
        }
        ModelEnvironment environment = state.environment(target);
        if (named == null) {
            ModelRelease before = state.releases.get(environment.beforeCurrent());
            return before == null || before.archived
                    ? state.refused(Code.NOTHING_LEFT)
                    : bring(data, before, environment, environment.actionFor(before.id));
        }
        if (named.id.equals(environment.current())) {
            return state.refused(Code.ALREADY_CURRENT);
        }
        if (!state.succeeded(named, target)) {
            return state.refused(Code.NOT_DEPLOYED_THERE);
        }
        return bring(data, named, environment, environment.actionFor(named.id));
    }

    Expected redeploy(JsonNode data) {
        ModelRelease named = state.release(data);
        String target = data.get("environment").textValue();
        Code code = aimedAmiss(data, named, target);
        if (code != null) {
            return state.refused(code);
        }
        ModelEnvironment environment = state.environment(target);
        ModelRelease current = state.releases.get(environment.current());
        if (current == null) {
            return state.refused(Code.NOTHING_LEFT);
        }
        if (named != null && named != current) {
            return state.refused(Code.NOT_THERE);
        }
        return bring(data, current, environment, "redeploy");
    }

    /** What a rollback and a redeploy have in common; null if nothing is amiss. */
    private Code aimedAmiss(JsonNode data, ModelRelease named, String target) {
        if (data.has("release") && named == null) {
            return Code.RELEASE_NOT_FOUND;
        }
        if (!state.pipeline.has(target)) {
            return Code.ENVIRONMENT_NOT_FOUND;
        }
        if (state.pipeline.isFirst(target)) {
            return Code.FIRST_ENVIRONMENT;
        }
        return named != null && named.archived ? Code.RELEASE_ARCHIVED : null;
    }

    private Expected bring(JsonNode data, ModelRelease release, ModelEnvironment target, String action) {
        String replaced = target.current();
        if (!release.isLocked()) {
            state.emitRelease(Fact.RELEASE_LOCKED, release);
        }
        ExpectedDeployment deployment = new ExpectedDeployment(
                state.revision + 1,
                release.id,
                target.id,
                state.pipeline.stop(target.id).tier(),
                action,
                replaced,
                new Promotion(state, release).linkTo(target.id),
                data.path("actor").textValue(),
                data.path("reason").textValue(),
                release.source);
        state.emitService(fact(action, replaced), release, target.id, deployment);
        Place place =
                release.places.computeIfAbsent(target.id, id -> new Place(deployment.revision(), deployment.link()));
        place.lastSuccess = deployment.revision();
        if (!deployment.isRedeploy()) {
            place.since = deployment.revision();
            if (replaced != null) {
                state.releases.get(replaced).places.get(target.id).since = deployment.revision();
            }
        }
        target.succeed(deployment);
        return state.deployed();
    }

    private static Fact fact(String action, String replaced) {
        if (action.equals("redeploy")) {
            return Fact.SERVICE_REDEPLOYED;
        }
        if (replaced == null) {
            return Fact.SERVICE_DEPLOYED;
        }
        return action.equals("rollback") ? Fact.SERVICE_ROLLEDBACK : Fact.SERVICE_UPGRADED;
    }
}
