package dev.lockstep.board.tables;

import static dev.lockstep.board.tables.JsonFields.text;
import static dev.lockstep.board.tables.JsonFields.time;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.board.tables.Rows.ActivityRow;
import dev.lockstep.board.tables.Rows.BoardDeploymentRow;
import dev.lockstep.board.tables.Rows.EventRow;
import dev.lockstep.board.tables.Rows.RunRow;
import dev.lockstep.wire.KafkaHeaders;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What happened: taken from events, and from results, which say who asked for it. */
final class HistoryProjection {

    private record EventKey(String application, long revision) {}

    private record DeploymentKey(String application, UUID id) {}

    private final Map<DeploymentKey, BoardDeploymentRow> deployments = new LinkedHashMap<>();
    private final Map<EventKey, EventRow> events = new LinkedHashMap<>();
    private final Map<EventKey, RunRow> runs = new LinkedHashMap<>();
    private final Map<UUID, ActivityRow> activities = new LinkedHashMap<>();
    private final Map<UUID, ActivityRow> refusals = new LinkedHashMap<>();

    /** @return the application that the record is about */
    String addEvent(JsonNode value) {
        JsonNode context = value.get("context");
        JsonNode lockstep = value.at("/customData/lockstep");
        JsonNode deployment = lockstep.path("deployment");
        String application = text(lockstep, "application");
        long revision = lockstep.get("revision").longValue();
        String type = text(context, "type");
        Instant at = time(context, "timestamp");
        String environment = deployment.isObject()
                ? text(deployment, "environment")
                : value.at("/subject/content/environment/id").textValue();
        ActivityRow activity = activity(application, revision, at, environment, lockstep);
        EventKey key = new EventKey(application, revision);
        events.put(
                key,
                new EventRow(
                        application,
                        revision,
                        type,
                        at,
                        text(lockstep, "release"),
                        environment == null ? lockstep.at("/environment/id").textValue() : environment,
                        id(deployment),
                        activity.causeId()));
        if (deployment.isObject()) {
            deployments.merge(
                    new DeploymentKey(application, id(deployment)),
                    deployment(application, revision, environment, deployment),
                    HistoryProjection::merge);
        }
        if (isServiceEvent(type)) {
            runs.put(key, run(type, application, environment, revision, at, lockstep));
        }
        activities.putIfAbsent(activity.causeId(), activity);
        return application;
    }

    /** What an event says of the command or timer that caused it: everything but its outcome. */
    private static ActivityRow activity(
            String application, long revision, Instant at, String environment, JsonNode lockstep) {
        String source = text(lockstep, "commandSource");
        String command = text(lockstep, "commandId");
        return new ActivityRow(
                application,
                source,
                command,
                ActivityRow.causeIdOf(application, source, command, at),
                null,
                at,
                revision,
                null,
                null,
                null,
                null,
                text(lockstep, "actor"),
                text(lockstep, "reason"),
                text(lockstep, "release"),
                environment,
                id(lockstep.path("deployment")));
    }

    private static BoardDeploymentRow deployment(
            String application, long revision, String environment, JsonNode deployment) {
        return new BoardDeploymentRow(
                application,
                id(deployment),
                revision,
                revision,
                text(deployment, "release"),
                environment,
                text(deployment, "status"),
                deployment.toString(),
                time(deployment, "createdAt"));
    }

    /** The deployment as of the later of two events, with the revision of the earlier one. */
    private static BoardDeploymentRow merge(BoardDeploymentRow row, BoardDeploymentRow other) {
        BoardDeploymentRow later = row.latestRevision() > other.latestRevision() ? row : other;
        return later.withRevision(Math.min(row.firstRevision(), other.firstRevision()));
    }

    private static boolean isServiceEvent(String type) {
        return type.startsWith("dev.cdevents.service.") || type.startsWith("dev.cdeventsx.lockstep-service.");
    }

    private static RunRow run(
            String type, String application, String environment, long revision, Instant at, JsonNode lockstep) {
        JsonNode deployment = lockstep.path("deployment");
        boolean isEmptied = type.startsWith("dev.cdevents.service.removed.");
        return new RunRow(
                application,
                environment,
                revision,
                at,
                isEmptied ? null : text(deployment, "release"),
                isEmptied ? null : id(deployment),
                isEmptied ? null : text(deployment, "actor"),
                text(lockstep, "previousRelease"));
    }

    /** @return null for a dry run, which changes nothing, and for a re-send, whose effect is already recorded */
    String addResult(ConsumerRecord<byte[], byte[]> record, JsonNode value) {
        if (value.path("dryRun").asBoolean() || value.get("duplicate").asBoolean()) {
            return null;
        }
        String application = value.hasNonNull("application") ? text(value, "application") : "";
        String source = text(value, "commandSource");
        String command = text(value, "commandId");
        Instant at = time(KafkaHeaders.lastText(record.headers(), "ce_time"));
        String outcome = text(value, "outcome");
        UUID causeId = ActivityRow.causeIdOf(application, source, command, at);
        UUID refusalId =
                "rejected".equals(outcome) ? UUID.fromString(KafkaHeaders.lastText(record.headers(), "ce_id")) : null;
        ActivityRow row = new ActivityRow(
                application,
                source,
                command,
                causeId,
                refusalId,
                at,
                value.get("revision").longValue(),
                text(value, "commandType"),
                outcome,
                text(value.path("problem"), "code"),
                text(value.path("problem"), "detail"),
                text(value, "actor"),
                text(value, "reason"),
                text(value, "release"),
                text(value, "environment"),
                value.hasNonNull("deployment") ? UUID.fromString(text(value, "deployment")) : null);
        if (refusalId == null) {
            activities.put(causeId, row);
        } else {
            refusals.put(refusalId, row);
        }
        return application;
    }

    private static UUID id(JsonNode deployment) {
        return deployment.hasNonNull("id") ? UUID.fromString(text(deployment, "id")) : null;
    }

    Collection<BoardDeploymentRow> deployments() {
        return deployments.values();
    }

    Collection<EventRow> events() {
        return events.values();
    }

    Collection<RunRow> runs() {
        return runs.values();
    }

    /** One row for each refusal: an id may be refused more than once. */
    Collection<ActivityRow> refusals() {
        return refusals.values();
    }

    /** One row for each command or timer that had an effect. */
    Collection<ActivityRow> activities() {
        return activities.values();
    }
}
