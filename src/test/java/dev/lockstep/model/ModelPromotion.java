package dev.lockstep.model;

import dev.lockstep.model.Link.Origin;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Answers rules 2 and 3: where a release may go, and where it comes from. */
record ModelPromotion(ModelState state, ModelRelease release) {

    /** Where a deploy without {@code environment} may go, in pipeline order. */
    List<String> nextEnvironments() {
        return pipeline().ids().stream().filter(this::isNextEnvironment).toList();
    }

    private boolean isNextEnvironment(String environment) {
        for (String before : pipeline().predecessors(environment)) {
            if (!isCurrent(before)) {
                return false;
            }
        }
        return !succeededInOrBehind(environment);
    }

    /** Not a next environment: it succeeded there or further on, and was not rolled back anywhere. */
    boolean isAtTheEnd() {
        return pipeline().ids().stream().allMatch(this::succeededInOrBehind)
                && pipeline().ends().stream().allMatch(this::isCurrent);
    }

    private boolean succeededInOrBehind(String environment) {
        return succeeded(environment) || succeededBehind(environment);
    }

    boolean succeededBehind(String environment) {
        for (String behind : pipeline().successors(environment)) {
            if (succeeded(behind)) {
                return true;
            }
        }
        return false;
    }

    /** Every release is in the first environment. */
    boolean isCurrent(String environment) {
        return pipeline().isFirst(environment)
                || release.id.equals(state.environment(environment).current());
    }

    boolean mayGoTo(String target) {
        return succeeded(target) || requiredFor(target).isEmpty();
    }

    /** The environments directly before the target in which it has not succeeded. */
    List<String> requiredFor(String target) {
        return pipeline().predecessors(target).stream()
                .filter(id -> !succeeded(id))
                .toList();
    }

    /** The first missing environment on the way to the target for which nothing else is missing. */
    String nextFor(String target) {
        Set<String> missing = new LinkedHashSet<>();
        collectMissing(target, missing);
        return pipeline().ids().stream()
                .filter(missing::contains)
                .filter(id -> requiredFor(id).isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private void collectMissing(String target, Set<String> missing) {
        for (String required : requiredFor(target)) {
            missing.add(required);
            collectMissing(required, missing);
        }
    }

    /** Rule 3. */
    Link linkTo(String target) {
        return new Link(pipeline().predecessors(target).stream()
                .map(id -> new Origin(id, lastSuccess(id)))
                .toList());
    }

    private long lastSuccess(String environment) {
        if (pipeline().isFirst(environment)) {
            return release.createdRevision;
        }
        return succeeded(environment) ? release.places.get(environment).lastSuccess : 0;
    }

    private boolean succeeded(String environment) {
        return state.succeeded(release, environment);
    }

    private ModelPipeline pipeline() {
        return state.pipeline;
    }
}
