package dev.lockstep.publish;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.intake.InFlightBatch;
import dev.lockstep.listener.DeadLetter;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.PublishedEvent;
import dev.lockstep.listener.PublishedRecord;
import dev.lockstep.wire.KafkaHeaders;
import dev.lockstep.wire.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Tells the listeners what happened to a batch in Kafka. */
public final class PublicationReporter {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DEPLOYMENT_FINISHED = "dev.cdeventsx.lockstep-deployment.finished.";

    private final Listeners listeners;
    private final Topics topics;

    public PublicationReporter(Listeners listeners, Topics topics) {
        this.listeners = listeners;
        this.topics = topics;
    }

    /** Reports what was committed of the batch, and which of its partitions were dropped. */
    public void report(PublishOutcome published, AppliedBatch batch, Duration took) {
        if (!published.committed().isEmpty()) {
            List<PartitionOutcome> committed = batch.partitions().stream()
                    .filter(partition -> published.committed().containsKey(partition.partition()))
                    .toList();
            List<PublishedRecord> records = publishedRecords(batch.batch(), committed);
            listeners.notifyListeners(listener -> listener.published(records, took));
            committed.forEach(this::reportDeadLetters);
        }
        if (!published.dropped().isEmpty()) {
            listeners.notifyListeners(listener -> listener.fenced(published.dropped()));
        }
    }

    private List<PublishedRecord> publishedRecords(InFlightBatch batch, List<PartitionOutcome> committed) {
        Map<Integer, Map<Long, Long>> timestamps = new HashMap<>();
        for (ConsumerRecord<?, ?> record : batch.records()) {
            if (record.timestamp() != ConsumerRecord.NO_TIMESTAMP) {
                timestamps
                        .computeIfAbsent(record.partition(), partition -> new HashMap<>())
                        .put(record.offset(), record.timestamp());
            }
        }
        List<PublishedRecord> published = new ArrayList<>();
        for (PartitionOutcome partition : committed) {
            Map<Long, Long> byOffset = timestamps.getOrDefault(partition.partition(), Map.of());
            for (RecordOutput output : partition.outputs()) {
                if (output.outcome() != null) {
                    published.add(new PublishedRecord(output.outcome(), byOffset.get(output.offset()), events(output)));
                }
            }
        }
        return published;
    }

    private List<PublishedEvent> events(RecordOutput output) {
        List<PublishedEvent> events = new ArrayList<>();
        for (OutgoingRecord record : output.records()) {
            if (record.topic().equals(topics.events())) {
                String type = KafkaHeaders.lastText(record.headers(), KafkaHeaders.TYPE);
                events.add(new PublishedEvent(
                        type, type.startsWith(DEPLOYMENT_FINISHED) ? deploymentOutcome(record) : null));
            }
        }
        return events;
    }

    private static String deploymentOutcome(OutgoingRecord finished) {
        try {
            return JSON.readTree(finished.value())
                    .at("/subject/content/outcome")
                    .textValue();
        } catch (IOException unreadable) {
            return null;
        }
    }

    private void reportDeadLetters(PartitionOutcome partition) {
        for (RecordOutput output : partition.outputs()) {
            if (output.outcome() != null) {
                for (OutgoingRecord record : output.records()) {
                    if (record.topic().equals(topics.deadLetters())) {
                        notifyDeadLettered(
                                partition.partition(),
                                output,
                                KafkaHeaders.lastText(record.headers(), KafkaHeaders.DEAD_LETTER_REASON));
                    }
                }
            }
        }
    }

    private void notifyDeadLettered(int partition, RecordOutput output, String reason) {
        DeadLetter letter =
                new DeadLetter(partition, output.offset(), output.outcome().code(), reason);
        listeners.notifyListeners(listener -> listener.deadLettered(letter));
    }
}
