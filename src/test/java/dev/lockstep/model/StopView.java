package dev.lockstep.model;

import java.util.List;

/**
 * What a status record or an event must say of an environment of the pipeline.
 *
 * @param position from 0; null where it is left out, like {@code after}
 * @param after    what it comes after today, in the order in which that was named
 */
public record StopView(String id, String title, String tier, Integer position, List<String> after, StopPolicy policy) {

    boolean onlyNewer() {
        return policy.onlyNewer();
    }

    /** As {@code environment.deleted} tells it. */
    StopView gone() {
        return new StopView(id, title, tier, null, null, policy);
    }
}
