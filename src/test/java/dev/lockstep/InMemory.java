package dev.lockstep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.batch.CommandRecord;
import dev.lockstep.batch.HomePartitions;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.decide.CommandDecider;
import dev.lockstep.decode.Decoder;
import dev.lockstep.decode.form.Limits;
import dev.lockstep.model.Sent;
import dev.lockstep.model.Subject;
import dev.lockstep.model.Wire;
import dev.lockstep.store.UnitOfWork;
import dev.lockstep.wire.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Decoding, rules and rendering as the worker runs them, on one partition and without broker or database. */
public final class InMemory implements Subject {

    public static final Topics TOPICS =
            new Topics("commands", "results", "events", "release-status", "deployment-status", "dead-letters");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Decoder decoder = new Decoder(Limits.DEFAULT);
    private final CommandDecider decider = new CommandDecider("topic", TOPICS, "/lockstep", Clock.systemUTC());
    private final UnitOfWork state = new UnitOfWork(new HomePartitions(1, 1));
    private final Map<String, Map<String, JsonNode>> statuses = new LinkedHashMap<>();
    private long offset;

    @Override
    public Actual apply(Sent sent) {
        Wire.Raw raw = offset % 2 == 0 ? Wire.toBinary(sent) : Wire.structured(sent);
        JsonNode result = null;
        List<JsonNode> events = new ArrayList<>();
        for (OutgoingRecord out : decide(raw)) {
            JsonNode value = read(out.value());
            if (out.topic().equals(TOPICS.results())) {
                result = value;
            } else if (out.topic().equals(TOPICS.events())) {
                events.add(value);
            } else {
                statuses.computeIfAbsent(out.topic(), topic -> new LinkedHashMap<>())
                        .put(new String(out.key(), StandardCharsets.UTF_8), value);
            }
        }
        return new Actual(result, events);
    }

    /** Everything that a record puts out. */
    List<OutgoingRecord> decide(Wire.Raw raw) {
        Headers headers = new RecordHeaders();
        raw.headers().forEach((name, value) -> headers.add(name, value.getBytes(StandardCharsets.UTF_8)));
        byte[] key = raw.key() == null ? null : raw.key().getBytes(StandardCharsets.UTF_8);
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                TOPICS.commands(),
                0,
                offset++,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                key,
                raw.value(),
                headers,
                Optional.empty());
        CommandRecord received = CommandRecord.of(record, decoder.decode(record));
        return decider.decide(received, state).records();
    }

    @Override
    public Map<String, JsonNode> releaseStatus(String application) {
        return of(TOPICS.releaseStatus(), application);
    }

    @Override
    public Map<String, JsonNode> deploymentStatus(String application) {
        return of(TOPICS.deploymentStatus(), application);
    }

    private Map<String, JsonNode> of(String topic, String application) {
        Map<String, JsonNode> found = new LinkedHashMap<>();
        statuses.getOrDefault(topic, Map.of()).forEach((key, value) -> {
            if (key.startsWith(application + "/")) {
                found.put(key.substring(application.length() + 1), value);
            }
        });
        return found;
    }

    private static JsonNode read(byte[] value) {
        try {
            return value == null ? null : JSON.readTree(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
