package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** What is judged: anything that takes commands and publishes the contract's JSON. */
public interface Subject {

    /**
     * @param result       the data of the result record, null if there is none
     * @param events       the CDEvents, in order
     * @param correlations their correlation ids
     * @param deadLetters  how many dead letters there are
     */
    record Actual(JsonNode result, List<JsonNode> events, List<String> correlations, int deadLetters) {}

    Actual apply(SentCommand sent);

    /** What the status topics now say about this application, and possibly about others. */
    Published published(String application);
}
