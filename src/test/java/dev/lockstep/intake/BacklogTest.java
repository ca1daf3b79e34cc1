package dev.lockstep.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BacklogTest extends BacklogRig {

    @Test
    void anIdleLaneTakesASingleRecordAtOnce() {
        offer(1, 1);

        assertThat(offsets(next())).containsExactly("1/0");
        assertThat(next()).isNull();
    }

    @Test
    void whatCameMeanwhileIsTakenTogether() {
        offer(0, 1);
        InFlightBatch first = next();
        offer(0, 2);
        offer(1, 2);
        offer(0, 1);
        backlog.markApplied(first);

        assertThat(offsets(next())).containsExactly("0/1", "0/2", "0/3", "1/0", "1/1");
    }

    @Test
    void noPartitionIsInTwoTransactionsAtATime() {
        offer(0, RECORDS + 5);
        InFlightBatch first = next();
        assertThat(offsets(first)).hasSize(RECORDS);
        assertThat(next()).as("the rest of the partition waits").isNull();

        offer(1, RECORDS);
        assertThat(next().partitions()).containsExactly(1);

        backlog.markApplied(first);
        assertThat(offsets(next())).first().isEqualTo("0/" + RECORDS);
    }

    @Test
    void aSecondTransactionBeginsOnlyWhenItIsHalfFull() {
        offer(0, 1);
        InFlightBatch first = next();
        offer(0, RECORDS);
        offer(1, RECORDS / 2 - 1);
        assertThat(next()).isNull();
        offer(2, 1);
        assertThat(next().partitions()).containsExactlyInAnyOrder(1, 2);

        backlog.markApplied(first);
        assertThat(next().partitions()).containsExactly(0);
    }

    @Test
    void noTransactionWaitsForASlowOne() {
        offer(0, 1);
        next();
        offer(1, 1);
        assertThat(next()).isNull();

        now += Duration.ofSeconds(2).toNanos();

        assertThat(next().partitions()).containsExactly(1);
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
        InFlightBatch first = next();
        InFlightBatch second = next();

        assertThat(List.of(first.lane(), second.lane())).containsExactly(0, 1);
        assertThat(next()).isNull();
        backlog.markApplied(first);
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

    /** A second lane would be idle otherwise, and the partition that is first in line would wait for the one that is full. */
    @ParameterizedTest
    @ValueSource(ints = {RECORDS, RECORDS + 5})
    void beforeALaneStaysIdleItTakesTheBeginningOfWhatDoesNotFit(int waiting) {
        offer(2, RECORDS);
        next();
        offer(3, 1);
        offer(1, waiting);

        InFlightBatch second = next();

        assertThat(second.records()).hasSize(RECORDS);
        assertThat(second.partitions()).containsExactly(3, 1);
    }

    @Test
    void aTransactionTakesNoMoreBytesThanItMay() {
        offer(0, GENERATION, 4, BYTES / 3);
        offer(1, GENERATION, 1, 2 * BYTES);

        InFlightBatch first = next();
        assertThat(offsets(first)).containsExactly("0/0", "0/1", "0/2");
        assertThat(offsets(next())).as("an oversized record goes alone").containsExactly("1/0");
    }

    @Test
    void aPartitionThatGotNothingIsFirstNextTime() {
        offer(0, GENERATION, 8, 300);
        offer(1, GENERATION, 1, 300);
        InFlightBatch first = next();
        assertThat(offsets(first)).containsExactly("0/0", "0/1", "0/2");
        backlog.markApplied(first);
        assertThat(offsets(next())).startsWith("1/0");
    }

    @Test
    void aTransactionHoldsRecordsOfOneGeneration() {
        offer(0, 2);
        offer(0, GENERATION + 1, RECORDS - 1, 1);
        offer(1, GENERATION + 1, 1, 1);

        InFlightBatch first = next();
        assertThat(first.generation()).isEqualTo(GENERATION);
        assertThat(offsets(first)).containsExactly("0/0", "0/1");
        backlog.markApplied(first);
        assertThat(next().generation()).isEqualTo(GENERATION + 1);
    }

    @Test
    void nothingIsTakenOfAPartitionThatIsHeldUpUntilItIsNoLonger() {
        heldUp.add(1);
        offer(1, 3);
        offer(2, 1);
        InFlightBatch others = next();
        assertThat(offsets(others)).containsExactly("2/0");
        backlog.markApplied(others);
        assertThat(next()).isNull();

        heldUp.clear();

        assertThat(offsets(next())).containsExactly("1/0", "1/1", "1/2");
    }

    @Test
    void aPartitionThatIsMarkedIsTakenWithoutARecord() {
        backlog.probe(GENERATION, Set.of(1));

        InFlightBatch marked = next();
        assertThat(marked.partitions()).containsExactly(1);
        assertThat(marked.records()).isEmpty();
        assertThat(marked.generation()).isEqualTo(GENERATION);
        assertThat(next()).isNull();

        offer(1, 1);
        backlog.probe(GENERATION, Set.of(1));
        assertThat(next()).as("a transaction already has it").isNull();
        backlog.markApplied(marked);
        assertThat(offsets(next())).containsExactly("1/0");
    }

    @Test
    void aMarkStandsBehindTheRecordsThatWait() {
        offer(1, 2);
        backlog.probe(GENERATION + 1, Set.of(1));
        backlog.probe(GENERATION + 1, Set.of(1));
        offer(1, GENERATION + 1, 1, 1);

        InFlightBatch before = next();
        assertThat(offsets(before)).containsExactly("1/0", "1/1");
        backlog.markApplied(before);
        InFlightBatch marked = next();
        assertThat(offsets(marked)).as("it goes with what follows it").containsExactly("1/2");
        backlog.markApplied(marked);
        assertThat(next()).as("a partition is marked once").isNull();
    }

    @Test
    void theLagIsTheAgeOfTheOldestUnpublishedRecord() {
        assertThat(backlog.oldestBatchAge()).isZero();
        offer(0, 1);
        InFlightBatch first = next();
        now += Duration.ofMillis(1).toNanos();
        offer(1, RECORDS);
        InFlightBatch second = next();
        backlog.markApplied(first);
        now += Duration.ofMillis(5).toNanos();
        assertThat(backlog.oldestBatchAge()).hasMillis(6);

        backlog.markPublished(first);
        assertThat(backlog.oldestBatchAge()).hasMillis(5);
        backlog.markPublished(second);
        assertThat(backlog.oldestBatchAge()).isZero();
    }

    @Test
    void nothingIsLostOrOvertakenWhateverHappens() {
        Random random = new Random(7);
        Map<Integer, Long> seen = new HashMap<>();
        List<InFlightBatch> running = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(10) == 0) {
                backlog.probe(GENERATION + i / 5_000, Set.of(random.nextInt(5)));
            }
            if (random.nextInt(3) == 0) {
                offer(random.nextInt(5), GENERATION + i / 5_000, 1 + random.nextInt(12), random.nextInt(300));
            }
            InFlightBatch batch = next();
            if (batch != null) {
                assertThat(batch.records()).hasSizeLessThanOrEqualTo(batch.isExclusive() ? 1 : Integer.MAX_VALUE);
                if (random.nextInt(4) == 0) {
                    batch = backlog.putBackAfter(
                            batch, random.nextInt(batch.records().size() + 1), random.nextBoolean());
                }
                running.add(batch);
                batch.records().forEach(record -> assertThat(seen.merge(record.partition(), 1L, Long::sum))
                        .isEqualTo(record.offset() + 1));
            }
            Set<Integer> partitions = new HashSet<>();
            running.forEach(inFlight -> inFlight.partitions()
                    .forEach(partition -> assertThat(partitions.add(partition)).isTrue()));
            if (!running.isEmpty() && random.nextInt(3) == 0) {
                backlog.markApplied(running.remove(random.nextInt(running.size())));
            }
        }
        running.forEach(backlog::markApplied);
        now += Duration.ofMillis(1).toNanos();
        for (InFlightBatch rest = next(); rest != null; rest = next()) {
            rest.records().forEach(record -> assertThat(seen.merge(record.partition(), 1L, Long::sum))
                    .isEqualTo(record.offset() + 1));
            backlog.markApplied(rest);
            now += Duration.ofMillis(1).toNanos();
        }
        assertThat(seen).isEqualTo(ends);
    }

    @Test
    void theOldestIsReportedUntilItIsPublished() {
        assertThat(backlog.oldestUnpublishedTimestamp()).isNull();
        backlog.offer(GENERATION, List.of(record(0, 1, 5_000), record(1, 1, 9_000)));
        InFlightBatch first = next();
        backlog.offer(GENERATION, List.of(record(0, 1, 7_000), record(1, 1, NO_TIMESTAMP)));

        assertThat(backlog.oldestUnpublishedTimestamp()).isEqualTo(Instant.ofEpochMilli(5_000));
        backlog.markApplied(first);
        assertThat(backlog.oldestUnpublishedTimestamp()).as("applied only").isEqualTo(Instant.ofEpochMilli(5_000));
        backlog.markPublished(first);
        assertThat(backlog.oldestUnpublishedTimestamp()).isEqualTo(Instant.ofEpochMilli(7_000));
    }
}
