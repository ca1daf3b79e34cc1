package dev.lockstep.publish;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.listener.DeadLetter;
import dev.lockstep.listener.Listeners;
import dev.lockstep.wire.KafkaHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Tells the listeners what happened to a batch in Kafka. */
public final class PublicationReport {

    private final Listeners listeners;
    private final String deadLetterTopic;

    public PublicationReport(Listeners listeners, String deadLetterTopic) {
        this.listeners = listeners;
        this.deadLetterTopic = deadLetterTopic;
    }

    /** @param partitions the batch's partitions; only committed ones are reported */
    public void report(PublishOutcome published, List<PartitionOutcome> partitions, Duration took) {
        if (!published.committed().isEmpty()) {
            List<PartitionOutcome> committed = partitions.stream()
                    .filter(partition -> published.committed().containsKey(partition.partition()))
                    .toList();
            List<RecordOutcome> outcomes = committed.stream()
                    .flatMap(partition -> partition.outputs().stream())
                    .map(RecordOutput::outcome)
                    .filter(Objects::nonNull)
                    .toList();
            listeners.notifyListeners(listener -> listener.published(outcomes, took));
            committed.forEach(this::deadLetters);
        }
        if (!published.dropped().isEmpty()) {
            listeners.notifyListeners(listener -> listener.fenced(published.dropped()));
        }
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
