package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Set;

/**
 * Who requests a deployment, and on which terms; everything may be null.
 *
 * @param correlations the possible correlation ids of the events about the deployment
 * @param label        the label by which the generator finds the deployment again
 */
record DeploymentRequest(
        String actor,
        String reason,
        Set<String> correlations,
        String label,
        Instant notBefore,
        Instant expiresAt,
        boolean rejects) {

    static DeploymentRequest by(JsonNode data, String command, String label) {
        return new DeploymentRequest(
                data.path("actor").textValue(),
                data.path("reason").textValue(),
                Set.of(command),
                label,
                EventLog.time(data.path("notBefore")),
                EventLog.time(data.path("expiresAt")),
                data.path("ifBlocked").asText().equals("reject"));
    }

    static DeploymentRequest withoutActor(Set<String> correlations, String label) {
        return new DeploymentRequest(null, null, correlations, label, null, null, false);
    }
}
