package dev.lockstep.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.model.Comparison;
import dev.lockstep.model.EventLog;
import dev.lockstep.model.ExpectedOutcome;
import dev.lockstep.model.Published;
import dev.lockstep.model.ReferenceModel;
import dev.lockstep.model.SentCommand;
import dev.lockstep.model.StatusComparison;
import dev.lockstep.wire.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the batch applier handed out, as a Kafka consumer would see it, compared with the model. */
final class AppliedOutput {

    private static final Topics TOPICS = BatchApplierRig.TOPICS;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ReferenceModel model = new ReferenceModel();
    private final EventLog chronicle = new EventLog();
    private final Published published = new Published();

    /** Judges a batch that was delivered for the first time. @return how it differs from the model */
    List<String> differences(List<SentCommand> commands, List<IncomingRecord> batch, List<PartitionOutcome> outcomes) {
        Map<List<Long>, List<OutgoingRecord>> byPlace = byPosition(outcomes);
        List<String> found = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            List<OutgoingRecord> records = byPlace.remove(position(batch.get(i)));
            if (records == null) {
                found.add("there was no output for " + commands.get(i).id());
            } else {
                records.forEach(this::keep);
                compare(commands.get(i), records, found);
            }
        }
        byPlace.keySet().forEach(place -> found.add("there was output for a record not in the batch: " + place));
        return found;
    }

    private void compare(SentCommand sent, List<OutgoingRecord> records, List<String> found) {
        ExpectedOutcome expected = model.apply(sent);
        List<JsonNode> events = values(TOPICS.events(), records);
        events.forEach(event -> found.addAll(chronicle.record(event)));
        found.addAll(Comparison.result(sent, expected, only(TOPICS.results(), records), true, chronicle));
        found.addAll(Comparison.events(sent, expected, events, chronicle));
    }

    /** How the latest statuses of all applications differ from the model. */
    List<String> statusDifferences() {
        List<String> found = new ArrayList<>();
        for (String application : model.applications()) {
            found.addAll(StatusComparison.application(model, application, published, chronicle));
        }
        return found;
    }

    private void keep(OutgoingRecord record) {
        String key = record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
        if (record.topic().equals(TOPICS.releaseStatus())) {
            published.keepRelease(key, json(record), reason(record));
        } else if (record.topic().equals(TOPICS.deploymentStatus())) {
            published.keepEnvironment(key, json(record), reason(record));
        } else if (!List.of(TOPICS.results(), TOPICS.events()).contains(record.topic())) {
            published.keepApplication(key, json(record), reason(record));
        }
    }

    private static String reason(OutgoingRecord record) {
        return record.headers().stream()
                .filter(header -> header.key().equals("ce_lockstepreason"))
                .map(header -> new String(header.value(), StandardCharsets.UTF_8))
                .findFirst()
                .orElse(null);
    }

    /** By partition and offset. */
    static Map<List<Long>, List<OutgoingRecord>> byPosition(List<PartitionOutcome> outcomes) {
        Map<List<Long>, List<OutgoingRecord>> outputs = new LinkedHashMap<>();
        for (PartitionOutcome outcome : outcomes) {
            for (RecordOutput output : outcome.outputs()) {
                outputs.put(List.of((long) outcome.partition(), output.offset()), records(output));
            }
        }
        return outputs;
    }

    /** All records, including those of further pages. */
    static List<OutgoingRecord> records(RecordOutput output) {
        List<OutgoingRecord> records = new ArrayList<>(output.records());
        for (int page = 1; page <= output.pages().count(); page++) {
            records.addAll(output.pages().read(page));
        }
        return records;
    }

    static List<Long> position(IncomingRecord record) {
        return List.of((long) record.partition(), record.offset());
    }

    /** Everything in it, so that two are equal if they are the same byte for byte. */
    static List<Object> bytes(List<PartitionOutcome> outcomes) {
        List<Object> all = new ArrayList<>();
        for (PartitionOutcome outcome : outcomes) {
            all.add(List.of(outcome.partition(), outcome.nextOffset()));
            outcome.outputs()
                    .forEach(output -> all.add(List.of(
                            output.offset(),
                            records(output).stream().map(AppliedOutput::bytes).toList())));
        }
        return all;
    }

    static List<Object> bytes(OutgoingRecord record) {
        return Arrays.asList(
                record.topic(),
                record.partition(),
                wrap(record.key()),
                wrap(record.value()),
                record.headers(),
                record.timestamp());
    }

    private static ByteBuffer wrap(byte[] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }

    static JsonNode only(String topic, List<OutgoingRecord> records) {
        List<JsonNode> values = values(topic, records);
        if (values.size() != 1) {
            throw new AssertionError(values.size() + " records on " + topic + " instead of one");
        }
        return values.get(0);
    }

    private static List<JsonNode> values(String topic, List<OutgoingRecord> records) {
        return records.stream()
                .filter(record -> record.topic().equals(topic))
                .map(AppliedOutput::json)
                .toList();
    }

    private static JsonNode json(OutgoingRecord record) {
        try {
            return record.value() == null ? null : JSON.readTree(record.value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
