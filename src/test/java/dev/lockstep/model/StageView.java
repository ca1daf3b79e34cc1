package dev.lockstep.model;

import java.util.List;

/**
 * What a status record or an event must say about an environment of the pipeline.
 *
 * @param position from 0; null if it is left out, like {@code after}
 * @param after    what it currently comes after, in the order in which those were named
 */
public record StageView(
        String id, String title, String tier, Integer position, List<String> after, ModelStagePolicy policy) {

    boolean onlyNewer() {
        return policy.onlyNewer();
    }

    /** As in {@code environment.deleted}. */
    StageView asDeleted() {
        return new StageView(id, title, tier, null, null, policy);
    }
}
