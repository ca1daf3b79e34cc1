package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What a release-status record must say, without times and ids of deployments.
 *
 * @param description      null if not given, like {@code artifactId}, {@code source} and {@code createdBy}
 * @param lockEnvironments the environments of the lock reasons, each once
 * @param placements       one for each environment of the pipeline, in its order
 * @param next             where a deploy without environment would go, or null
 */
public record ReleaseView(
        String id,
        String title,
        String description,
        String artifactId,
        JsonNode source,
        String createdBy,
        long createdRevision,
        List<String> lockEnvironments,
        List<Placement> placements,
        String next) {

    /** {@code status}: present, none, current or past; {@code linkedFrom}: as of the first success, or null. */
    public record Placement(String environment, String status, String linkedFrom) {}

    public boolean deletable() {
        return lockEnvironments.isEmpty();
    }
}
