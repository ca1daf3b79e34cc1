package dev.lockstep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.model.Sent;
import dev.lockstep.model.Subject;
import dev.lockstep.model.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The {@link Rehearsal} as the model's judge sees it. */
final class InMemory implements Subject {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Rehearsal worker = new Rehearsal();
    private final Map<String, Map<String, JsonNode>> statuses = new LinkedHashMap<>();
    private int sent;

    @Override
    public Actual apply(Sent command) {
        Wire.Raw raw = sent++ % 2 == 0 ? Wire.toBinary(command) : Wire.structured(command);
        JsonNode result = null;
        List<JsonNode> events = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> out : worker.send(raw.key(), raw.value(), raw.headers())) {
            JsonNode value = read(out.value());
            if (out.topic().equals(Rehearsal.TOPICS.results())) {
                result = value;
            } else if (out.topic().equals(Rehearsal.TOPICS.events())) {
                events.add(value);
            } else {
                statuses.computeIfAbsent(out.topic(), topic -> new LinkedHashMap<>())
                        .put(new String(out.key(), StandardCharsets.UTF_8), value);
            }
        }
        return new Actual(result, events);
    }

    @Override
    public Map<String, JsonNode> releaseStatus(String application) {
        return of(Rehearsal.TOPICS.releaseStatus(), application);
    }

    @Override
    public Map<String, JsonNode> deploymentStatus(String application) {
        return of(Rehearsal.TOPICS.deploymentStatus(), application);
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
