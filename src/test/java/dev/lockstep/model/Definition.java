package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The pipeline that a {@code pipeline.define} makes of the one before: what it leaves out is kept (rule 8). */
final class Definition {

    private final ModelPipeline before;
    private final ModelPipeline wanted;
    private boolean fits = true;

    Definition(ModelPipeline before, JsonNode environments) {
        this.before = before;
        List<Stop> stops = new ArrayList<>();
        Set<String> earlier = new HashSet<>();
        for (JsonNode one : environments) {
            Stop stop = merge(one);
            boolean first = earlier.isEmpty();
            if (first && (stop.after() != null || stop.onlyNewer())) {
                fits = false;
            }
            if (stop.after() != null && !earlier.containsAll(stop.after())) {
                fits = false;
            }
            earlier.add(stop.id());
            stops.add(stop);
        }
        this.wanted = new ModelPipeline(stops);
    }

    /** False for {@link Code#PIPELINE_INVALID}. */
    boolean fits() {
        return fits;
    }

    ModelPipeline wanted() {
        return wanted;
    }

    private Stop merge(JsonNode one) {
        String id = one.get("id").textValue();
        Stop old = before.has(id) ? before.stop(id) : Stop.named(id);
        String title = one.has("title") ? one.get("title").textValue() : old.title();
        String tier = one.has("tier") ? one.get("tier").textValue() : old.tier();
        return new Stop(id, title, tier, after(one, old), onlyNewer(one, old));
    }

    private static List<String> after(JsonNode one, Stop old) {
        if (!one.has("after")) {
            return old.after();
        }
        List<String> named = new ArrayList<>();
        one.get("after").forEach(id -> named.add(id.textValue()));
        if (named.isEmpty()) {
            return null;
        }
        return isTheSame(named, old.after()) ? old.after() : named;
    }

    /** Another order of the same is no change: the environment does not come after others than before. */
    private static boolean isTheSame(List<String> named, List<String> before) {
        return before != null && new HashSet<>(named).equals(new HashSet<>(before));
    }

    private static boolean onlyNewer(JsonNode one, Stop old) {
        JsonNode policy = one.path("policy");
        if (policy.isNull()) {
            return false;
        }
        return policy.has("onlyNewer") ? policy.get("onlyNewer").booleanValue() : old.onlyNewer();
    }
}
