package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A release as the model remembers it. */
final class ModelRelease {

    final String id;
    final long createdRevision;
    final String createdBy;
    String title;
    String description;
    String artifactId;
    JsonNode source;
    /** Environments to which a deployment has started. */
    final Set<String> locks = new LinkedHashSet<>();
    /** Environments in which it succeeded, each with the one before it at the first success. */
    final Map<String, String> successes = new LinkedHashMap<>();

    ModelRelease(JsonNode data, long createdRevision) {
        this.id = data.get("release").textValue();
        this.createdRevision = createdRevision;
        this.createdBy = data.path("actor").textValue();
        change(data);
    }

    /** Whether any field that the command names got another value; null clears (rule 12). */
    boolean change(JsonNode data) {
        String oldTitle = title;
        String oldDescription = description;
        String oldArtifact = artifactId;
        JsonNode oldSource = source;
        if (data.has("title")) {
            title = data.get("title").textValue();
        }
        if (data.has("description")) {
            description = data.get("description").textValue();
        }
        if (data.has("artifactId")) {
            artifactId = data.get("artifactId").textValue();
        }
        if (data.has("source")) {
            source = data.get("source").isNull() ? null : data.get("source");
        }
        return !Objects.equals(oldTitle, title)
                || !Objects.equals(oldDescription, description)
                || !Objects.equals(oldArtifact, artifactId)
                || !Objects.equals(oldSource, source);
    }
}
