package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/** How many releases an application keeps unarchived, and for how long (rule 29). */
public record ModelKeepPolicy(int releases, int days) {

    /** The policy after a definition: left out, it stays; null removes it. Null for none, like {@code before}. */
    static ModelKeepPolicy of(JsonNode definition, ModelKeepPolicy before) {
        if (!definition.has("keep")) {
            return before;
        }
        JsonNode keep = definition.get("keep");
        return keep.isNull()
                ? null
                : new ModelKeepPolicy(
                        keep.get("releases").intValue(), keep.get("days").intValue());
    }

    Duration atLeast() {
        return Duration.ofHours(24L * days);
    }

    ObjectNode json() {
        return ModelJson.object().put("releases", releases).put("days", days);
    }
}
