package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The pipeline that a {@code pipeline.define} makes from the previous one: what it leaves out is kept (rule 8). */
final class PipelineDefinition {

    private final ModelPipeline wanted;
    private boolean fits = true;

    PipelineDefinition(ModelPipeline before, JsonNode environments) {
        List<ModelStage> stops = new ArrayList<>();
        Set<String> earlier = new HashSet<>();
        for (JsonNode node : environments) {
            String id = node.get("id").textValue();
            ModelStage stop = (before.has(id) ? before.stop(id) : ModelStage.named(id)).with(node);
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

    /** False for {@link ExpectedRefusal#PIPELINE_INVALID}. */
    boolean fits() {
        return fits;
    }

    ModelPipeline wanted() {
        return wanted;
    }
}
