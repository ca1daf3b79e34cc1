package dev.lockstep.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The ids and times that a subject gave to its events: the model cannot predict them, but everything else that the
 * subject publishes must agree with them. Not thread-safe.
 */
public final class EventLog {

    private record EventPosition(String application, long revision) {}

    private record EventStamp(String id, Instant time) {}

    private final Map<EventPosition, EventStamp> happenings = new HashMap<>();
    private final Set<String> ids = new HashSet<>();
    private final Set<String> deployments = new HashSet<>();

    /** Records an event; reports what in it was used before, or cannot be read. */
    public List<String> record(JsonNode event) {
        List<String> found = new ArrayList<>();
        JsonNode ours = event.at("/customData/lockstep");
        EventPosition place = new EventPosition(
                ours.path("application").asText(), ours.path("revision").asLong());
        String id = event.at("/context/id").asText();
        Instant time = time(event.at("/context/timestamp"));
        // The lock that a deployment sets may also name it.
        boolean ofService = event.at("/context/type").asText().contains("service.");
        String deployment = ofService ? ours.at("/deployment/id").textValue() : null;
        if (id.isEmpty() || !ids.add(id)) {
            found.add("event " + place + ": its id is missing, or another's: " + id);
        }
        if (time == null) {
            found.add("event " + place + ": no time, but " + event.at("/context/timestamp"));
        }
        if (deployment != null && !deployments.add(deployment)) {
            found.add("event " + place + ": its deployment has the id of another: " + deployment);
        }
        if (happenings.putIfAbsent(place, new EventStamp(id, time)) != null) {
            found.add("event " + place + ": there was another with this revision");
        }
        return found;
    }

    /** Null if that event is not (yet) known, or has no time. */
    Instant time(String application, long revision) {
        EventStamp happening = happenings.get(new EventPosition(application, revision));
        return happening == null ? null : happening.time;
    }

    /** The event's id, null if it is not (yet) known. */
    String id(String application, long revision) {
        EventStamp happening = happenings.get(new EventPosition(application, revision));
        return happening == null ? null : happening.id;
    }

    /** @param revision the revision of the deployment's first event */
    static String deploymentId(String application, long revision) {
        String name = "deployment/" + application + "/" + revision;
        return UUID.nameUUIDFromBytes(name.getBytes(UTF_8)).toString();
    }

    /** Compares by time or, if the chronicle does not know both times, by revision. */
    boolean isLater(String application, long revision, long than) {
        Instant time = time(application, revision);
        Instant other = time(application, than);
        return time == null || other == null ? revision > than : time.isAfter(other);
    }

    /** Null for anything but an RFC 3339 time. */
    static Instant time(JsonNode node) {
        try {
            return node.isTextual() ? OffsetDateTime.parse(node.textValue()).toInstant() : null;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
