package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** What is judged: anything that takes commands and shows the JSON that the contract publishes. */
public interface Subject {

    /**
     * @param result the data of the result record
     * @param events the CDEvents, in order
     */
    record Actual(JsonNode result, List<JsonNode> events) {}

    Actual apply(Sent sent);

    /** Release-status values by release id; absent or null for a tombstone or nothing at all. */
    Map<String, JsonNode> releaseStatus(String application);

    /** Deployment-status values by environment id; absent or null for a tombstone or nothing at all. */
    Map<String, JsonNode> deploymentStatus(String application);
}
