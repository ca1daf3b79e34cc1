package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/** How many releases an application keeps in sight, and how long (rule 29). */
public record Keep(int releases, int days) {

    /** What a definition makes of it: left out it stays, null takes it back. Null for none, like {@code before}. */
    static Keep of(JsonNode definition, Keep before) {
        if (!definition.has("keep")) {
            return before;
        }
        JsonNode keep = definition.get("keep");
        return keep.isNull()
                ? null
                : new Keep(keep.get("releases").intValue(), keep.get("days").intValue());
    }

    Duration atLeast() {
        return Duration.ofHours(24L * days);
    }

    ObjectNode json() {
        return ModelJson.object().put("releases", releases).put("days", days);
    }
}
