package dev.lockstep.publish;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.intake.InFlightBatch;
import dev.lockstep.listener.DeadLetter;
import dev.lockstep.listener.Listeners;
import dev.lockstep.wire.KafkaHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Tells the listeners what happened to a batch in Kafka. */
public final class PublicationReporter {

    private final Listeners listeners;
    private final String deadLetterTopic;

    public PublicationReporter(Listeners listeners, String deadLetterTopic) {
        this.listeners = listeners;
        this.deadLetterTopic = deadLetterTopic;
    }

    /** Reports what was committed of the batch, and which of its partitions were dropped. */
    public void report(PublishOutcome published, AppliedBatch batch, Duration took) {
        if (!published.committed().isEmpty()) {
            List<PartitionOutcome> committed = batch.partitions().stream()
                    .filter(partition -> published.committed().containsKey(partition.partition()))
                    .toList();
            List<RecordOutcome> outcomes = committed.stream()
                    .flatMap(partition -> partition.outputs().stream())
                    .map(RecordOutput::outcome)
                    .filter(Objects::nonNull)
                    .toList();
            long[] timestamps = timestamps(batch.batch(), committed);
            listeners.notifyListeners(listener -> listener.published(outcomes, took));
            listeners.notifyListeners(listener -> listener.recordsPublished(timestamps));
            committed.forEach(this::deadLetters);
        }
        if (!published.dropped().isEmpty()) {
            listeners.notifyListeners(listener -> listener.fenced(published.dropped()));
        }
    }

    private static long[] timestamps(InFlightBatch batch, List<PartitionOutcome> committed) {
        return batch.records().stream()
                .filter(record -> committed.stream().anyMatch(part -> containsOutputOf(part, record)))
                .mapToLong(ConsumerRecord::timestamp)
                .filter(timestamp -> timestamp != ConsumerRecord.NO_TIMESTAMP)
                .toArray();
    }

    private static boolean containsOutputOf(PartitionOutcome part, ConsumerRecord<?, ?> record) {
        return part.partition() == record.partition()
                && !part.outputs().isEmpty()
                && part.outputs().get(0).offset() <= record.offset()
                && record.offset() < part.nextOffset();
    }

    private void deadLetters(PartitionOutcome partition) {
        for (RecordOutput output : partition.outputs()) {
            if (output.outcome() != null) {
                for (OutgoingRecord record : output.records()) {
                    if (record.topic().equals(deadLetterTopic)) {
                        tell(
                                partition.partition(),
                                output,
                                KafkaHeaders.lastText(record.headers(), KafkaHeaders.DEAD_LETTER_REASON));
                    }
                }
            }
        }
    }

    private void tell(int partition, RecordOutput output, String reason) {
        DeadLetter letter =
                new DeadLetter(partition, output.offset(), output.outcome().code(), reason);
        listeners.notifyListeners(listener -> listener.deadLettered(letter));
    }
}
