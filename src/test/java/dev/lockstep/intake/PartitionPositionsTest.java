package dev.lockstep.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.intake.GroupOffsetClient.CommittedOffset;
import dev.lockstep.partition.CommitMetadata;
import dev.lockstep.partition.PartitionPosition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnstableOffsetCommitException;
import org.junit.jupiter.api.Test;

class PartitionPositionsTest {

    private static final String TOPIC = "topic-id";
    private static final int GENERATION = 3;

    private final AtomicInteger asked = new AtomicInteger();
    private final PartitionOwnership ownership = new PartitionOwnership();
    private CommittedOffset committedOffset = new CommittedOffset(100, true);
    private String topicId = TOPIC;
    private Set<Integer> unstable = Set.of();
    private Runnable meanwhile = () -> {};
    private final PartitionPositions offsets =
            new PartitionPositions(new GroupOffsetClient(null, "commands", new CommitMetadata()) {
                @Override
                public AssignedOffsets offsetsOnAssignment(String group, Set<Integer> partitions) {
                    asked.incrementAndGet();
                    meanwhile.run();
                    return new AssignedOffsets(
                            topicId,
                            committedOffset == null ? Map.of() : Map.of(0, committedOffset),
                            unstable,
                            Map.of(0, 7L, 1, 7L),
                            Map.of(0, 105L, 1, 105L));
                }
            });

    @Test
    void kafkaIsQueriedOnceForAnAssignment() {
        assign();

        assertThat(position()).isEqualTo(new PartitionPosition(100L, true, 7, 105, true, 0, 0));
        assertThat(position().isFresh()).isTrue();
        assertThat(asked).hasValue(1);
    }

    @Test
    void submittedOffsetsAreKeptForTheAssignmentOnly() {
        assign();
        position();

        handOut(103, 105);
        assertThat(position()).isEqualTo(new PartitionPosition(100L, true, 7, 105, false, 103, 103));
        offsets.recordCommitted(ownership.snapshot(), Map.of(0, 103L));
        assertThat(position()).isEqualTo(new PartitionPosition(103L, true, 7, 105, false, 103, 103));

        assign();
        committedOffset = new CommittedOffset(103, true);
        assertThat(position()).isEqualTo(new PartitionPosition(103L, true, 7, 105, true, 0, 0));
        assertThat(asked).hasValue(2);
    }

    /** The group was deleted in the meantime, and its generations start again. */
    @Test
    void anotherAssignmentInAGenerationOfTheSameNumberIsAnother() {
        assign();
        PartitionOwnership.Snapshot former = ownership.snapshot();
        position();
        ownership.onPartitionsRevoked(consumer(), List.of(new TopicPartition("commands", 0)));

        assign();
        assertThat(position().isFresh()).isTrue();
        offsets.recordSubmitted(former, 0, 104, true, 104);
        offsets.recordCommitted(former, Map.of(0, 104L));

        assertThat(position()).isEqualTo(new PartitionPosition(100L, true, 7, 105, true, 0, 0));
        assertThat(asked).hasValue(2);
    }

    /** Suspected loss of records needs a second look; without one, it would go unnoticed the second time. */
    @Test
    void positionsInDoubtAreQueriedAgain() {
        assign();
        position();
        handOut(103, 105);

        offsets.invalidate(Set.of(0));

        assertThat(position()).isEqualTo(new PartitionPosition(100L, true, 7, 105, true, 103, 103));
        assertThat(asked).hasValue(2);
    }

    @Test
    void aLateResponseUndoesNothing() {
        assign();
        position();
        handOut(103, 103);
        offsets.invalidate(Set.of(0));
        meanwhile = () -> offsets.recordCommitted(ownership.snapshot(), Map.of(0, 103L));

        assertThat(position()).isEqualTo(new PartitionPosition(103L, true, 7, 105, true, 103, 103));

        assign();
        committedOffset = new CommittedOffset(103, true);
        meanwhile = () -> {
            meanwhile = () -> {};
            position();
            handOut(104, 104);
        };
        assertThat(position()).isEqualTo(new PartitionPosition(103L, true, 7, 105, false, 104, 104));
    }

    @Test
    void aResponseForAFormerAssignmentUndoesNothing() {
        assign();
        meanwhile = () -> {
            meanwhile = () -> {};
            assign();
            position();
            handOut(104, 104);
        };

        position();

        assertThat(position()).isEqualTo(new PartitionPosition(100L, true, 7, 105, false, 104, 104));
        assertThat(asked).hasValue(2);
    }

    @Test
    void onlyWhatAWorkerCommittedCountsAsPublished() {
        committedOffset = new CommittedOffset(100, false);
        assign();
        assertThat(position()).isEqualTo(new PartitionPosition(100L, false, 7, 105, true, 0, 0));
        assertThat(offsets.committedByWorkers(ownership.snapshot())).isEmpty();

        offsets.recordCommitted(ownership.snapshot(), Map.of(0, 101L));
        assertThat(offsets.committedByWorkers(ownership.snapshot())).isEqualTo(Map.of(0, 101L));
    }

    /** Whoever has it now keeps its row locked while working on it. */
    @Test
    void aPartitionThatAnotherWorkerHasIsLeftToThatOne() {
        assign();
        position();
        offsets.recordCommitted(ownership.snapshot(), Map.of(0, 101L));
        ownership.onPartitionsRevoked(consumer(), List.of(new TopicPartition("commands", 0)));

        assertThat(offsets.committedByWorkers(ownership.snapshot())).isEmpty();
    }

    @Test
    void theConsumerBeginsAtTheStartWhereItCannotAtWhatIsCommitted() {
        for (CommittedOffset offset :
                new CommittedOffset[] {null, new CommittedOffset(6, true), new CommittedOffset(106, false)}) {
            committedOffset = offset;
            assign();
            assertThat(position().resumeOffset()).isEqualTo(7);
        }
        committedOffset = new CommittedOffset(105, false);
        assign();
        assertThat(position().resumeOffset()).isEqualTo(105);
    }

    @Test
    void aPartitionIsUnsettledUntilSomethingIsSubmittedUnderItsAssignment() {
        assertThat(unsettled()).isEmpty();
        assign();
        assertThat(unsettled()).containsExactly(0);
        position();
        assertThat(unsettled()).containsExactly(0);
        handOut(100, 100);
        assertThat(unsettled()).isEmpty();

        assign();
        assertThat(unsettled()).containsExactly(0);
    }

    @Test
    void aPartitionWhoseRecordsWereToComeAgainIsDoubtedUntilTheyDo() {
        assign();
        position();
        handOut(100, 103);
        assertThat(unsettled()).isEmpty();

        offsets.invalidateLagging();
        assertThat(unsettled()).containsExactly(0);
        position();
        handOut(103, 103);
        offsets.invalidateLagging();

        assertThat(unsettled()).isEmpty();
    }

    @Test
    void aPartitionWithoutACertainAnswerKeepsNoOther() {
        assign(0, 1);
        unstable = Set.of(1);

        assertThatThrownBy(() -> positions(Set.of(0, 1))).isInstanceOf(UnstableOffsetCommitException.class);

        assertThat(offsets.unknown(ownership.snapshot(), Set.of(0, 1))).containsExactly(1);
        assertThat(positions(Set.of(0))).containsOnlyKeys(0);
    }

    @Test
    void nothingIsKnownOfATopicThatWasCreatedAgain() {
        assign();
        position();
        topicId = "another";
        offsets.invalidate(Set.of(0));

        assertThatThrownBy(this::position).hasMessageContaining("recreated");

        assertThat(offsets.committedByWorkers(ownership.snapshot())).isEmpty();
    }

    @Test
    void whatSomebodyElseForgotMeanwhileIsQueriedAgain() {
        assign(0, 1);
        position();
        meanwhile = () -> {
            meanwhile = () -> {};
            topicId = "another";
            offsets.invalidate(Set.of(0));
            assertThatThrownBy(this::position).hasMessageContaining("recreated");
            topicId = TOPIC;
        };

        assertThatThrownBy(() -> positions(Set.of(0, 1))).hasMessageContaining("recreated");

        assertThat(positions(Set.of(0, 1))).containsOnlyKeys(0, 1);
    }

    private void assign() {
        assign(0);
    }

    private void assign(Integer... partitions) {
        ownership.onPartitionsAssigned(
                consumer(),
                Stream.of(partitions)
                        .map(partition -> new TopicPartition("commands", partition))
                        .toList());
    }

    private static MockConsumer<byte[], byte[]> consumer() {
        return new MockConsumer<>("earliest") {
            @Override
            public synchronized ConsumerGroupMetadata groupMetadata() {
                return new ConsumerGroupMetadata("group", GENERATION, "member", Optional.empty());
            }
        };
    }

    private void handOut(long next, long applied) {
        offsets.recordSubmitted(ownership.snapshot(), 0, next, true, applied);
    }

    private Set<Integer> unsettled() {
        return offsets.unsettled(ownership.snapshot());
    }

    private PartitionPosition position() {
        return positions(Set.of(0)).get(0);
    }

    private Map<Integer, PartitionPosition> positions(Set<Integer> partitions) {
        return offsets.positions(TOPIC, ownership.snapshot(), partitions)
                .await()
                .indefinitely();
    }
}
