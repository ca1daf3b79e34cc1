package dev.lockstep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.decide.CommandDecider;
import dev.lockstep.decode.Decoder;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.partition.HomePartitioner;
import dev.lockstep.store.UnitOfWork;
import dev.lockstep.wire.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Utils;

/** The worker without Kafka and Postgres: bytes in, records out, its state in memory, and one second between commands. */
public final class InMemoryWorker {

    public static final Topics TOPICS = new Topics(
            "lockstep.commands.v1",
            "lockstep.results.v1",
            "lockstep.events.v1",
            "lockstep.release-status.v1",
            "lockstep.deployment-status.v1",
            "lockstep.application-status.v1",
            "lockstep.commands.v1.dlq");

    private static final int PARTITIONS = 6;

    private static final String TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAA";
    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Decoder decoder = new Decoder(Limits.DEFAULT);
    private final UnitOfWork state = new UnitOfWork(new HomePartitioner(PARTITIONS, PARTITIONS));
    private final List<ConsumerRecord<byte[], byte[]>> out = new ArrayList<>();
    private Instant set;
    private int sent;

    /** @return everything that went out so far, in order */
    public List<ConsumerRecord<byte[], byte[]>> out() {
        return out;
    }

    /** Fixes the time until the next call. */
    public InMemoryWorker at(Instant now) {
        set = now;
        return this;
    }

    /**
     * Sends a command in binary mode, with a new id.
     *
     * @param type without prefix and version, such as {@code release.create}
     * @param data JSON, in which {@code '} stands for {@code "}
     */
    public List<ConsumerRecord<byte[], byte[]>> send(String type, String data) {
        return send("c-" + (sent + 1), type, data);
    }

    public List<ConsumerRecord<byte[], byte[]>> send(String id, String type, String data) {
        byte[] value = data.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = Map.of(
                "ce_specversion",
                "1.0",
                "ce_id",
                id,
                "ce_source",
                "/ci/shop",
                "ce_type",
                "dev.lockstep." + type + ".v1",
                "traceparent",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "tracestate",
                "ci=t61rcWkgMzE");
        return send(key(value), value, headers);
    }

    /** Sends any record, in its key's partition. */
    public List<ConsumerRecord<byte[], byte[]>> send(String key, byte[] value, Map<String, String> headers) {
        return decided(received(key, value, headers, key == null ? 0 : home(key)), false);
    }

    /** Sends a record in a partition other than its key's. */
    public List<ConsumerRecord<byte[], byte[]>> sendAstray(String key, byte[] value, Map<String, String> headers) {
        return decided(received(key, value, headers, (home(key) + 1) % PARTITIONS), false);
    }

    /** Sends a command that the database refuses because of its content. */
    public List<ConsumerRecord<byte[], byte[]>> sendUnprocessable(
            String key, byte[] value, Map<String, String> headers) {
        return decided(received(key, value, headers, home(key)), true);
    }

    private static int home(String key) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % PARTITIONS;
    }

    private List<ConsumerRecord<byte[], byte[]>> decided(IncomingRecord received, boolean unprocessable) {
        state.setContext(new DecisionContext(set == null ? START.plus(Duration.ofSeconds(sent)) : set));
        CommandDecider decider = new CommandDecider(TOPIC_ID, TOPICS, "/lockstep");
        List<OutgoingRecord> records = (unprocessable
                        ? decider.rejectUnprocessable(received, state)
                        : decider.decide(received, state))
                .records();
        List<ConsumerRecord<byte[], byte[]>> published =
                records.stream().map(InMemoryWorker::published).toList();
        out.addAll(published);
        return published;
    }

    private IncomingRecord received(String key, byte[] value, Map<String, String> headers, int partition) {
        byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        RecordHeaders recordHeaders = new RecordHeaders();
        headers.forEach(
                (name, text) -> recordHeaders.add(new RecordHeader(name, text.getBytes(StandardCharsets.UTF_8))));
        ConsumerRecord<byte[], byte[]> origin = record(TOPICS.commands(), partition, ++sent, keyBytes, value);
        recordHeaders.forEach(origin.headers()::add);
        return IncomingRecord.of(origin, decoder.decode(origin));
    }

    private static ConsumerRecord<byte[], byte[]> published(OutgoingRecord out) {
        ConsumerRecord<byte[], byte[]> record = record(out.topic(), out.partition(), 0, out.key(), out.value());
        for (Header header : out.headers()) {
            record.headers().add(header);
        }
        return record;
    }

    private static ConsumerRecord<byte[], byte[]> record(
            String topic, int partition, long offset, byte[] key, byte[] value) {
        return new ConsumerRecord<>(
                topic,
                Math.max(partition, 0),
                offset,
                START.toEpochMilli(),
                TimestampType.CREATE_TIME,
                key == null ? -1 : key.length,
                value == null ? -1 : value.length,
                key,
                value,
                new RecordHeaders(),
                java.util.Optional.empty());
    }

    /** @return its state, in which a test may change what no command can */
    public Application application(String id) {
        return state.application(id);
    }

    /** @return the latest value of that key */
    public JsonNode latest(String topic, String key) {
        byte[] value = out.stream()
                .filter(record ->
                        record.topic().equals(topic) && new String(record.key(), StandardCharsets.UTF_8).equals(key))
                .reduce((before, after) -> after)
                .orElseThrow()
                .value();
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String key(byte[] data) {
        try {
            return JSON.readTree(data).path("application").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
