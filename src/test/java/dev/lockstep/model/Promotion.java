package dev.lockstep.model;

import dev.lockstep.model.Link.Origin;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The questions of rules 2 and 3: where a release may go, and where it comes from. */
record Promotion(ModelState state, ModelRelease release) {

    /** Without {@code environment}: where it may go on to, in the pipeline's order. */
    List<String> ways() {
        return pipeline().ids().stream().filter(this::isWay).toList();
    }

    private boolean isWay(String environment) {
        for (String before : pipeline().after(environment)) {
            if (!isCurrent(before)) {
                return false;
            }
        }
        return !succeededInOrBehind(environment);
    }

    /** No next environment: everywhere, or further on; and given up nowhere. */
    boolean isAtTheEnd() {
        return pipeline().ids().stream().allMatch(this::succeededInOrBehind)
                && pipeline().ends().stream().allMatch(this::isCurrent);
    }

    private boolean succeededInOrBehind(String environment) {
        return succeeded(environment) || succeededBehind(environment);
    }

    boolean succeededBehind(String environment) {
        for (String behind : pipeline().behind(environment)) {
            if (succeeded(behind)) {
                return true;
            }
        }
        return false;
    }

    /** In the first environment every release is. */
    boolean isCurrent(String environment) {
        return pipeline().isFirst(environment)
                || release.id.equals(state.environment(environment).current());
    }

    boolean mayGoTo(String target) {
        return succeeded(target) || requiredFor(target).isEmpty();
    }

    /** Those of the environments right before the target in which it did not succeed. */
    List<String> requiredFor(String target) {
        return pipeline().after(target).stream().filter(id -> !succeeded(id)).toList();
    }

    /** The first of what is missing on the way to the target that nothing else stands in the way of. */
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
        return new Link(pipeline().after(target).stream()
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
