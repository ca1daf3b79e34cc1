package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The pipeline that a {@code pipeline.define} makes of the one before: what it leaves out is kept (rule 8). */
final class Definition {

    private final ModelPipeline wanted;
    private boolean fits = true;

    Definition(ModelPipeline before, JsonNode environments) {
        List<Stop> stops = new ArrayList<>();
        Set<String> earlier = new HashSet<>();
        for (JsonNode one : environments) {
            String id = one.get("id").textValue();
            Stop stop = (before.has(id) ? before.stop(id) : Stop.named(id)).with(one);
            if (earlier.isEmpty() && !stop.mayBeFirst()) {
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
}
