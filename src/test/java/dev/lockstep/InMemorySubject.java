package dev.lockstep;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.model.Published;
import dev.lockstep.model.SentCommand;
import dev.lockstep.model.Subject;
import dev.lockstep.model.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** The {@link InMemoryWorker} as the model's judge sees it. */
final class InMemorySubject implements Subject {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final InMemoryWorker worker = new InMemoryWorker();
    private final Published published = new Published();
    private int sent;

    @Override
    public Actual apply(SentCommand command) {
        Wire.Raw raw =
                switch (sent++ % 4) {
                    case 0, 2 -> Wire.toBinary(command);
                    case 1 -> Wire.structured(command);
                    default -> Wire.structuredAsJson(command);
                };
        JsonNode result = null;
        List<JsonNode> events = new ArrayList<>();
        List<String> correlations = new ArrayList<>();
        int deadLetters = 0;
        worker.at(command.at());
        for (ConsumerRecord<byte[], byte[]> out : worker.send(raw.key(), raw.value(), raw.headers())) {
            if (out.topic().equals(InMemoryWorker.TOPICS.results())) {
                result = read(out.value());
            } else if (out.topic().equals(InMemoryWorker.TOPICS.events())) {
                events.add(read(out.value()));
                correlations.add(header(out, "ce_correlationid"));
            } else if (out.topic().equals(InMemoryWorker.TOPICS.deadLetters())) {
                deadLetters++;
            } else {
                keep(out.topic(), new String(out.key(), UTF_8), read(out.value()), header(out, "ce_lockstepreason"));
            }
        }
        return new Actual(result, events, correlations, deadLetters);
    }

    private void keep(String topic, String key, JsonNode value, String reason) {
        if (topic.equals(InMemoryWorker.TOPICS.releaseStatus())) {
            published.keepRelease(key, value, reason);
        } else if (topic.equals(InMemoryWorker.TOPICS.deploymentStatus())) {
            published.keepEnvironment(key, value, reason);
        } else {
            published.keepApplication(key, value, reason);
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> out, String name) {
        Header header = out.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    @Override
    public Published published(String application) {
        return published;
    }

    private static JsonNode read(byte[] value) {
        try {
            return value == null ? null : JSON.readTree(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
