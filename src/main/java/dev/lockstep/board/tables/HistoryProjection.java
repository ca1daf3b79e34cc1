package dev.lockstep.board.tables;

import static dev.lockstep.board.tables.Members.text;
import static dev.lockstep.board.tables.Members.time;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.board.tables.Rows.ActivityRow;
import dev.lockstep.board.tables.Rows.DeploymentRow;
import dev.lockstep.board.tables.Rows.EventRow;
import dev.lockstep.board.tables.Rows.RunRow;
import dev.lockstep.wire.Headers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What happened: what the events say, and what results say of who asked for it. */
final class HistoryProjection {

    private record Place(String application, long revision) {}

    private record DeploymentId(String application, UUID id) {}

    private final Map<DeploymentId, DeploymentRow> deployments = new LinkedHashMap<>();
    private final Map<Place, EventRow> events = new LinkedHashMap<>();
    private final Map<Place, RunRow> runs = new LinkedHashMap<>();
    private final List<ActivityRow> refusals = new ArrayList<>();
    private final Map<UUID, ActivityRow> causes = new LinkedHashMap<>();

    /** @return the application that it is about */
    String event(JsonNode value) {
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
                new Place(application, revision),
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
                    new DeploymentId(application, id(deployment)),
                    new DeploymentRow(
                            application,
                            id(deployment),
                            revision,
                            revision,
                            text(deployment, "release"),
                            environment,
                            text(deployment, "status"),
                            deployment.toString(),
                            time(deployment, "createdAt")),
                    HistoryProjection::later);
        }
        if (isOfService(type)) {
            runs.put(new Place(application, revision), run(type, application, environment, revision, at, ours));
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
        return application;
    }

    /** As the later of two events has it, with the revision of the earlier. */
    private static DeploymentRow later(DeploymentRow one, DeploymentRow other) {
        DeploymentRow later = one.toldAt() > other.toldAt() ? one : other;
        return later.since(Math.min(one.revision(), other.revision()));
    }

    private static boolean isOfService(String type) {
        return type.startsWith("dev.cdevents.service.") || type.startsWith("dev.cdeventsx.lockstep-service.");
    }

    private static RunRow run(
            String type, String application, String environment, long revision, Instant at, JsonNode ours) {
        JsonNode deployment = ours.path("deployment");
        boolean isEmptied = type.startsWith("dev.cdevents.service.removed.");
        return new RunRow(
                application,
                environment,
                revision,
                at,
                isEmptied ? null : text(deployment, "release"),
                isEmptied ? null : id(deployment),
                isEmptied ? null : text(deployment, "actor"),
                text(ours, "previousRelease"));
    }

    /** @return null for a dry run, which changes nothing, and for a re-send, which has done so before */
    String result(ConsumerRecord<byte[], byte[]> found, JsonNode value) {
        if (value.path("dryRun").asBoolean() || value.get("duplicate").asBoolean()) {
            return null;
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
            refusals.add(row);
        } else {
            causes.put(row.cause(), row);
        }
        return application;
    }

    private static UUID cause(String application, String source, String command) {
        return UUID.nameUUIDFromBytes((application + ' ' + source + ' ' + command).getBytes(UTF_8));
    }

    private static UUID id(JsonNode deployment) {
        return deployment.hasNonNull("id") ? UUID.fromString(text(deployment, "id")) : null;
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

    /** Each a row of its own: an id that was not taken may be refused again. */
    Collection<ActivityRow> refusals() {
        return refusals;
    }

    /** One row for what each command or timer did. */
    Collection<ActivityRow> causes() {
        return causes.values();
    }
}
