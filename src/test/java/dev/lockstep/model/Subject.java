package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** What is judged: anything that takes commands and shows the JSON that the contract publishes. */
public interface Subject {

    /**
     * @param result       the data of the result record, null if there is none
     * @param events       the CDEvents, in order
     * @param correlations their correlation ids
     * @param deadLetters  how many dead letters there are
     */
    record Actual(JsonNode result, List<JsonNode> events, List<String> correlations, int deadLetters) {}

    Actual apply(Sent sent);

    /** What the status topics say now of this application, perhaps of others, too. */
    Published published(String application);
}
