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

/** The current state: of the records of each key on the status topics, the one with the highest revision, the last if there are several. */
final class StatusProjection {

    private record Id(String application, String id) {}

    private final Map<String, BoardApplicationRow> applications = new LinkedHashMap<>();
    private final Map<Id, BoardReleaseRow> releases = new LinkedHashMap<>();
    private final Map<Id, BoardEnvironmentRow> environments = new LinkedHashMap<>();

    /** @return the application that it is about */
    String addApplication(ConsumerRecord<byte[], byte[]> record, JsonNode value) {
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
        String[] key = key(record);
        putUnlessOlder(
                releases,
                new Id(key[0], key[1]),
                value == null
                        ? new BoardReleaseRow(
                                key[0], key[1], tombstoneRevision(record), null, null, tombstoneReason(record))
                        : new BoardReleaseRow(
                                key[0],
                                key[1],
                                value.get("revision").longValue(),
                                facts(value),
                                value.toString(),
                                null),
                BoardReleaseRow::revision);
        return key[0];
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
        String[] key = key(record);
        JsonNode place = value == null ? null : value.required("environment");
        JsonNode last = value == null ? null : value.required("lastDeployment");
        boolean failed = last != null && "failed".equals(text(last, "status"));
        putUnlessOlder(
                environments,
                new Id(key[0], key[1]),
                value == null
                        ? new BoardEnvironmentRow(
                                key[0],
                                key[1],
                                tombstoneRevision(record),
                                0,
                                null,
                                null,
                                false,
                                false,
                                null,
                                null,
                                tombstoneReason(record),
                                null,
                                null)
                        : new BoardEnvironmentRow(
                                key[0],
                                key[1],
                                value.get("revision").longValue(),
                                place.get("position").intValue(),
                                text(place, "tier"),
                                text(value.path("current"), "release"),
                                value.required("active").isObject(),
                                !array(value, "waiting").isEmpty(),
                                failed ? time(last, "finishedAt") : null,
                                value.toString(),
                                null,
                                time(value.path("current"), "since"),
                                text(value.path("previous"), "release")),
                BoardEnvironmentRow::revision);
        return key[0];
    }

    private static String[] key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), UTF_8).split("/", 2);
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
