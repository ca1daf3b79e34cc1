package dev.lockstep.domain.pipeline;

import java.util.List;

/**
 * One environment of a pipeline, as defined.
 *
 * @param id a lower-case DNS label
 * @param title for people, or null
 * @param tier {@code development}, {@code testing}, {@code staging} or {@code production}, or null
 * @param after the earlier stages that a release is promoted from, at least one; null for the one before it in the list,
 *     whatever that is
 */
public record Stage(String id, String title, String tier, List<String> after, Policy policy) {

    /** A stage that was defined by its id and, unless it is null, its tier. */
    public Stage(String id, String tier) {
        this(id, null, tier, null, Policy.DEFAULT);
    }
}
