package dev.lockstep.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionOwnershipTest {

    private final PartitionOwnership ownership = new PartitionOwnership();

    @Test
    void ownsNothingAndIsNotValidBeforeTheFirstAssignment() {
        assertThat(ownership.snapshot().owns(0, 0)).isFalse();
        assertThat(ownership.snapshot().hasGeneration()).isFalse();
        assertThat(ownership.snapshot().assignedGeneration(0)).isEqualTo(-1);
    }

    @Test
    void aBatchOlderThanItsPartitionsAssignmentIsNotOwned() {
        ownership.onPartitionsAssigned(inGeneration(3), partitions(0));

        assertThat(ownership.snapshot().owns(0, 2)).isFalse();
        assertThat(ownership.snapshot().owns(0, 3)).isTrue();
        assertThat(ownership.snapshot().owns(1, 3)).isFalse();
    }

    @Test
    void aPartitionRevokedAndAssignedAnewForgetsItsOldBatches() {
        ownership.onPartitionsAssigned(inGeneration(3), partitions(0));
        ownership.onPartitionsRevoked(inGeneration(3), partitions(0));
        assertThat(ownership.snapshot().owns(0, 3)).isFalse();

        ownership.onPartitionsAssigned(inGeneration(4), partitions(0));

        assertThat(ownership.snapshot().owns(0, 3)).isFalse();
        assertThat(ownership.snapshot().owns(0, 4)).isTrue();
    }

    @Test
    void aPartitionKeptThroughARebalanceKeepsItsBatchesAndGetsTheNewGeneration() {
        ownership.onPartitionsAssigned(inGeneration(3), partitions(0, 1));
        ownership.onPartitionsRevoked(inGeneration(4), partitions(1));
        ownership.onPartitionsAssigned(inGeneration(4), partitions());

        assertThat(ownership.snapshot().owns(0, 3)).isTrue();
        assertThat(ownership.snapshot().group().generationId()).isEqualTo(4);
    }

    @Test
    void aSnapshotDoesNotChange() {
        ownership.onPartitionsAssigned(inGeneration(3), partitions(0));
        PartitionOwnership.Snapshot before = ownership.snapshot();

        ownership.onPartitionsRevoked(inGeneration(4), partitions(0));

        assertThat(before.owns(0, 3)).isTrue();
        assertThat(before.group().generationId()).isEqualTo(3);
    }

    @Test
    void aConsumerThatFailsToReachItsGroupDoesNotBreakTheRebalance() {
        ownership.onPartitionsAssigned(inGeneration(3), partitions(0, 1));

        ownership.onPartitionsRevoked(failing(), partitions(1));

        assertThat(ownership.snapshot().owns(0, 3)).isTrue();
        assertThat(ownership.snapshot().owns(1, 3)).isFalse();
    }

    @Test
    void aGroupThatStartsAnewDoesNotTakeTheBatchesOfTheFormerOne() {
        ownership.onPartitionsAssigned(inGeneration(40), partitions(0));
        ownership.onPartitionsRevoked(inGeneration(40), partitions(0));

        ownership.onPartitionsAssigned(inGeneration(1), partitions(0));

        assertThat(ownership.snapshot().owns(0, 40)).isFalse();
        assertThat(ownership.snapshot().owns(0, 1)).isTrue();
    }

    @Test
    void everyAssignmentHasANumberOfItsOwn() {
        ownership.onPartitionsAssigned(inGeneration(3), partitions(0, 1));
        Map<Integer, Long> first = ownership.snapshot().assignments();
        assertThat(first).containsOnlyKeys(0, 1);

        ownership.onPartitionsRevoked(inGeneration(3), partitions(0));
        assertThat(ownership.snapshot().assignments()).isEqualTo(Map.of(1, first.get(1)));
        ownership.onPartitionsAssigned(inGeneration(3), partitions(0));

        assertThat(ownership.snapshot().assignments().get(0)).isGreaterThan(first.get(0));
        assertThat(ownership.snapshot().assignments().get(1)).isEqualTo(first.get(1));
    }

    private static List<TopicPartition> partitions(int... numbers) {
        return IntStream.of(numbers)
                .mapToObj(number -> new TopicPartition("commands", number))
                .toList();
    }

    private static MockConsumer<byte[], byte[]> inGeneration(int generation) {
        return new MockConsumer<>("earliest") {
            @Override
            public synchronized ConsumerGroupMetadata groupMetadata() {
                return new ConsumerGroupMetadata("lockstep", generation, "member", Optional.empty());
            }
        };
    }

    private static MockConsumer<byte[], byte[]> failing() {
        return new MockConsumer<>("earliest") {
            @Override
            public synchronized ConsumerGroupMetadata groupMetadata() {
                throw new IllegalStateException("closed");
            }
        };
    }
}
