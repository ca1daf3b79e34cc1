package dev.lockstep.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.batch.OffsetMark;
import dev.lockstep.batch.PartitionPosition;
import dev.lockstep.intake.GroupOffsetClient.Committed;
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

class CommittedOffsetsTest {

    private static final String TOPIC = "topic-id";
    private static final int GENERATION = 3;

    private final AtomicInteger asked = new AtomicInteger();
    private final PartitionOwnership ownership = new PartitionOwnership();
    private Committed committed = new Committed(100, true);
    private String topicId = TOPIC;
    private Set<Integer> unstable = Set.of();
    private Runnable meanwhile = () -> {};
    private final CommittedOffsets cursor =
            new CommittedOffsets(new GroupOffsetClient(null, "commands", new OffsetMark()) {
                @Override
                public Assigned assigned(String group, Set<Integer> partitions) {
                    asked.incrementAndGet();
                    meanwhile.run();
                    return new Assigned(
                            topicId,
                            committed == null ? Map.of() : Map.of(0, committed),
                            unstable,
                            Map.of(0, 7L, 1, 7L),
                            Map.of(0, 105L, 1, 105L));
                }
            });

    @Test
    void kafkaIsAskedOnceForAnAssignment() {
        assign();

        assertThat(standing()).isEqualTo(new PartitionPosition(100L, true, 7, 105, true, 0, 0));
        assertThat(standing().isFresh()).isTrue();
        assertThat(asked).hasValue(1);
    }

    @Test
    void whatIsHandedOutIsKnownForTheAssignmentOnly() {
        assign();
        standing();

        handOut(103, 105);
        assertThat(standing()).isEqualTo(new PartitionPosition(100L, true, 7, 105, false, 103, 103));
        cursor.advance(ownership.snapshot(), Map.of(0, 103L));
        assertThat(standing()).isEqualTo(new PartitionPosition(103L, true, 7, 105, false, 103, 103));

        assign();
        committed = new Committed(103, true);
        assertThat(standing()).isEqualTo(new PartitionPosition(103L, true, 7, 105, true, 0, 0));
        assertThat(asked).hasValue(2);
    }

    /** The group was deleted meanwhile, and its generations begin anew. */
    @Test
    void anotherAssignmentInAGenerationOfTheSameNumberIsAnother() {
        assign();
        PartitionOwnership.Snapshot former = ownership.snapshot();
        standing();
        ownership.onPartitionsRevoked(consumer(), List.of(new TopicPartition("commands", 0)));

        assign();
        assertThat(standing().isFresh()).isTrue();
        cursor.handedOut(former, 0, 104, true, 104);
        cursor.advance(former, Map.of(0, 104L));

        assertThat(standing()).isEqualTo(new PartitionPosition(100L, true, 7, 105, true, 0, 0));
        assertThat(asked).hasValue(2);
    }

    /** A suspicion of lost records wants a second look; without it, it would pass the second time. */
    @Test
    void whatIsInDoubtIsAskedAgain() {
        assign();
        standing();
        handOut(103, 105);

        cursor.forget(Set.of(0));

        assertThat(standing()).isEqualTo(new PartitionPosition(100L, true, 7, 105, true, 103, 103));
        assertThat(asked).hasValue(2);
    }

    @Test
    void anAnswerThatComesLateTakesNothingBack() {
        assign();
        standing();
        handOut(103, 103);
        cursor.forget(Set.of(0));
        meanwhile = () -> cursor.advance(ownership.snapshot(), Map.of(0, 103L));

        assertThat(standing()).isEqualTo(new PartitionPosition(103L, true, 7, 105, true, 103, 103));

        assign();
        committed = new Committed(103, true);
        meanwhile = () -> {
            meanwhile = () -> {};
            standing();
            handOut(104, 104);
        };
        assertThat(standing()).isEqualTo(new PartitionPosition(103L, true, 7, 105, false, 104, 104));
    }

    @Test
    void anAnswerForAFormerAssignmentTakesNothingBack() {
        assign();
        meanwhile = () -> {
            meanwhile = () -> {};
            assign();
            standing();
            handOut(104, 104);
        };

        standing();

        assertThat(standing()).isEqualTo(new PartitionPosition(100L, true, 7, 105, false, 104, 104));
        assertThat(asked).hasValue(2);
    }

    @Test
    void onlyWhatAWorkerCommittedCountsAsPublished() {
        committed = new Committed(100, false);
        assign();
        assertThat(standing()).isEqualTo(new PartitionPosition(100L, false, 7, 105, true, 0, 0));
        assertThat(cursor.published()).isEmpty();

        cursor.advance(ownership.snapshot(), Map.of(0, 101L));
        assertThat(cursor.published()).isEqualTo(Map.of(0, 101L));
    }

    @Test
    void theConsumerBeginsAtTheStartWhereItCannotAtWhatIsCommitted() {
        for (Committed offset : new Committed[] {null, new Committed(6, true), new Committed(106, false)}) {
            committed = offset;
            assign();
            assertThat(standing().resume()).isEqualTo(7);
        }
        committed = new Committed(105, false);
        assign();
        assertThat(standing().resume()).isEqualTo(105);
    }

    @Test
    void aPartitionIsUnsettledUntilSomethingIsHandedOutUnderItsAssignment() {
        assertThat(unsettled()).isEmpty();
        assign();
        assertThat(unsettled()).containsExactly(0);
        standing();
        assertThat(unsettled()).containsExactly(0);
        handOut(100, 100);
        assertThat(unsettled()).isEmpty();

        assign();
        assertThat(unsettled()).containsExactly(0);
    }

    @Test
    void aPartitionWhoseRecordsWereToComeAgainIsDoubtedUntilTheyDo() {
        assign();
        standing();
        handOut(100, 103);
        assertThat(unsettled()).isEmpty();

        cursor.doubtWhatIsBehind();
        assertThat(unsettled()).containsExactly(0);
        standing();
        handOut(103, 103);
        cursor.doubtWhatIsBehind();

        assertThat(unsettled()).isEmpty();
    }

    @Test
    void aPartitionWithoutACertainAnswerKeepsNoOther() {
        assign(0, 1);
        unstable = Set.of(1);

        assertThatThrownBy(() -> standings(Set.of(0, 1))).isInstanceOf(UnstableOffsetCommitException.class);

        assertThat(cursor.unknown(ownership.snapshot(), Set.of(0, 1))).containsExactly(1);
        assertThat(standings(Set.of(0))).containsOnlyKeys(0);
    }

    @Test
    void nothingIsKnownOfATopicThatWasCreatedAgain() {
        assign();
        standing();
        topicId = "another";
        cursor.forget(Set.of(0));

        assertThatThrownBy(this::standing).hasMessageContaining("created again");

        assertThat(cursor.published()).isEmpty();
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
        cursor.handedOut(ownership.snapshot(), 0, next, true, applied);
    }

    private Set<Integer> unsettled() {
        return cursor.unsettled(ownership.snapshot());
    }

    private PartitionPosition standing() {
        return standings(Set.of(0)).get(0);
    }

    private Map<Integer, PartitionPosition> standings(Set<Integer> partitions) {
        return cursor.positions(TOPIC, ownership.snapshot(), partitions).await().indefinitely();
    }
}
