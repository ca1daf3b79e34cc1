package dev.lockstep.model;

import java.util.List;

/**
 * One environment of a pipeline with what its definitions said of it.
 *
 * @param title     null if it has none, like {@code tier}
 * @param after     the environments that were named, null if none ever was
 * @param onlyNewer the policy's member; {@code false} is its default
 */
public record Stop(String id, String title, String tier, List<String> after, boolean onlyNewer) {

    /** One of which nothing was said. */
    static Stop named(String id) {
        return new Stop(id, null, null, null, false);
    }

    /** Each with its id as its tier. */
    static List<Stop> tiers(String... ids) {
        return List.of(ids).stream()
                .map(id -> new Stop(id, null, id, null, false))
                .toList();
    }
}
