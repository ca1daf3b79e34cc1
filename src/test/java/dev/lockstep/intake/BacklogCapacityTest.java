package dev.lockstep.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** How much may wait, per partition and in total. */
class BacklogCapacityTest extends BacklogRig {

    @Test
    void aPartitionMayUseTheCapacityOfOthersUntilAllIsUsed() {
        backlog.setPartitionCount(GENERATION, 4);
        offer(1, 2 * RECORDS - 2);
        assertThat(backlog.isFull(1)).isFalse();
        expect(2, 2, 1);
        assertThat(backlog.isFull(1)).as("what is in transit counts").isTrue();
        assertThat(backlog.isFull(2))
                .as("the first leaves the others their share")
                .isFalse();
        expect(2, 2 * RECORDS / 4 - 2, 1);
        assertThat(backlog.isFull(2)).isTrue();

        next();
        assertThat(backlog.isFull(1)).isFalse();
        assertThat(backlog.isFull(2)).isFalse();
    }

    @Test
    void aPartitionIsFullWithItsShareOfTheBytes() {
        backlog.setPartitionCount(GENERATION, 4);
        offer(1, GENERATION, 1, 2 * BYTES / 4 - 1);
        assertThat(backlog.isFull(1)).isFalse();
        offer(1, 1);
        assertThat(backlog.isFull(1)).isTrue();
    }

    @Test
    void noPartitionIsFullWithNothingHoweverManyThereAre() {
        backlog.setPartitionCount(GENERATION, 100 * BYTES);
        assertThat(backlog.isFull(1)).isFalse();
        offer(1, 1);
        assertThat(backlog.isFull(1)).isTrue();
    }

    @Test
    void whatWasExpectedAndCameCountsOnce() {
        backlog.setPartitionCount(GENERATION, 2);
        List<ConsumerRecord<byte[], byte[]>> coming = records(1, RECORDS - 1, 1);
        backlog.reserve(coming);
        backlog.offer(GENERATION, coming);

        assertThat(backlog.isFull(1)).isFalse();
    }

    /** A rebalance discards what the connector has not yet delivered. */
    @Test
    void whatWasExpectedOfAFormerGenerationNoLongerCounts() {
        backlog.setPartitionCount(GENERATION, 2);
        expect(1, 2 * RECORDS, 1);
        assertThat(backlog.isFull(1)).isTrue();

        backlog.setPartitionCount(GENERATION + 1, 2);

        assertThat(backlog.isFull(1)).isFalse();
    }

    @Test
    void allRecordsFitUnlessThePartitionAndTheBacklogHaveTooManyBytes() {
        backlog.setPartitionCount(GENERATION, 4);
        int share = 2 * BYTES / 4;
        assertThat(expect(1, 4, share)).as("the others have nothing").isEqualTo(4);
        assertThat(expect(2, 4, share)).as("twice its share").isEqualTo(2);
        assertThat(expect(2, 1, 1)).isZero();
        assertThat(expect(3, 3, 5 * share)).as("a single one always fits").isEqualTo(1);
    }

    /** Else it would be fetched, unpacked and dropped again and again. */
    @Test
    void aPartitionWhoseNextRecordDoesNotFitIsFullUntilSomeOfItsRecordsAreTaken() {
        backlog.setPartitionCount(GENERATION, 4);
        int share = 2 * BYTES / 4;
        offer(1, GENERATION, 1, share - 1);
        assertThat(backlog.isFull(1)).isFalse();
        assertThat(expect(1, 1, 2 * BYTES)).isZero();
        assertThat(backlog.isFull(1)).isTrue();

        next();
        assertThat(backlog.isFull(1)).isFalse();
        assertThat(expect(1, 1, 2 * BYTES)).isEqualTo(1);
    }

    @Test
    void marksTakeNoCapacity() {
        offer(0, 2 * RECORDS - 1);
        backlog.probe(GENERATION, Set.of(0));
        assertThat(backlog.isFull(0)).isFalse();

        offer(0, 1);
        assertThat(backlog.isFull(0)).isTrue();
    }
}
