package dev.lockstep.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FlowControlTest {

    private static final int RECORDS = 20;
    private static final int BYTES = 2_000;
    private static final TopicPartition STUCK = new TopicPartition("commands", 0);
    private static final TopicPartition OTHER = new TopicPartition("commands", 1);
    private static final TopicPartition EMPTY = new TopicPartition("commands", 2);

    private long now;
    private final Backlog backlog =
            new Backlog(1, RECORDS, BYTES, () -> now, partition -> partition == STUCK.partition());
    private final PartitionOwnership ownership = new PartitionOwnership();
    private final FlowControl inflow = new FlowControl(backlog, null, ownership, () -> now);
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public synchronized ConsumerGroupMetadata groupMetadata() {
            return new ConsumerGroupMetadata("group", 1, "member", Optional.empty());
        }
    };
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    @BeforeEach
    void assign() {
        assign(STUCK, OTHER);
    }

    private void assign(TopicPartition... partitions) {
        List<TopicPartition> assigned = List.of(partitions);
        consumer.assign(assigned);
        assigned.forEach(partition -> consumer.seek(partition, 1_000));
        ownership.onPartitionsAssigned(consumer, assigned);
        assigned.forEach(partition -> open(partition, null));
    }

    @Test
    void onlyTheFullPartitionIsPausedUntilThereIsCapacity() {
        arrives(Map.of(STUCK, records(STUCK, RECORDS / 2 + 5, 1)));
        arrives(Map.of(OTHER, records(OTHER, 4, 1)));
        assertThat(consumer.paused()).as("others leave it their capacity").isEmpty();

        arrives(Map.of(OTHER, records(OTHER, 1, 1)));
        assertThat(consumer.paused()).containsExactly(STUCK);

        arrives(Map.of(OTHER, records(OTHER, RECORDS / 2 - 5, 1)));
        assertThat(consumer.paused()).containsExactlyInAnyOrder(STUCK, OTHER);

        assertThat(backlog.takeBatch().partitions()).containsExactly(OTHER.partition());
        arrives(Map.of(STUCK, records(STUCK, 5, 1)));
        assertThat(consumer.paused()).containsExactly(STUCK);
    }

    /** The client forgets the pause with the assignment, so the partition may be polled once more. */
    @Test
    void aRebalanceDoesNotLetAFullPartitionRun() {
        arrives(Map.of(STUCK, records(STUCK, RECORDS, 1)));
        consumer.resume(List.of(STUCK));

        arrives(Map.of(OTHER, records(OTHER, 1, 1)));

        assertThat(consumer.paused()).containsExactly(STUCK);
    }

    /** A fetch that waits for them at the broker would delay the next one of the full partition. */
    @Test
    void partitionsWithNothingToFetchAreLeftOutWhileAFullOneWaitsForABatchToEnd() {
        fillWhileABatchRuns();
        assertThat(consumer.paused()).containsExactlyInAnyOrder(OTHER, EMPTY);

        consumer.updateEndOffsets(Map.of(EMPTY, 1_001L));
        arrives(Map.of());
        assertThat(consumer.paused()).as("now it has something").containsExactly(OTHER);
    }

    @Test
    void nothingIsLeftOutAnyMoreWhenTheBatchHasEnded() {
        InFlightBatch running = fillWhileABatchRuns();

        backlog.markApplied(running);
        inflow.applyOpenRequests(consumer);

        assertThat(consumer.paused()).containsExactly(OTHER);
    }

    @Test
    void nothingIsLeftOutForASlowBatch() {
        fillWhileABatchRuns();

        now += Backlog.SLOW_BATCH.toNanos() + 1;
        inflow.applyOpenRequests(consumer);

        assertThat(consumer.paused()).containsExactly(OTHER);
    }

    @Test
    void nothingIsLeftOutForAStuckPartition() {
        assign(STUCK, OTHER, EMPTY);
        arrives(Map.of(OTHER, records(OTHER, 1, 1)));
        backlog.takeBatch();

        arrives(Map.of(STUCK, records(STUCK, RECORDS, 1)));

        assertThat(consumer.paused()).containsExactly(STUCK);
    }

    /** Its own lane may be free again soon, but nothing will be taken from the stuck one. */
    @Test
    void nothingIsLeftOutForAPartitionInASlowBatchWhileOthersAreFast() {
        Backlog twoLanes = new Backlog(2, RECORDS, BYTES, () -> now, partition -> false);
        twoLanes.setPartitionCount(1, 2);
        twoLanes.offer(1, records(STUCK, 1, 1));
        twoLanes.takeBatch();
        now += Backlog.SLOW_BATCH.toNanos() + 1;
        twoLanes.offer(1, records(OTHER, RECORDS, 1));
        twoLanes.takeBatch();
        twoLanes.offer(1, records(STUCK, 2 * RECORDS, 1));
        twoLanes.offer(1, records(OTHER, 2 * RECORDS, 1));

        assertThat(twoLanes.willSoonHaveCapacity(STUCK.partition())).isFalse();
        assertThat(twoLanes.willSoonHaveCapacity(OTHER.partition())).isTrue();
    }

    /** As when two sets of partitions are full by turns. */
    @Test
    void nothingIsLeftOutForLongAtATime() {
        InFlightBatch running = fillWhileABatchRuns();
        for (int millis : new int[] {500, 400}) {
            running = nextBatchAfter(millis, running);
            assertThat(consumer.paused()).containsExactlyInAnyOrder(OTHER, EMPTY);
        }

        for (int millis : new int[] {200, 800}) {
            running = nextBatchAfter(millis, running);
            assertThat(consumer.paused()).as("a fetch may find something").containsExactly(OTHER);
        }

        nextBatchAfter(200, running);
        assertThat(consumer.paused()).containsExactlyInAnyOrder(OTHER, EMPTY);
    }

    /** The full partition never has capacity when it is looked at. */
    private InFlightBatch nextBatchAfter(int millis, InFlightBatch running) {
        now += millis * 1_000_000L;
        backlog.markApplied(running);
        InFlightBatch next = backlog.takeBatch();
        backlog.offer(1, records(OTHER, RECORDS, 1));
        inflow.applyOpenRequests(consumer);
        return next;
    }

    private InFlightBatch fillWhileABatchRuns() {
        assign(OTHER, EMPTY);
        arrives(Map.of(OTHER, records(OTHER, 1, 1)));
        InFlightBatch running = backlog.takeBatch();
        consumer.updateEndOffsets(Map.of(EMPTY, 1_000L));
        arrives(Map.of(OTHER, records(OTHER, RECORDS, 1)));
        return running;
    }

    @Test
    void whatExceedsTheCapacityIsPolledAgain() {
        ConsumerRecords<byte[], byte[]> admitted =
                arrives(Map.of(STUCK, records(STUCK, 9, BYTES / 3), OTHER, records(OTHER, 1, 1)));

        assertThat(admitted.records(STUCK)).extracting(ConsumerRecord::offset).containsExactly(0L, 1L, 2L);
        assertThat(admitted.records(OTHER)).hasSize(1);
        assertThat(consumer.position(STUCK)).isEqualTo(3);
        assertThat(consumer.position(OTHER)).isEqualTo(1_000);
        assertThat(consumer.paused()).containsExactly(STUCK);
    }

    @Test
    void nothingIsLetInOfAPartitionThatWasAssignedAnewUntilItIsOpened() {
        PartitionOwnership.Snapshot former = ownership.snapshot();
        ownership.onPartitionsAssigned(consumer, List.of(OTHER));

        ConsumerRecords<byte[], byte[]> admitted =
                arrives(Map.of(STUCK, records(STUCK, 1, 1), OTHER, records(OTHER, 2, 1)));

        assertThat(admitted.partitions()).containsExactly(STUCK);
        assertThat(consumer.position(OTHER)).isZero();
        assertThat(consumer.paused()).containsExactly(OTHER);
        inflow.open(former, OTHER.partition(), 5L);
        inflow.applyOpenRequests(consumer);
        assertThat(consumer.paused()).as("that was for the previous assignment").containsExactly(OTHER);

        open(OTHER, null);

        assertThat(consumer.paused()).isEmpty();
        assertThat(consumer.position(OTHER)).isZero();
        assertThat(arrives(Map.of(OTHER, records(OTHER, 2, 1))).count()).isEqualTo(2);
    }

    @Test
    void aPartitionIsReadFromWhereItIsToBegin() {
        ownership.onPartitionsAssigned(consumer, List.of(OTHER));

        open(OTHER, 7L);
        assertThat(consumer.position(OTHER)).isEqualTo(7);

        consumer.seek(OTHER, 20);
        open(OTHER, 7L);
        assertThat(consumer.position(OTHER)).as("once").isEqualTo(20);
    }

    private void open(TopicPartition partition, Long begin) {
        inflow.open(ownership.snapshot(), partition.partition(), begin);
        inflow.applyOpenRequests(consumer);
    }

    @Test
    void aHeaderThatTheConnectorWouldRemoveComesThrough() {
        Header own = new RecordHeader(GenerationHeader.NAME, new byte[] {1});
        ConsumerRecord<byte[], byte[]> record = records(OTHER, 1, 1).get(0);
        record.headers().add("first", null).add(own).add("last", null);

        ConsumerRecords<byte[], byte[]> batch = arrives(Map.of(OTHER, List.of(record)));
        batch.records(OTHER).get(0).headers().add(GenerationHeader.NAME, new byte[] {9});
        batch.records(OTHER).get(0).headers().remove(GenerationHeader.NAME);

        assertThat(FlowControl.withOriginalHeaders(batch).get(0).headers())
                .extracting(Header::key)
                .containsExactly("first", GenerationHeader.NAME, "last");
    }

    private ConsumerRecords<byte[], byte[]> arrives(Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> polled) {
        ConsumerRecords<byte[], byte[]> admitted = inflow.admit(new ConsumerRecords<>(polled, Map.of()), consumer);
        backlog.offer(1, FlowControl.withOriginalHeaders(admitted));
        return admitted;
    }

    private List<ConsumerRecord<byte[], byte[]>> records(TopicPartition partition, int count, int bytes) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(new ConsumerRecord<>(
                    partition.topic(),
                    partition.partition(),
                    ends.merge(partition, 1L, Long::sum) - 1,
                    0,
                    TimestampType.CREATE_TIME,
                    0,
                    bytes,
                    null,
                    null,
                    new RecordHeaders(),
                    Optional.empty()));
        }
        return records;
    }
}
