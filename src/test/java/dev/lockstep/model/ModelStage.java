package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * One environment of a pipeline, with what its definitions said about it.
 *
 * @param title null if it has none, like {@code tier}
 * @param after the environments that were named, null if none ever was
 */
public record ModelStage(String id, String title, String tier, List<String> after, ModelStagePolicy policy) {

    /** One about which nothing was said. */
    static ModelStage named(String id) {
        return new ModelStage(id, null, null, null, ModelStagePolicy.DEFAULT);
    }

    /** Each with its id as its tier. */
    static List<ModelStage> tiers(String... ids) {
        return List.of(ids).stream()
                .map(id -> new ModelStage(id, null, id, null, ModelStagePolicy.DEFAULT))
                .toList();
    }

    /** The first environment takes neither (rule 8). */
    boolean mayBeFirst() {
        return after == null && policy.equals(ModelStagePolicy.DEFAULT);
    }

    /** What is left out is kept; null resets it (rule 8). */
    ModelStage with(JsonNode node) {
        return new ModelStage(
                id,
                node.has("title") ? node.get("title").textValue() : title,
                node.has("tier") ? node.get("tier").textValue() : tier,
                after(node),
                node.has("policy") ? policy.with(node.get("policy")) : policy);
    }

    private List<String> after(JsonNode node) {
        if (!node.has("after")) {
            return after;
        }
        List<String> named = new ArrayList<>();
        node.get("after").forEach(id -> named.add(id.textValue()));
        if (named.isEmpty()) {
            return null;
        }
        return isTheSame(named) ? after : named;
    }

    /** The same ones in another order are no change: the environment still comes after the same ones. */
    private boolean isTheSame(List<String> named) {
        return after != null && new HashSet<>(named).equals(new HashSet<>(after));
    }
}
