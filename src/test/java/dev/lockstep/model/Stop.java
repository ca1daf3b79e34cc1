package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * One environment of a pipeline with what its definitions said of it.
 *
 * @param title null if it has none, like {@code tier}
 * @param after the environments that were named, null if none ever was
 */
public record Stop(String id, String title, String tier, List<String> after, StopPolicy policy) {

    /** One of which nothing was said. */
    static Stop named(String id) {
        return new Stop(id, null, null, null, StopPolicy.DEFAULT);
    }

    /** Each with its id as its tier. */
    static List<Stop> tiers(String... ids) {
        return List.of(ids).stream()
                .map(id -> new Stop(id, null, id, null, StopPolicy.DEFAULT))
                .toList();
    }

    /** The first environment takes neither (rule 8). */
    boolean mayBeFirst() {
        return after == null && policy.equals(StopPolicy.DEFAULT);
    }

    /** What is left out is kept, null takes back (rule 8). */
    Stop with(JsonNode one) {
        return new Stop(
                id,
                one.has("title") ? one.get("title").textValue() : title,
                one.has("tier") ? one.get("tier").textValue() : tier,
                after(one),
                one.has("policy") ? policy.with(one.get("policy")) : policy);
    }

    private List<String> after(JsonNode one) {
        if (!one.has("after")) {
            return after;
        }
        List<String> named = new ArrayList<>();
        one.get("after").forEach(id -> named.add(id.textValue()));
        if (named.isEmpty()) {
            return null;
        }
        return isTheSame(named) ? after : named;
    }

    /** Another order of the same is no change: the environment does not come after others than before. */
    private boolean isTheSame(List<String> named) {
        return after != null && new HashSet<>(named).equals(new HashSet<>(after));
    }
}
