package dev.lockstep.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.InMemoryWorker;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.OutputPages;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.intake.InFlightBatch;
import dev.lockstep.intake.PartitionOwnership;
import dev.lockstep.wire.Topics;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AppliedBatchTest {

    private static final Topics TOPICS = InMemoryWorker.TOPICS;

    /** A page that is not read. */
    private static final OutputPages ONE_PAGE = new OutputPages() {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public List<OutgoingRecord> read(int page) {
            throw new AssertionError();
        }
    };

    @Test
    void onlyTheLastStatusForEachKeyIsPublished() {
        PartitionOutput published = publish(outcome(
                output(0, result("c-1"), event("e-1"), release("shop/1", "a"), deployment("shop/1", "d")),
                output(1, result("c-2"), event("e-2"), release("shop/1", "b"), release("shop/2", "x")),
                output(2, result("c-2"), event("e-2"), release("shop/1", "c"))));

        assertThat(texts(published)).containsExactly("c-1", "e-1", "d", "c-2", "e-2", "x", "c-2", "e-2", "c");
        assertThat(published.nextOffset()).isEqualTo(3);
    }

    @Test
    void aTombstoneSupersedesAndIsSuperseded() {
        PartitionOutput published = publish(outcome(
                output(0, release("shop/1", "a"), release("shop/2", null)),
                output(1, release("shop/1", null), release("shop/2", "b"))));

        assertThat(texts(published)).containsExactly(null, "b");
    }

    @Test
    void aStatusInAnotherTransactionSupersedesNothing() {
        RecordOutput first = output(0, release("shop/1", "a"));
        RecordOutput second = output(1, release("shop/1", "b"));
        RecordOutput paged = output(1, release("shop/1", "b")).withPages(ONE_PAGE);

        assertThat(texts(publish(outcome(first)))).containsExactly("a");
        assertThat(texts(publish(outcome(second)))).containsExactly("b");
        assertThat(transactions(outcome(first, paged, output(2, release("shop/1", "c")))).stream()
                        .map(AppliedBatchTest::texts))
                .containsExactly(List.of("a"), List.of("b"), List.of("c"));
    }

    @Test
    void partitionsAreTreatedSeparately() {
        PartitionOutcome first = outcome(0, output(0, release("shop/1", "a")));
        PartitionOutcome second = outcome(1, output(0, release("shop/1", "b")));

        assertThat(batch(first, second).toPublication(TOPICS).partitions().stream()
                        .map(AppliedBatchTest::texts))
                .containsExactly(List.of("a"), List.of("b"));
    }

    private static PartitionOutput publish(PartitionOutcome outcome) {
        return transactions(outcome).get(0);
    }

    /** One partition's output in each. */
    private static List<PartitionOutput> transactions(PartitionOutcome outcome) {
        return batch(outcome).splitIntoTransactions().stream()
                .map(part -> part.toPublication(TOPICS).partitions().get(0))
                .toList();
    }

    private static AppliedBatch batch(PartitionOutcome... outcomes) {
        InFlightBatch batch = new InFlightBatch(0, 0, 1, List.of(), Set.of(), false);
        return new AppliedBatch(new PartitionOwnership().snapshot(), batch, List.of(outcomes));
    }

    private static PartitionOutcome outcome(RecordOutput... outputs) {
        return outcome(0, outputs);
    }

    private static PartitionOutcome outcome(int partition, RecordOutput... outputs) {
        long next = outputs[outputs.length - 1].offset() + 1;
        return new PartitionOutcome(partition, next, null, next, true, null, List.of(outputs));
    }

    private static RecordOutput output(long offset, OutgoingRecord... records) {
        return new RecordOutput(offset, null, List.of(records));
    }

    private static OutgoingRecord result(String value) {
        return record(TOPICS.results(), "shop", value);
    }

    private static OutgoingRecord event(String value) {
        return record(TOPICS.events(), "shop", value);
    }

    private static OutgoingRecord release(String key, String value) {
        return record(TOPICS.releaseStatus(), key, value);
    }

    private static OutgoingRecord deployment(String key, String value) {
        return record(TOPICS.deploymentStatus(), key, value);
    }

    private static OutgoingRecord record(String topic, String key, String value) {
        return OutgoingRecord.of(topic, 0, key, value == null ? null : value.getBytes(UTF_8), List.of());
    }

    private static List<String> texts(PartitionOutput output) {
        return output.records().stream()
                .map(record -> record.value() == null ? null : new String(record.value(), UTF_8))
                .toList();
    }
}
