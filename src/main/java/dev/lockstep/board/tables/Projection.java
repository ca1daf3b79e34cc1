package dev.lockstep.board.tables;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.board.tables.Rows.ActivityRow;
import dev.lockstep.board.tables.Rows.ApplicationRow;
import dev.lockstep.board.tables.Rows.DeploymentRow;
import dev.lockstep.board.tables.Rows.EnvironmentRow;
import dev.lockstep.board.tables.Rows.EventRow;
import dev.lockstep.board.tables.Rows.ProgressRow;
import dev.lockstep.board.tables.Rows.ReleaseFacts;
import dev.lockstep.board.tables.Rows.ReleaseRow;
import dev.lockstep.board.tables.Rows.RunRow;
import dev.lockstep.wire.Headers;
import dev.lockstep.wire.Topics;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/** What records of the status, event and result topics change in the tables: of each row the last state. Pure; for one thread. */
public final class Projection {

    private static final Logger LOG = Logger.getLogger(Projection.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What of an application has changed, for those who look on. */
    private enum Part {
        @JsonProperty("application")
        APPLICATION,
        @JsonProperty("releases")
        RELEASES,
        @JsonProperty("environments")
        ENVIRONMENTS,
        @JsonProperty("activity")
        ACTIVITY
    }

    private record Key(String application, Object id) {}

    private final Topics topics;
    private final Map<String, ApplicationRow> applications = new LinkedHashMap<>();
    private final Map<Key, ReleaseRow> releases = new LinkedHashMap<>();
    private final Map<Key, EnvironmentRow> environments = new LinkedHashMap<>();
    private final Map<Key, DeploymentRow> deployments = new LinkedHashMap<>();
    private final Map<Key, EventRow> events = new LinkedHashMap<>();
    private final Map<Key, RunRow> runs = new LinkedHashMap<>();
    private final List<ActivityRow> results = new ArrayList<>();
    private final Map<UUID, ActivityRow> causes = new LinkedHashMap<>();
    private final Map<Key, ProgressRow> progress = new LinkedHashMap<>();
    private final Map<String, Set<Part>> changed = new TreeMap<>();
    private long latest;

    public Projection(Topics topics) {
        this.topics = topics;
    }

    /** One that cannot be read is none of the worker's, and is passed over. */
    public void read(ConsumerRecord<byte[], byte[]> found) {
        progress.put(
                new Key(found.topic(), found.partition()),
                new ProgressRow(found.topic(), found.partition(), found.offset() + 1));
        latest = Math.max(latest, found.timestamp());
        try {
            project(found);
        } catch (IOException | RuntimeException unreadable) {
            LOG.warnf(
                    "Passed over what is not the worker's: %s-%d@%d (%s)",
                    found.topic(),
                    found.partition(),
                    found.offset(),
                    unreadable.getClass().getSimpleName());
        }
    }

    private void project(ConsumerRecord<byte[], byte[]> found) throws IOException {
        String topic = found.topic();
        JsonNode value = found.value() == null ? null : JSON.readTree(found.value());
        if (topic.equals(topics.releaseStatus())) {
            release(found, value);
        } else if (topic.equals(topics.deploymentStatus())) {
            environment(found, value);
        } else if (topic.equals(topics.applicationStatus())) {
            application(found, value);
        } else if (topic.equals(topics.events())) {
            event(value);
        } else if (topic.equals(topics.results())) {
            result(found, value);
        }
    }

    private void application(ConsumerRecord<byte[], byte[]> found, JsonNode value) {
        String id = value.get("application").textValue();
        applications.put(
                id,
                new ApplicationRow(
                        id,
                        value.get("revision").longValue(),
                        text(value, "title"),
                        text(value, "owner"),
                        value.get("archived").booleanValue(),
                        state(found)));
        changed(id, Part.APPLICATION);
    }

    private void release(ConsumerRecord<byte[], byte[]> found, JsonNode value) {
        String[] key = key(found);
        releases.put(
                new Key(key[0], key[1]),
                value == null
                        ? new ReleaseRow(key[0], key[1], goneAt(found), null, null, why(found))
                        : new ReleaseRow(
                                key[0], key[1], value.get("revision").longValue(), facts(value), state(found), null));
        changed(key[0], Part.RELEASES);
    }

    private static ReleaseFacts facts(JsonNode value) {
        return new ReleaseFacts(
                value.get("createdRevision").longValue(),
                text(value, "title"),
                text(value, "description"),
                text(value.path("source"), "commitSha"),
                text(value, "artifactId"),
                StreamSupport.stream(value.get("placements").spliterator(), false)
                        .filter(placement -> "current".equals(text(placement, "status")))
                        .map(placement -> text(placement, "environment"))
                        .toList());
    }

    private void environment(ConsumerRecord<byte[], byte[]> found, JsonNode value) {
        String[] key = key(found);
        JsonNode place = value == null ? null : value.get("environment");
        JsonNode last = value == null ? null : value.get("lastDeployment");
        boolean failed = last != null && "failed".equals(text(last, "status"));
        environments.put(
                new Key(key[0], key[1]),
                value == null
                        ? new EnvironmentRow(
                                key[0], key[1], goneAt(found), 0, null, null, false, false, null, null, why(found))
                        : new EnvironmentRow(
                                key[0],
                                key[1],
                                value.get("revision").longValue(),
                                place.get("position").intValue(),
                                text(place, "tier"),
                                text(value.path("current"), "release"),
                                value.get("active").isObject(),
                                !value.get("waiting").isEmpty(),
                                failed ? time(last, "finishedAt") : null,
                                state(found),
                                null));
        changed(key[0], Part.ENVIRONMENTS);
    }

    private void event(JsonNode value) {
        JsonNode context = value.get("context");
        JsonNode ours = value.at("/customData/lockstep");
        String application = text(ours, "application");
        long revision = ours.get("revision").longValue();
        String type = text(context, "type");
        Instant at = time(context, "timestamp");
        JsonNode deployment = ours.path("deployment");
        String environment = deployment.isObject()
                ? text(deployment, "environment")
                : value.at("/subject/content/environment/id").textValue();
        String source = text(ours, "commandSource");
        String command = text(ours, "commandId");
        UUID cause = cause(application, source, command);
        events.put(
                new Key(application, revision),
                new EventRow(
                        application,
                        revision,
                        type,
                        at,
                        text(ours, "release"),
                        environment == null ? ours.at("/environment/id").textValue() : environment,
                        id(deployment),
                        cause));
        if (deployment.isObject()) {
            deployments.merge(
                    new Key(application, id(deployment)),
                    new DeploymentRow(
                            application,
                            id(deployment),
                            revision,
                            text(deployment, "release"),
                            environment,
                            text(deployment, "status"),
                            deployment.toString(),
                            time(deployment, "createdAt")),
                    Projection::later);
        }
        if (isOfService(type)) {
            runs.put(new Key(application, revision), run(type, application, environment, revision, at, deployment));
        }
        causes.putIfAbsent(
                cause,
                new ActivityRow(
                        application,
                        source,
                        command,
                        cause,
                        at,
                        revision,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        text(ours, "release"),
                        environment,
                        id(deployment)));
        changed(application, Part.ACTIVITY);
    }

    private static DeploymentRow later(DeploymentRow one, DeploymentRow other) {
        return one.revision() > other.revision() ? one : other;
    }

    private static boolean isOfService(String type) {
        return type.startsWith("dev.cdevents.service.") || type.startsWith("dev.cdeventsx.lockstep-service.");
    }

    private static RunRow run(
            String type, String application, String environment, long revision, Instant at, JsonNode deployment) {
        boolean isEmptied = type.startsWith("dev.cdevents.service.removed.");
        return new RunRow(
                application,
                environment,
                revision,
                at,
                isEmptied ? null : text(deployment, "release"),
                isEmptied ? null : id(deployment),
                isEmptied ? null : text(deployment, "actor"));
    }

    /** Dry runs change nothing, and re-sends have done so before. */
    private void result(ConsumerRecord<byte[], byte[]> found, JsonNode value) {
        if (value.path("dryRun").asBoolean() || value.get("duplicate").asBoolean()) {
            return;
        }
        String application = value.hasNonNull("application") ? text(value, "application") : "";
        String source = text(value, "commandSource");
        String command = text(value, "commandId");
        ActivityRow row = new ActivityRow(
                application,
                source,
                command,
                cause(application, source, command),
                Instant.parse(Headers.text(found.headers(), "ce_time")),
                value.get("revision").longValue(),
                text(value, "commandType"),
                text(value, "outcome"),
                text(value.path("problem"), "code"),
                text(value.path("problem"), "detail"),
                text(value, "actor"),
                text(value, "reason"),
                text(value, "release"),
                text(value, "environment"),
                value.hasNonNull("deployment") ? UUID.fromString(text(value, "deployment")) : null);
        if (row.isRejected()) {
            results.add(row);
        } else {
            causes.put(row.cause(), row);
        }
        changed(application, Part.ACTIVITY);
    }

    private void changed(String application, Part part) {
        changed.computeIfAbsent(application, id -> EnumSet.noneOf(Part.class)).add(part);
    }

    private static String[] key(ConsumerRecord<byte[], byte[]> found) {
        return new String(found.key(), UTF_8).split("/", 2);
    }

    private static String state(ConsumerRecord<byte[], byte[]> found) {
        return new String(found.value(), UTF_8);
    }

    private static long goneAt(ConsumerRecord<byte[], byte[]> found) {
        return Long.parseLong(Headers.text(found.headers(), "ce_apprevision"));
    }

    private static String why(ConsumerRecord<byte[], byte[]> found) {
        String why = Headers.text(found.headers(), "ce_lockstepreason");
        return why.isEmpty() ? "deleted" : why;
    }

    private static UUID cause(String application, String source, String command) {
        return UUID.nameUUIDFromBytes((application + ' ' + source + ' ' + command).getBytes(UTF_8));
    }

    private static UUID id(JsonNode deployment) {
        return deployment.hasNonNull("id") ? UUID.fromString(text(deployment, "id")) : null;
    }

    private static String text(JsonNode object, String member) {
        return object.path(member).textValue();
    }

    private static Instant time(JsonNode object, String member) throws DateTimeParseException {
        String time = text(object, member);
        return time == null ? null : Instant.parse(time);
    }

    boolean isEmpty() {
        return progress.isEmpty();
    }

    /** When the latest record was written to its topic, in milliseconds of the epoch. */
    long latest() {
        return latest;
    }

    /** Dry runs, duplicates and what is not the worker's: nothing of them is shown. */
    boolean changesNothing() {
        return changed.isEmpty();
    }

    /** By application, as JSON. */
    String changed() {
        return JSON.valueToTree(changed).toString();
    }

    Collection<ApplicationRow> applications() {
        return applications.values();
    }

    Collection<ReleaseRow> releases() {
        return releases.values();
    }

    Collection<EnvironmentRow> environments() {
        return environments.values();
    }

    Collection<DeploymentRow> deployments() {
        return deployments.values();
    }

    Collection<EventRow> events() {
        return events.values();
    }

    Collection<RunRow> runs() {
        return runs.values();
    }

    /** Refusals, each a row of its own: an id that was not taken may be refused again. */
    Collection<ActivityRow> refusals() {
        return results;
    }

    /** One row for what each command or timer did. */
    Collection<ActivityRow> causes() {
        return causes.values();
    }

    Collection<ProgressRow> progress() {
        return progress.values();
    }
}
