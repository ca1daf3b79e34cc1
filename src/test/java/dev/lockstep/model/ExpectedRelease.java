package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ModelRelease.Lock;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What a release-status record must say. Times and deployments are given as revisions of the events that caused them.
 *
 * @param description      null if not given, like {@code artifactId}, {@code source}, {@code notes} and {@code createdBy}
 * @param locks            the reasons by environment
 * @param placements       one for each environment of the pipeline, in its order
 * @param next             where a deploy without environment would go, or null
 * @param nextEnvironments all to which it may be deployed next
 */
public record ExpectedRelease(
        String id,
        String title,
        String description,
        String artifactId,
        JsonNode source,
        String notes,
        SortedMap<String, String> labels,
        String createdBy,
        long createdRevision,
        Map<String, Lock> locks,
        List<Placement> placements,
        String next,
        SortedSet<String> nextEnvironments) {

    /**
     * @param status         present, none, current or past
     * @param active         the unfinished deployment to there, in brief, or null
     * @param since          the revisions that may be given as {@code since}, empty for none
     * @param firstSucceeded the revision of the event of the first success, 0 if there was none
     * @param deployment     the release's latest successful deployment there, 0 for none
     * @param link           as of the first success, or null
     */
    public record Placement(
            String environment,
            String status,
            ExpectedDeployment active,
            SortedSet<Long> since,
            long firstSucceeded,
            long deployment,
            Link link) {

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
