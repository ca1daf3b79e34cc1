package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What a release-status record must say. Times and deployments are told as revisions of the events that caused them.
 *
 * @param description      null if not given, like {@code artifactId}, {@code source}, {@code notes} and {@code createdBy}
 * @param locks            the first deployment by environment
 * @param placements       one for each environment of the pipeline, in its order
 * @param next             where a deploy without environment would go, or null
 * @param nextEnvironments all to which a way is open
 */
public record ReleaseView(
        String id,
        String title,
        String description,
        String artifactId,
        JsonNode source,
        String notes,
        SortedMap<String, String> labels,
        String createdBy,
        long createdRevision,
        Map<String, Long> locks,
        List<Placement> placements,
        String next,
        SortedSet<String> nextEnvironments) {

    /**
     * @param status         present, none, current or past
     * @param since          revisions that it may be since, empty for none
     * @param firstSucceeded revision of the event of the first success, 0 if there was none
     * @param deployment     the latest one of the release there, 0 for none
     * @param link           as of the first success, or null
     */
    public record Placement(
            String environment, String status, SortedSet<Long> since, long firstSucceeded, long deployment, Link link) {

        boolean isPresent() {
            return status.equals("present");
        }
    }

    public boolean deletable() {
        return locks.isEmpty();
    }

    /** The environments of the lock reasons. */
    public List<String> lockEnvironments() {
        return List.copyOf(locks.keySet());
    }
}
