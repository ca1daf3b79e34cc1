package dev.lockstep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.Backlog.Portion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class BacklogTest {

    private static final int GENERATION = 3;
    private static final int RECORDS = 10;
    private static final int BYTES = 1_000;

    private static final long NO_TIMESTAMP = ConsumerRecord.NO_TIMESTAMP;

    private long now;
    private final Backlog backlog = new Backlog(2, RECORDS, BYTES, () -> now, this::isHeldUp);
    private final Set<Integer> heldUp = new HashSet<>();
    private final Map<Integer, Long> ends = new HashMap<>();

    @Test
    void anIdleLaneTakesASingleRecordAtOnce() {
        offer(1, 1);

        assertThat(offsets(next())).containsExactly("1/0");
        assertThat(next()).isNull();
    }

    @Test
    void whatCameMeanwhileIsTakenTogether() {
        offer(0, 1);
        Portion first = next();
        offer(0, 2);
        offer(1, 2);
        offer(0, 1);
        backlog.applied(first);

        assertThat(offsets(next())).containsExactly("0/1", "0/2", "0/3", "1/0", "1/1");
    }

    @Test
    void noPartitionIsInTwoTransactionsAtATime() {
        offer(0, RECORDS + 5);
        Portion first = next();
        assertThat(offsets(first)).hasSize(RECORDS);
        assertThat(next()).as("the rest of the partition waits").isNull();

        offer(1, RECORDS);
        assertThat(next().partitions()).containsExactly(1);

        backlog.applied(first);
        assertThat(offsets(next())).first().isEqualTo("0/" + RECORDS);
    }

    @Test
    void aSecondTransactionBeginsOnlyWhenItIsHalfFull() {
        offer(0, 1);
        Portion first = next();
        offer(0, RECORDS);
        offer(1, RECORDS / 2 - 1);
        assertThat(next()).isNull();
        offer(2, 1);
        assertThat(next().partitions()).containsExactlyInAnyOrder(1, 2);

        backlog.applied(first);
        assertThat(next().partitions()).containsExactly(0);
    }

    @Test
    void partitionsThatFailedTogetherAreTakenOneByOneUntilTheyAreApplied() {
        offer(0, 2);
        offer(1, 2);
        offer(2, 1);
        backlog.mark(GENERATION, Set.of(3));
        Portion failed = next();
        assertThat(failed.partitions()).containsExactlyInAnyOrder(0, 1, 2, 3);
        offer(1, 1);
        now += Duration.ofSeconds(2).toNanos();

        Portion kept = backlog.keepOne(failed);
        assertThat(offsets(kept)).containsExactly("0/0", "0/1");
        assertThat(backlog.keepOne(kept)).isSameAs(kept);

        Portion second = next();
        assertThat(offsets(second)).containsExactly("1/0", "1/1", "1/2");
        backlog.applied(second);
        Portion third = next();
        assertThat(offsets(third)).containsExactly("2/0");
        backlog.applied(third);
        Portion fourth = next();
        assertThat(fourth.partitions()).containsExactly(3);
        backlog.applied(fourth);

        offer(1, 1);
        offer(2, 1);
        assertThat(offsets(next())).as("together again").containsExactly("1/3", "2/1");
    }

    @Test
    void nobodyWaitsForASlowOne() {
        offer(0, 1);
        next();
        offer(1, 1);
        assertThat(next()).isNull();

        now += Duration.ofSeconds(2).toNanos();

        assertThat(next().partitions()).containsExactly(1);
    }

    @Test
    void whatIsPutBackIsTheNextOfItsPartition() {
        offer(0, 3);
        offer(1, 1);
        Portion taken = next();
        offer(0, 1);
        offer(1, 1);
        Portion kept = backlog.keep(taken, 1, false);
        assertThat(offsets(kept)).containsExactly("0/0");
        assertThat(kept.partitions()).containsExactly(0);
        now += Duration.ofSeconds(2).toNanos();
        assertThat(backlog.underWayFor()).hasSeconds(2);
        Portion other = next();
        assertThat(offsets(other))
                .as("its partition is in no transaction any more")
                .containsExactly("1/0", "1/1");
        backlog.applied(kept);
        backlog.applied(other);
        assertThat(offsets(next())).containsExactly("0/1", "0/2", "0/3");
    }

    @Test
    void aPartitionOfWhichNothingWasKeptIsFirstNextTime() {
        offer(0, 2);
        offer(1, 2);
        offer(2, 2);
        Portion kept = backlog.keep(next(), 1, false);
        offer(3, 1);
        backlog.applied(kept);

        assertThat(offsets(next())).containsExactly("1/0", "1/1", "2/0", "2/1", "0/1", "3/0");
    }

    @Test
    void whatIsLeftAloneIsTakenWithoutAnyOtherAndNobodyWaitsForIt() {
        offer(0, 2);
        offer(1, 1);
        Portion nothing = backlog.keep(next(), 0, true);
        assertThat(nothing.records()).isEmpty();
        backlog.applied(nothing);

        Portion alone = next();
        assertThat(offsets(alone)).containsExactly("0/0");
        Portion beside = next();
        assertThat(offsets(beside)).as("a small one, at once").containsExactly("1/0");
        backlog.applied(alone);
        backlog.applied(beside);
        assertThat(offsets(next())).containsExactly("0/1");
    }

    @Test
    void whatIsLeftAloneIsNotTakenBehindOthers() {
        offer(0, 3);
        Portion taken = next();
        offer(1, 1);
        backlog.applied(backlog.keep(taken, 1, true));

        Portion others = next();
        assertThat(offsets(others)).containsExactly("1/0");
        assertThat(others.isOneAlone()).isFalse();
    }

    @Test
    void headersCountAsBytes() {
        ConsumerRecord<byte[], byte[]> heavy = record(0, 1);
        heavy.headers().add("h", new byte[2 * BYTES]);
        backlog.offer(GENERATION, List.of(heavy, record(0, 1)));

        assertThat(offsets(next())).containsExactly("0/0");
    }

    @Test
    void thereAreNoMoreTransactionsThanLanes() {
        offer(0, RECORDS);
        offer(1, RECORDS);
        offer(2, RECORDS);
        Portion first = next();
        Portion second = next();

        assertThat(List.of(first.lane(), second.lane())).containsExactly(0, 1);
        assertThat(next()).isNull();
        backlog.applied(first);
        assertThat(next().lane()).isZero();
    }

    @Test
    void aPartitionThatDoesNotFitAsAWholeIsLeftToTheNextTransaction() {
        offer(0, 6);
        offer(1, 6);
        offer(2, 4);

        assertThat(next().partitions()).containsExactlyInAnyOrder(0, 2);
        offer(3, RECORDS);
        assertThat(next().partitions()).containsExactly(1);
    }

    @Test
    void aTransactionTakesNoMoreBytesThanItMay() {
        offer(0, GENERATION, 4, BYTES / 3);
        offer(1, GENERATION, 1, 2 * BYTES);

        Portion first = next();
        assertThat(offsets(first)).containsExactly("0/0", "0/1", "0/2");
        assertThat(offsets(next())).as("one that is too large goes alone").containsExactly("1/0");
    }

    @Test
    void aPartitionThatGotNothingIsFirstNextTime() {
        offer(0, GENERATION, 8, 300);
        offer(1, GENERATION, 1, 300);
        Portion first = next();
        assertThat(offsets(first)).containsExactly("0/0", "0/1", "0/2");
        backlog.applied(first);
        assertThat(offsets(next())).startsWith("1/0");
    }

    @Test
    void aTransactionHoldsRecordsOfOneGeneration() {
        offer(0, 2);
        offer(0, GENERATION + 1, RECORDS - 1, 1);
        offer(1, GENERATION + 1, 1, 1);

        Portion first = next();
        assertThat(first.generation()).isEqualTo(GENERATION);
        assertThat(offsets(first)).containsExactly("0/0", "0/1");
        backlog.applied(first);
        assertThat(next().generation()).isEqualTo(GENERATION + 1);
    }

    @Test
    void nothingIsTakenOfAPartitionThatIsHeldUpUntilItIsNoLonger() {
        heldUp.add(1);
        offer(1, 3);
        offer(2, 1);
        Portion others = next();
        assertThat(offsets(others)).containsExactly("2/0");
        backlog.applied(others);
        assertThat(next()).isNull();

        heldUp.clear();

        assertThat(offsets(next())).containsExactly("1/0", "1/1", "1/2");
    }

    @Test
    void aPartitionIsFullWithItsShareOfTheRecords() {
        backlog.share(GENERATION, 4);
        offer(1, 2 * RECORDS / 4 - 1);
        assertThat(backlog.isFull(1)).isFalse();
        expect(1, 1, 1);
        assertThat(backlog.isFull(1)).as("what is on its way counts").isTrue();
        assertThat(backlog.isFull(2)).isFalse();

        next();
        assertThat(backlog.isFull(1)).isFalse();
    }

    @Test
    void aPartitionIsFullWithItsShareOfTheBytes() {
        backlog.share(GENERATION, 4);
        offer(1, GENERATION, 1, 2 * BYTES / 4 - 1);
        assertThat(backlog.isFull(1)).isFalse();
        offer(1, 1);
        assertThat(backlog.isFull(1)).isTrue();
    }

    @Test
    void noPartitionIsFullWithNothingHoweverManyThereAre() {
        backlog.share(GENERATION, 100 * BYTES);
        assertThat(backlog.isFull(1)).isFalse();
        offer(1, 1);
        assertThat(backlog.isFull(1)).isTrue();
    }

    @Test
    void whatWasExpectedAndCameCountsOnce() {
        backlog.share(GENERATION, 2);
        List<ConsumerRecord<byte[], byte[]>> coming = records(1, RECORDS - 1, 1);
        backlog.expect(coming);
        backlog.offer(GENERATION, coming);

        assertThat(backlog.isFull(1)).isFalse();
    }

    /** A rebalance takes away what the connector has not delivered yet. */
    @Test
    void whatWasExpectedOfAFormerGenerationNoLongerCounts() {
        backlog.share(GENERATION, 2);
        expect(1, RECORDS, 1);
        assertThat(backlog.isFull(1)).isTrue();

        backlog.share(GENERATION + 1, 2);

        assertThat(backlog.isFull(1)).isFalse();
    }

    @Test
    void thereIsRoomForAllUnlessThePartitionAndTheBacklogHaveTooManyBytes() {
        backlog.share(GENERATION, 4);
        int share = 2 * BYTES / 4;
        assertThat(expect(1, 4, share)).as("the others have nothing").isEqualTo(4);
        assertThat(expect(2, 4, share)).as("twice its share").isEqualTo(2);
        assertThat(expect(2, 1, 1)).isZero();
        assertThat(expect(3, 3, 5 * share)).as("a single one always fits").isEqualTo(1);
    }

    @Test
    void aPartitionThatIsMarkedIsTakenWithoutARecord() {
        backlog.mark(GENERATION, Set.of(1));

        Portion marked = next();
        assertThat(marked.partitions()).containsExactly(1);
        assertThat(marked.records()).isEmpty();
        assertThat(marked.generation()).isEqualTo(GENERATION);
        assertThat(next()).isNull();

        offer(1, 1);
        backlog.mark(GENERATION, Set.of(1));
        assertThat(next()).as("a transaction is at it already").isNull();
        backlog.applied(marked);
        assertThat(offsets(next())).containsExactly("1/0");
    }

    @Test
    void aMarkStandsBehindTheRecordsThatWait() {
        offer(1, 2);
        backlog.mark(GENERATION + 1, Set.of(1));
        backlog.mark(GENERATION + 1, Set.of(1));
        offer(1, GENERATION + 1, 1, 1);

        Portion before = next();
        assertThat(offsets(before)).containsExactly("1/0", "1/1");
        backlog.applied(before);
        Portion marked = next();
        assertThat(offsets(marked)).as("it goes with what comes behind it").containsExactly("1/2");
        backlog.applied(marked);
        assertThat(next()).as("a partition is marked once").isNull();
    }

    @Test
    void aPartitionThatWasTakenWithoutARecordStaysTakenWhenOthersArePutBack() {
        backlog.mark(GENERATION, Set.of(2));
        offer(0, 2);
        offer(1, 1);
        Portion kept = backlog.keep(next(), 1, false);

        assertThat(offsets(kept)).containsExactly("0/0");
        assertThat(kept.partitions()).containsExactlyInAnyOrder(0, 2);
    }

    @Test
    void marksTakeNoRoom() {
        offer(0, 2 * RECORDS - 1);
        backlog.mark(GENERATION, Set.of(0));
        assertThat(backlog.isFull(0)).isFalse();

        offer(0, 1);
        assertThat(backlog.isFull(0)).isTrue();
    }

    @Test
    void theOldestThatIsNotPublishedTellsForHowLong() {
        assertThat(backlog.underWayFor()).isZero();
        offer(0, 1);
        Portion first = next();
        now += Duration.ofMillis(1).toNanos();
        offer(1, RECORDS);
        Portion second = next();
        backlog.applied(first);
        now += Duration.ofMillis(5).toNanos();
        assertThat(backlog.underWayFor()).hasMillis(6);

        backlog.published(first);
        assertThat(backlog.underWayFor()).hasMillis(5);
        backlog.published(second);
        assertThat(backlog.underWayFor()).isZero();
    }

    @Test
    void nothingIsLostOrOvertakenWhateverHappens() {
        Random random = new Random(7);
        Map<Integer, Long> seen = new HashMap<>();
        List<Portion> running = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(10) == 0) {
                backlog.mark(GENERATION + i / 5_000, Set.of(random.nextInt(5)));
            }
            if (random.nextInt(3) == 0) {
                offer(random.nextInt(5), GENERATION + i / 5_000, 1 + random.nextInt(12), random.nextInt(300));
            }
            Portion portion = next();
            if (portion != null) {
                assertThat(portion.records()).hasSizeLessThanOrEqualTo(portion.isOneAlone() ? 1 : Integer.MAX_VALUE);
                if (random.nextInt(4) == 0) {
                    portion = backlog.keep(
                            portion, random.nextInt(portion.records().size() + 1), random.nextBoolean());
                }
                running.add(portion);
                portion.records().forEach(record -> assertThat(seen.merge(record.partition(), 1L, Long::sum))
                        .isEqualTo(record.offset() + 1));
            }
            Set<Integer> partitions = new HashSet<>();
            running.forEach(one -> one.partitions()
                    .forEach(partition -> assertThat(partitions.add(partition)).isTrue()));
            if (!running.isEmpty() && random.nextInt(3) == 0) {
                backlog.applied(running.remove(random.nextInt(running.size())));
            }
        }
        running.forEach(backlog::applied);
        now += Duration.ofMillis(1).toNanos();
        for (Portion rest = next(); rest != null; rest = next()) {
            rest.records().forEach(record -> assertThat(seen.merge(record.partition(), 1L, Long::sum))
                    .isEqualTo(record.offset() + 1));
            backlog.applied(rest);
            now += Duration.ofMillis(1).toNanos();
        }
        assertThat(seen).isEqualTo(ends);
    }

    @Test
    void theOldestIsToldUntilItIsPublished() {
        assertThat(backlog.oldest()).isNull();
        backlog.offer(GENERATION, List.of(record(0, 1, 5_000), record(1, 1, 9_000)));
        Portion first = next();
        backlog.offer(GENERATION, List.of(record(0, 1, 7_000), record(1, 1, NO_TIMESTAMP)));

        assertThat(backlog.oldest()).isEqualTo(Instant.ofEpochMilli(5_000));
        backlog.applied(first);
        assertThat(backlog.oldest()).as("applied only").isEqualTo(Instant.ofEpochMilli(5_000));
        backlog.published(first);
        assertThat(backlog.oldest()).isEqualTo(Instant.ofEpochMilli(7_000));
    }

    private boolean isHeldUp(int partition) {
        return heldUp.contains(partition);
    }

    private void offer(int partition, int count) {
        offer(partition, GENERATION, count, 1);
    }

    private void offer(int partition, int generation, int count, int bytes) {
        backlog.offer(generation, records(partition, count, bytes));
    }

    /** @return for how many there is room */
    private int expect(int partition, int count, int bytes) {
        return backlog.expect(records(partition, count, bytes));
    }

    private List<ConsumerRecord<byte[], byte[]>> records(int partition, int count, int bytes) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(record(partition, bytes));
        }
        return records;
    }

    private ConsumerRecord<byte[], byte[]> record(int partition, int bytes) {
        return record(partition, bytes, 0);
    }

    private ConsumerRecord<byte[], byte[]> record(int partition, int bytes, long timestamp) {
        return new ConsumerRecord<>(
                "commands",
                partition,
                ends.merge(partition, 1L, Long::sum) - 1,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                bytes,
                null,
                null,
                new RecordHeaders(),
                Optional.empty());
    }

    private Portion next() {
        return backlog.next();
    }

    private static List<String> offsets(Portion portion) {
        return portion.records().stream()
                .map(record -> record.partition() + "/" + record.offset())
                .toList();
    }
}
