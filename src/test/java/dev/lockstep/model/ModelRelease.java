package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.Expected.About;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A release as the model remembers it. */
final class ModelRelease {

    /** What became of it in an environment after the first; revisions are those of service events. */
    static final class Place {
        final long firstSuccess;
        final Link link;
        long lastSuccess;
        /** Since when it is, or is no longer, current there. */
        long since;

        Place(long firstSuccess, Link link) {
            this.firstSuccess = firstSuccess;
            this.link = link;
        }
    }

    final String id;
    final long createdRevision;
    final String createdBy;
    final String chainId;
    String title;
    String description;
    String artifactId;
    JsonNode source;
    String notes;
    SortedMap<String, String> labels = new TreeMap<>();
    boolean archived;
    /** By environment; every one of them is a lock reason, too. */
    final Map<String, Place> places = new LinkedHashMap<>();

    ModelRelease(JsonNode data, long createdRevision) {
        this.id = data.get("release").textValue();
        this.createdRevision = createdRevision;
        this.createdBy = data.path("actor").textValue();
        this.chainId = data.path("chainId").textValue();
        change(data);
        annotate(data);
    }

    /** Rule 4. */
    boolean isLocked() {
        return !places.isEmpty();
    }

    Map<String, Long> locks() {
        Map<String, Long> locks = new HashMap<>();
        places.forEach((environment, place) -> locks.put(environment, place.firstSuccess));
        return locks;
    }

    About about() {
        return new About(id, createdRevision, source, notes, labels, chainId);
    }

    /** Whether any field that the command names got another value; null clears (rule 12). */
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
