package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lockstep.RealStores;
import dev.lockstep.batch.BatchOutcome;
import dev.lockstep.batch.Decider;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.decide.FaultyDecider;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.SentCommand;
import dev.lockstep.model.Wire;
import dev.lockstep.partition.OffsetGap;
import dev.lockstep.partition.PartitionPosition;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is handed out for a newly assigned partition: whatever is not certain to be in Kafka, whether its records are redelivered
 * or not. Six records are applied, in rows of three.
 */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierAssignmentTest {

    private static final boolean MARKED = true;
    private static final boolean BY_HAND = false;
    private static final long END = 100;

    @Inject
    PostgresStore postgres;

    private final String application = "assigned-" + UUID.randomUUID();
    private final int partition = BatchApplierRig.home(application);
    private BatchApplierRig rig;
    private List<IncomingRecord> records;

    @BeforeEach
    void applySix() {
        rig = postgres.rig();
        records = creations(6);
        rig.apply(records.subList(0, 3));
        rig.apply(records.subList(3, 6));
    }

    @Test
    void whatAWorkerHasCommittedIsInKafka() {
        PartitionOutcome outcome = withoutRecords(position(4L, MARKED, 0));

        assertThat(offsets(outcome)).isEmpty();
        assertThat(outcome.needsPublishing()).isFalse();
        assertThat(outcome.nextOffset()).isEqualTo(4);
        assertThat(outcome.seekTo()).isNull();
        assertThat(progress("published")).isEqualTo(4);
        assertThat(outbox()).isEqualTo(1);
        assertThat(offsets(with(records.subList(4, 6), position(4L, MARKED, 0))))
                .containsExactly(4L, 5L);
    }

    /** Whether somebody set it back, forward, or beyond what is applied, or a foreign member of the group read on. */
    @ParameterizedTest
    @ValueSource(longs = {0, 2, 3, 5, 6, 9, END + 1})
    void anUnmarkedOffsetIsNotTrusted(long committed) {
        publish(3);
        PartitionPosition position = position(committed, BY_HAND, 0);

        PartitionOutcome outcome = withoutRecords(position);

        assertThat(outcome.needsPublishing()).isFalse();
        assertThat(outcome.nextOffset()).isEqualTo(3);
        assertThat(outcome.seekTo()).isEqualTo(committed == 3 ? null : 3L);
        assertThat(progress("published")).isEqualTo(3);
        assertThat(progress("applied")).isEqualTo(6);
        List<IncomingRecord> come = new ArrayList<>(records.subList(3, 6));
        come.addAll(creations(1));
        assertThat(offsets(with(come, position.afterSubmission(3, false)))).containsExactly(3L, 4L, 5L, 6L);
    }

    @Test
    void outputBelowAnUnmarkedOffsetIsSubmittedThoughItsRecordsAreDeleted() {
        PartitionOutcome outcome = withoutRecords(position(4L, BY_HAND, 2));

        assertThat(offsets(outcome)).containsExactly(0L, 1L);
        assertThat(outcome.needsPublishing()).isTrue();
        assertThat(outcome.nextOffset()).isEqualTo(2);
        assertThat(outcome.seekTo()).isEqualTo(2);
        assertThat(progress("published")).isZero();
        assertThat(outbox()).isEqualTo(2);
    }

    @Test
    void anOffsetOfAnOlderVersionIsTrustedOnce() {
        postgres.sql("update progress set marked = -1 where topic_id = '" + rig.topicId + "'");

        assertThat(withoutRecords(position(4L, BY_HAND, 0)).seekTo()).isNull();
        assertThat(progress("published")).isEqualTo(4);
        assertThat(withoutRecords(position(5L, BY_HAND, 0)).seekTo()).isEqualTo(4);
    }

    @Test
    void anOffsetOfAnOlderVersionThatWorkedInBetweenIsTrusted() {
        withoutRecords(position(4L, MARKED, 0));
        postgres.sql("update progress set marked = applied - 2 where topic_id = '" + rig.topicId + "'");

        assertThat(withoutRecords(position(6L, BY_HAND, 0)).seekTo()).isNull();
        assertThat(progress("published")).isEqualTo(6);
    }

    @Test
    void anOffsetOfAnOlderVersionBeyondWhatIsAppliedIsDataLoss() {
        postgres.sql("update progress set marked = -1 where topic_id = '" + rig.topicId + "'");

        assertThatThrownBy(() -> withoutRecords(position(7L, BY_HAND, 0))).isInstanceOf(DataLossException.class);
    }

    @Test
    void storedOutputOfDeletedRecordsIsSubmittedThoughNoRecordArrives() {
        BatchOutcome applied = apply(List.of(), position(2L, MARKED, 6));

        assertThat(offsets(applied.partitions().get(0))).containsExactly(2L, 3L, 4L, 5L);
        assertThat(applied.partitions().get(0).nextOffset()).isEqualTo(6);
        assertThat(applied.gaps()).isEmpty();
    }

    @Test
    void storedOutputOfDeletedRecordsIsSubmittedInOrderWithNewOutput() {
        PartitionPosition position = position(1L, MARKED, 4);
        List<IncomingRecord> come = new ArrayList<>(records.subList(4, 6));
        come.addAll(creations(1));

        assertThat(offsets(with(come, position))).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void commandsThatWereDeletedBeforeTheyWereReadAreNoticedAtTheAssignment() {
        BatchOutcome applied = apply(List.of(), position(2L, MARKED, 9));

        assertThat(offsets(applied.partitions().get(0))).containsExactly(2L, 3L, 4L, 5L);
        assertThat(applied.partitions().get(0).nextOffset())
                .as("nothing is skipped")
                .isEqualTo(6);
        assertThat(applied.gaps())
                .extracting(OffsetGap::from, OffsetGap::to)
                .containsExactly(tuple(6L, Long.MAX_VALUE));
        assertThat(progress("applied")).isEqualTo(6);
    }

    @Test
    void aLogThatEndsWithAnUnreadMarkerHasLostNothing() {
        PartitionPosition allDeleted = new PartitionPosition(6L, MARKED, 7, 7, true, 0, 0);
        PartitionPosition moreDeleted = new PartitionPosition(6L, MARKED, 8, 8, true, 0, 0);

        assertThat(apply(List.of(), allDeleted).gaps()).isEmpty();
        assertThat(apply(List.of(), moreDeleted).gaps()).hasSize(1);
    }

    @Test
    void aGroupWhoseOffsetsHaveExpiredContinuesAtTheLastKnownPublication() {
        publish(3);
        assertThat(withoutRecords(position(null, BY_HAND, 0)).needsPublishing()).isFalse();
        assertThat(offsets(with(records.subList(0, 4), position(null, BY_HAND, 0))))
                .containsExactly(3L);
        assertThat(offsets(withoutRecords(position(null, BY_HAND, 5)))).containsExactly(3L, 4L);
        assertThat(apply(List.of(), position(null, BY_HAND, 9)).gaps()).hasSize(1);
    }

    @Test
    void whatWasSubmittedUnderTheAssignmentIsNotSubmittedAgain() {
        PartitionPosition submitted = position(2L, MARKED, 0).afterSubmission(6, true);

        assertThat(offsets(with(creations(1), submitted))).containsExactly(6L);
        assertThat(progress("published")).as("only what is certain").isEqualTo(2);
    }

    @Test
    void recordsThatComeAgainUnderTheSameAssignmentAreThoseOfATruncatedTopic() {
        PartitionPosition submitted = position(2L, MARKED, 0).afterSubmission(5, true);

        assertThatThrownBy(() -> with(records.subList(4, 6), submitted)).isInstanceOf(DataLossException.class);
    }

    /** Kafka may have been asked for the start of the log while an earlier record was still in transit. */
    @Test
    void recordsWhoseOutputWasSubmittedWithoutThemMayStillCome() {
        PartitionPosition submitted = position(2L, MARKED, 6).afterSubmission(6, false);

        assertThat(offsets(with(records.subList(4, 6), submitted))).isEmpty();
    }

    @Test
    void theMissingOffsetsBeforeAndBetweenNewRecordsAreNoticed() {
        rig.skip(partition, 1);
        List<IncomingRecord> come = creations(2);
        rig.skip(partition, 3);
        come.addAll(creations(1));

        assertThat(apply(come, position(6L, MARKED, 0).afterSubmission(6, true)).gaps())
                .extracting(OffsetGap::from, OffsetGap::to)
                .containsExactly(tuple(6L, 7L), tuple(9L, 12L));
    }

    @Test
    void aPartitionThatIsNewMissesNothingThatWasDeletedBefore() {
        BatchApplierRig another = postgres.rig();
        another.skip(partition, 9);
        PartitionPosition position = position(null, BY_HAND, 9);

        assertThat(another.apply(List.of(), partition, position).gaps()).isEmpty();
        assertThat(another.apply(creations(another, 1), partition, position.afterSubmission(0, false))
                        .gaps())
                .isEmpty();
    }

    @Test
    void whatNeedsItsRecordIsLostWithItAndIsCounted() {
        List<IncomingRecord> others =
                List.of(undecodable(), misplaced(), creations(1).get(0));
        List<PartitionOutcome> first = rig.apply(others);
        BatchOutcome applied = apply(List.of(), position(6L, MARKED, 9));

        assertThat(offsets(applied.partitions().get(0))).containsExactly(6L, 7L, 8L);
        assertThat(applied.partitions().get(0).outputs().subList(0, 2))
                .allSatisfy(output -> assertThat(output.records()).isEmpty());
        assertThat(applied.gaps())
                .containsExactly(new OffsetGap(OffsetGap.Cause.SOURCE_RECORD_LOST, partition, 6, 8, 2));

        assertThat(AppliedOutput.bytes(with(others, position(6L, MARKED, 0)))).isEqualTo(AppliedOutput.bytes(first));
    }

    @Test
    void whatTheFirstHalfOfABatchSubmitsTheSecondDoesNot() {
        List<IncomingRecord> come = new ArrayList<>(records.subList(3, 6));
        come.addAll(creations(4));
        IncomingRecord fault = come.get(5);
        Decider faulty = new FaultyDecider(rig.decider, entry -> entry == fault);

        BatchOutcome applied = postgres.run(() ->
                postgres.batchApplier.apply(rig.topicId, come, Map.of(partition, position(2L, MARKED, 3)), faulty));

        assertThat(offsets(applied.partitions().get(0))).containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(applied.partitions()).hasSize(1);
    }

    private static PartitionPosition position(Long committed, boolean isMarked, long start) {
        return new PartitionPosition(committed, isMarked, start, END, true, 0, 0);
    }

    private BatchOutcome apply(List<IncomingRecord> come, PartitionPosition position) {
        return rig.apply(come, partition, position);
    }

    private PartitionOutcome withoutRecords(PartitionPosition position) {
        return apply(List.of(), position).partitions().get(0);
    }

    private List<PartitionOutcome> with(List<IncomingRecord> come, PartitionPosition position) {
        return apply(come, position).partitions();
    }

    private void publish(long next) {
        postgres.run(() -> postgres.upkeep.record(rig.topicId, Map.of(partition, next)));
    }

    private long progress(String column) {
        return postgres.number("select " + column + " from progress where topic_id = '" + rig.topicId + "'"
                + " and partition = " + partition);
    }

    private long outbox() {
        return postgres.number("select count(*) from outbox where topic_id = '" + rig.topicId + "'");
    }

    private List<IncomingRecord> creations(int count) {
        return creations(rig, count);
    }

    private List<IncomingRecord> creations(BatchApplierRig rig, int count) {
        List<SentCommand> commands = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            commands.add(creation(application));
        }
        return new ArrayList<>(rig.receive(commands));
    }

    private static SentCommand creation(String application) {
        String release = UUID.randomUUID().toString();
        JsonNode data = JsonNodeFactory.instance
                .objectNode()
                .put("application", application)
                .put("release", release)
                .put("title", "A title");
        return new SentCommand("/ci", release, CommandKind.CREATE.type(), data, application, true);
    }

    private IncomingRecord undecodable() {
        return rig.receive(new Wire.Raw(application, Map.of(), "no command".getBytes(StandardCharsets.UTF_8)));
    }

    private IncomingRecord misplaced() {
        String other = application;
        while (BatchApplierRig.home(other) == partition) {
            other += "x";
        }
        return rig.receive(Wire.structured(creation(other)), partition);
    }

    private static List<Long> offsets(PartitionOutcome outcome) {
        return outcome.outputs().stream().map(RecordOutput::offset).toList();
    }

    private static List<Long> offsets(List<PartitionOutcome> outcomes) {
        return outcomes.stream().flatMap(outcome -> offsets(outcome).stream()).toList();
    }
}
