package dev.lockstep;

import dev.lockstep.domain.Code;
import dev.lockstep.listener.DeadLetter;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.Outcome;
import dev.lockstep.outbox.OutRecord;
import dev.lockstep.outbox.Output;
import dev.lockstep.publish.DeadLetters;
import dev.lockstep.publish.Published;
import dev.lockstep.store.Slice;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Tells the listeners what became of a batch in Kafka. */
final class News {

    private final Listeners listeners;
    private final String deadLetterTopic;

    News(Listeners listeners, String deadLetterTopic) {
        this.listeners = listeners;
        this.deadLetterTopic = deadLetterTopic;
    }

    /** @param slices of the batch, of which those count whose partitions are among the committed ones */
    void settled(Published published, List<Slice> slices, Duration took) {
        if (!published.committed().isEmpty()) {
            List<Slice> committed = slices.stream()
                    .filter(slice -> published.committed().containsKey(slice.partition()))
                    .toList();
            List<Outcome> outcomes = committed.stream()
                    .flatMap(slice -> slice.outputs().stream())
                    .map(Output::outcome)
                    .filter(Objects::nonNull)
                    .toList();
            listeners.tell(listener -> listener.published(outcomes, took));
            committed.forEach(this::deadLetters);
        }
        if (!published.dropped().isEmpty()) {
            listeners.tell(listener -> listener.fenced(published.dropped()));
        }
    }

    private void deadLetters(Slice slice) {
        for (Output output : slice.outputs()) {
            if (output.outcome() != null && hasDeadLetter(output.outcome())) {
                for (OutRecord record : output.records()) {
                    if (record.topic().equals(deadLetterTopic)) {
                        tell(slice.partition(), output, DeadLetters.reason(record));
                    }
                }
            }
        }
    }

    private static boolean hasDeadLetter(Outcome outcome) {
        return outcome.kind() == Outcome.Kind.DEAD_LETTER
                || Code.UNPROCESSABLE.name().equals(outcome.code());
    }

    private void tell(int partition, Output output, String reason) {
        DeadLetter letter =
                new DeadLetter(partition, output.offset(), output.outcome().code(), reason);
        listeners.tell(listener -> listener.deadLettered(letter));
    }
}
