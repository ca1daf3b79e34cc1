package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Set;

/**
 * Who asks for a deployment, and on which terms; everything may be null.
 *
 * @param correlations what the events about the deployment may have as their correlation id
 * @param label        by which the generator finds the deployment again
 */
record Asking(
        String actor,
        String reason,
        Set<String> correlations,
        String label,
        Instant notBefore,
        Instant expiresAt,
        boolean rejects) {

    static Asking by(JsonNode data, String command, String label) {
        return new Asking(
                data.path("actor").textValue(),
                data.path("reason").textValue(),
                Set.of(command),
                label,
                Chronicle.time(data.path("notBefore")),
                Chronicle.time(data.path("expiresAt")),
                data.path("ifBlocked").asText().equals("reject"));
    }

    static Asking byNobody(Set<String> correlations, String label) {
        return new Asking(null, null, correlations, label, null, null, false);
    }
}
