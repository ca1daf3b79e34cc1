package dev.lockstep.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.InMemoryWorker;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.intake.InFlightBatch;
import dev.lockstep.intake.PartitionOwnership;
import dev.lockstep.wire.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is published in several transactions, as it is too much for one. */
class PendingPublicationTest {

    private static final Topics TOPICS = InMemoryWorker.TOPICS;

    private final PendingPublication pending = new PendingPublication(publication(
            outcome(0, output(0, "a0"), output(1, "a1"), output(2, "a2")),
            outcome(1, output(5, "b5"), output(6, "b6"))));

    @Test
    void eachTransactionTakesWhatFitsInOrder() {
        assertThat(commitAll(5)).containsExactly(List.of("a0", "a1"), List.of("a2", "b5"), List.of("b6"));
        assertThat(outcome()).isEqualTo(new PublishOutcome(Map.of(0, 3L, 1, 7L), Set.of()));
    }

    @Test
    void aRecordIsNeverSplit() {
        assertThat(commitAll(1))
                .containsExactly(List.of("a0"), List.of("a1"), List.of("a2"), List.of("b5"), List.of("b6"));
    }

    @Test
    void aPartThatStillIsTooLargeIsSplitAgain() {
        pending.limitTo(7);
        assertThat(texts()).containsExactly("a0", "a1", "a2");

        pending.limitTo(3);
        assertThat(texts()).containsExactly("a0");
        assertThat(commitAll(TransactionLimit.UNLIMITED - 1))
                .containsExactly(List.of("a0"), List.of("b5", "b6", "a1", "a2"));
    }

    @Test
    void whatIsLeftWhenTheWorkerStopsIsNotCommitted() {
        pending.limitTo(3);
        pending.markAllCommitted();

        assertThat(pending.isDone()).isFalse();
        assertThat(outcome()).isEqualTo(new PublishOutcome(Map.of(), Set.of(0, 1)));
    }

    @Test
    void aCommitWhoseOutcomeWasUnknownIsSettledByWhatItWasFor() {
        pending.limitTo(5);
        pending.markCommitStarted("lockstep");
        pending.settle(Map.of(0, 2L));

        assertThat(commitAll(TransactionLimit.UNLIMITED)).containsExactly(List.of("a2", "b5", "b6"));
    }

    @Test
    void aPartitionThatIsLostMeanwhileIsDropped() {
        pending.limitTo(5);
        pending.markAllCommitted();
        pending.keepOwned(new PartitionOwnership().snapshot());

        assertThat(pending.isDone()).isTrue();
        assertThat(outcome()).isEqualTo(new PublishOutcome(Map.of(), Set.of(0, 1)));
    }

    @Test
    void aPartitionThatIsSplitOffTakesAllThatIsLeftOfIt() {
        pending.limitTo(3);
        PendingPublication own = pending.splitOff(0);

        assertThat(commitAll(TransactionLimit.UNLIMITED)).containsExactly(List.of("b5", "b6"));
        List<String> left = new ArrayList<>();
        while (!own.isDone()) {
            own.limitTo(TransactionLimit.UNLIMITED);
            own.forEach(record -> left.add(text(record)), () -> {});
            own.markAllCommitted();
        }
        assertThat(left).containsExactly("a0", "a1", "a2");
        assertThat(own.outcome(Map.of()).committed()).isEqualTo(Map.of(0, 3L));
    }

    /** What the transactions contain. */
    private List<List<String>> commitAll(long maxBytes) {
        List<List<String>> transactions = new ArrayList<>();
        while (!pending.isDone()) {
            pending.limitTo(maxBytes);
            transactions.add(texts());
            pending.markAllCommitted();
        }
        return transactions;
    }

    private List<String> texts() {
        List<String> texts = new ArrayList<>();
        pending.forEach(record -> texts.add(text(record)), () -> {});
        return texts;
    }

    private static String text(OutgoingRecord record) {
        return new String(record.value(), UTF_8);
    }

    private PublishOutcome outcome() {
        return pending.outcome(Map.of());
    }

    private static Publication publication(PartitionOutcome... outcomes) {
        InFlightBatch batch = new InFlightBatch(0, 0, 1, List.of(), Set.of(), false);
        return new AppliedBatch(new PartitionOwnership().snapshot(), batch, List.of(outcomes)).toPublication(TOPICS);
    }

    private static PartitionOutcome outcome(int partition, RecordOutput... outputs) {
        long next = outputs[outputs.length - 1].offset() + 1;
        return new PartitionOutcome(partition, next, null, next, true, null, List.of(outputs));
    }

    private static RecordOutput output(long offset, String... values) {
        return new RecordOutput(
                offset,
                null,
                Stream.of(values)
                        .map(value -> OutgoingRecord.of(TOPICS.results(), 0, null, value.getBytes(UTF_8), List.of()))
                        .toList());
    }
}
