package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ExpectedOutcome.ExpectedRelease;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A release as the model remembers it. */
final class ModelRelease {

    /** Its history in an environment after the first; revisions are those of service events. */
    static final class EnvironmentHistory {
        final long firstSuccess;
        final Link link;
        long lastSuccess;
        /** The first revision of the deployment that succeeded last. */
        long deployment;
        /** Since when it is, or is no longer, current there. */
        long since;
        /** When that was. */
        Instant sinceTime;
        /** How long it was current there at most, each time until it was replaced; zero if it never was replaced. */
        Duration longestStay = Duration.ZERO;

        EnvironmentHistory(long firstSuccess, Link link) {
            this.firstSuccess = firstSuccess;
            this.link = link;
        }

        private EnvironmentHistory copy() {
            EnvironmentHistory copy = new EnvironmentHistory(firstSuccess, link);
            copy.lastSuccess = lastSuccess;
            copy.deployment = deployment;
            copy.since = since;
            copy.sinceTime = sinceTime;
            copy.longestStay = longestStay;
            return copy;
        }

        void becomeCurrent(long revision, Instant now) {
            since = revision;
            sinceTime = now;
        }

        private void ceaseCurrent(long revision, Instant now) {
            Duration stay = Duration.between(sinceTime, now);
            longestStay = stay.compareTo(longestStay) > 0 ? stay : longestStay;
            since = revision;
            sinceTime = now;
        }
    }

    /**
     * Why it cannot be deleted (rule 4).
     *
     * @param code       WAITING or DEPLOYED
     * @param deployment its first revision
     * @param since      the revision of an event at that moment
     */
    record Lock(String code, long deployment, long since) {

        static final String WAITING = "WAITING";
        static final String DEPLOYED = "DEPLOYED";

        boolean isWaiting() {
            return code.equals(WAITING);
        }
    }

    final String id;
    final long createdRevision;
    final Instant createdAt;
    final String createdBy;
    final String chainId;
    String title;
    String description;
    String artifactId;
    JsonNode source;
    String notes;
    SortedMap<String, String> labels = new TreeMap<>();
    boolean archived;
    /** When it was created, last ceased to be current somewhere, or was last unarchived, whichever was latest (rule 29). */
    Instant lastUsedAt;
    /** By environment. */
    final Map<String, EnvironmentHistory> places = new LinkedHashMap<>();
    /** By environment. */
    final Map<String, Lock> locks = new TreeMap<>();

    private ModelRelease(ModelRelease other) {
        this.id = other.id;
        this.createdRevision = other.createdRevision;
        this.createdAt = other.createdAt;
        this.createdBy = other.createdBy;
        this.chainId = other.chainId;
        this.title = other.title;
        this.description = other.description;
        this.artifactId = other.artifactId;
        this.source = other.source;
        this.notes = other.notes;
        this.labels = other.labels;
        this.archived = other.archived;
        this.lastUsedAt = other.lastUsedAt;
        other.places.forEach((environment, place) -> places.put(environment, place.copy()));
        locks.putAll(other.locks);
    }

    ModelRelease copy() {
        return new ModelRelease(this);
    }

    ModelRelease(JsonNode data, long createdRevision, Instant now) {
        this.id = data.get("release").textValue();
        this.createdRevision = createdRevision;
        this.createdAt = now;
        this.createdBy = data.path("actor").textValue();
        this.chainId = data.path("chainId").textValue();
        this.lastUsedAt = now;
        change(data);
        annotate(data);
    }

    /** It is no longer current there. */
    void ceaseCurrent(String environment, long revision, Instant now) {
        places.get(environment).ceaseCurrent(revision, now);
        lastUsedAt = now;
    }

    /** Rule 4. */
    boolean isLocked() {
        return !locks.isEmpty();
    }

    Map<String, Lock> locks() {
        return new TreeMap<>(locks);
    }

    ExpectedRelease about() {
        return new ExpectedRelease(id, createdRevision, source, notes, labels, chainId);
    }

    /** Whether any field that the command names has changed; null clears it (rule 12). */
    boolean change(JsonNode data) {
        List<Object> before = Arrays.asList(title, description, artifactId, source);
        title = named(data, "title", title);
        description = named(data, "description", description);
        artifactId = named(data, "artifactId", artifactId);
        if (data.has("source")) {
            source = data.get("source").isNull() ? null : data.get("source");
        }
        return !before.equals(Arrays.asList(title, description, artifactId, source));
    }

    /** Rule 17: whether anything changed. */
    boolean annotate(JsonNode data) {
        List<Object> before = new ArrayList<>(Arrays.asList(notes, labels));
        notes = named(data, "notes", notes);
        labels = labelsWith(data);
        return !before.equals(Arrays.asList(notes, labels));
    }

    /** The labels after an annotation. */
    SortedMap<String, String> labelsWith(JsonNode data) {
        SortedMap<String, String> merged = new TreeMap<>(labels);
        data.path("labels").properties().forEach(label -> {
            if (label.getValue().isNull()) {
                merged.remove(label.getKey());
            } else {
                merged.put(label.getKey(), label.getValue().textValue());
            }
        });
        return merged;
    }

    private static String named(JsonNode data, String field, String before) {
        return data.has(field) ? data.get(field).textValue() : before;
    }
}
