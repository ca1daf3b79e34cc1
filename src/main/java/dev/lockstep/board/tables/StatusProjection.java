package dev.lockstep.board.tables;

import static dev.lockstep.board.tables.JsonFields.text;
import static dev.lockstep.board.tables.JsonFields.time;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.board.tables.Rows.BoardApplicationRow;
import dev.lockstep.board.tables.Rows.BoardEnvironmentRow;
import dev.lockstep.board.tables.Rows.BoardReleaseRow;
import dev.lockstep.board.tables.Rows.ReleaseFacts;
import dev.lockstep.wire.KafkaHeaders;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The current state: for each key on the status topics, the record with the highest revision; of equal ones, the last. */
final class StatusProjection {

    /** The key of a record about a release or an environment. */
    private record StatusKey(String application, String id) {

        static StatusKey of(ConsumerRecord<byte[], byte[]> record) {
            String[] parts = new String(record.key(), UTF_8).split("/", 2);
            return new StatusKey(parts[0], parts[1]);
        }
    }

    private final Map<String, BoardApplicationRow> applications = new LinkedHashMap<>();
    private final Map<StatusKey, BoardReleaseRow> releases = new LinkedHashMap<>();
    private final Map<StatusKey, BoardEnvironmentRow> environments = new LinkedHashMap<>();

    /** @return the application that it is about */
    String addApplication(JsonNode value) {
        String id = value.get("application").textValue();
        putUnlessOlder(
                applications,
                id,
                new BoardApplicationRow(
                        id,
                        value.get("revision").longValue(),
                        text(value, "title"),
                        text(value, "owner"),
                        value.get("archived").booleanValue(),
                        value.toString()),
                BoardApplicationRow::revision);
        return id;
    }

    /** @return the application that it is about */
    String addRelease(ConsumerRecord<byte[], byte[]> record, JsonNode value) {
        StatusKey key = StatusKey.of(record);
        BoardReleaseRow row = value == null
                ? BoardReleaseRow.gone(key.application, key.id, tombstoneRevision(record), tombstoneReason(record))
                : new BoardReleaseRow(
                        key.application,
                        key.id,
                        value.get("revision").longValue(),
                        facts(value),
                        value.toString(),
                        null);
        putUnlessOlder(releases, key, row, BoardReleaseRow::revision);
        return key.application;
    }

    /** As in the tables, so that it does not matter which records are read together. */
    private static <K, R> void putUnlessOlder(Map<K, R> rows, K key, R row, ToLongFunction<R> revision) {
        rows.merge(
                key, row, (before, next) -> revision.applyAsLong(next) < revision.applyAsLong(before) ? before : next);
    }

    private static String lowerCase(String text) {
        return text == null ? null : text.toLowerCase(Locale.ROOT);
    }

    private static ReleaseFacts facts(JsonNode value) {
        return new ReleaseFacts(
                value.get("createdRevision").longValue(),
                text(value, "title"),
                text(value, "description"),
                lowerCase(text(value.path("source"), "commitSha")),
                text(value, "artifactId"),
                StreamSupport.stream(array(value, "placements").spliterator(), false)
                        .filter(placement -> "current".equals(text(placement, "status")))
                        .map(placement -> text(placement, "environment"))
                        .toList());
    }

    /** @return the application that it is about */
    String addEnvironment(ConsumerRecord<byte[], byte[]> record, JsonNode value) {
        StatusKey key = StatusKey.of(record);
        BoardEnvironmentRow row = value == null
                ? BoardEnvironmentRow.gone(key.application, key.id, tombstoneRevision(record), tombstoneReason(record))
                : environmentRow(key, value);
        putUnlessOlder(environments, key, row, BoardEnvironmentRow::revision);
        return key.application;
    }

    private static BoardEnvironmentRow environmentRow(StatusKey key, JsonNode value) {
        JsonNode environment = value.required("environment");
        JsonNode last = value.required("lastDeployment");
        return new BoardEnvironmentRow(
                key.application,
                key.id,
                value.get("revision").longValue(),
                environment.get("position").intValue(),
                text(environment, "tier"),
                text(value.path("current"), "release"),
                value.required("active").isObject(),
                !array(value, "waiting").isEmpty(),
                "failed".equals(text(last, "status")) ? time(last, "finishedAt") : null,
                value.toString(),
                null,
                time(value.path("current"), "since"),
                text(value.path("previous"), "release"));
    }

    private static JsonNode array(JsonNode value, String member) {
        JsonNode array = value.required(member);
        if (!array.isArray()) {
            throw new IllegalArgumentException(member + " is not a list");
        }
        return array;
    }

    private static long tombstoneRevision(ConsumerRecord<byte[], byte[]> record) {
        return Long.parseLong(KafkaHeaders.lastText(record.headers(), KafkaHeaders.REVISION));
    }

    private static String tombstoneReason(ConsumerRecord<byte[], byte[]> record) {
        String why = KafkaHeaders.lastText(record.headers(), KafkaHeaders.TOMBSTONE_REASON);
        return why.isEmpty() ? "deleted" : why;
    }

    Collection<BoardApplicationRow> applications() {
        return applications.values();
    }

    Collection<BoardReleaseRow> releases() {
        return releases.values();
    }

    Collection<BoardEnvironmentRow> environments() {
        return environments.values();
    }
}
