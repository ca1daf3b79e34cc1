package dev.lockstep.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is put back into the backlog, and how it is taken again. */
class BacklogPutBackTest extends BacklogRig {

    @Test
    void partitionsThatFailedTogetherAreTakenOneByOneUntilTheyAreApplied() {
        offer(0, 2);
        offer(1, 2);
        offer(2, 1);
        backlog.probe(GENERATION, Set.of(3));
        InFlightBatch failed = next();
        assertThat(failed.partitions()).containsExactlyInAnyOrder(0, 1, 2, 3);
        offer(1, 1);
        now += Duration.ofSeconds(2).toNanos();

        InFlightBatch kept = backlog.putBackAllButOne(failed);
        assertThat(offsets(kept)).containsExactly("0/0", "0/1");
        assertThat(backlog.putBackAllButOne(kept)).isSameAs(kept);

        InFlightBatch second = next();
        assertThat(offsets(second)).containsExactly("1/0", "1/1", "1/2");
        backlog.markApplied(second);
        InFlightBatch third = next();
        assertThat(offsets(third)).containsExactly("2/0");
        backlog.markApplied(third);
        InFlightBatch fourth = next();
        assertThat(fourth.partitions()).containsExactly(3);
        backlog.markApplied(fourth);

        offer(1, 1);
        offer(2, 1);
        assertThat(offsets(next())).as("together again").containsExactly("1/3", "2/1");
    }

    @Test
    void whatIsPutBackIsTheNextOfItsPartition() {
        offer(0, 3);
        offer(1, 1);
        InFlightBatch taken = next();
        offer(0, 1);
        offer(1, 1);
        InFlightBatch kept = backlog.putBackAfter(taken, 1, false);
        assertThat(offsets(kept)).containsExactly("0/0");
        assertThat(kept.partitions()).containsExactly(0);
        now += Duration.ofSeconds(2).toNanos();
        assertThat(backlog.oldestBatchAge()).hasSeconds(2);
        InFlightBatch other = next();
        assertThat(offsets(other))
                .as("its partition is no longer in a transaction")
                .containsExactly("1/0", "1/1");
        backlog.markApplied(kept);
        backlog.markApplied(other);
        assertThat(offsets(next())).containsExactly("0/1", "0/2", "0/3");
    }

    @Test
    void aPartitionOfWhichNothingWasKeptIsFirstNextTime() {
        offer(0, 2);
        offer(1, 2);
        offer(2, 2);
        InFlightBatch kept = backlog.putBackAfter(next(), 1, false);
        offer(3, 1);
        backlog.markApplied(kept);

        assertThat(offsets(next())).containsExactly("1/0", "1/1", "2/0", "2/1", "0/1", "3/0");
    }

    @Test
    void whatIsLeftAloneIsTakenWithoutAnyOtherAndNobodyWaitsForIt() {
        offer(0, 2);
        offer(1, 1);
        InFlightBatch nothing = backlog.putBackAfter(next(), 0, true);
        assertThat(nothing.records()).isEmpty();
        backlog.markApplied(nothing);

        InFlightBatch alone = next();
        assertThat(offsets(alone)).containsExactly("0/0");
        InFlightBatch beside = next();
        assertThat(offsets(beside)).as("a small one, at once").containsExactly("1/0");
        backlog.markApplied(alone);
        backlog.markApplied(beside);
        assertThat(offsets(next())).containsExactly("0/1");
    }

    @Test
    void whatIsLeftAloneIsNotTakenBehindOthers() {
        offer(0, 3);
        InFlightBatch taken = next();
        offer(1, 1);
        backlog.markApplied(backlog.putBackAfter(taken, 1, true));

        InFlightBatch others = next();
        assertThat(offsets(others)).containsExactly("1/0");
        assertThat(others.isExclusive()).isFalse();
    }

    @Test
    void aPartitionThatWasTakenWithoutARecordStaysTakenWhenOthersArePutBack() {
        backlog.probe(GENERATION, Set.of(2));
        offer(0, 2);
        offer(1, 1);
        InFlightBatch kept = backlog.putBackAfter(next(), 1, false);

        assertThat(offsets(kept)).containsExactly("0/0");
        assertThat(kept.partitions()).containsExactlyInAnyOrder(0, 2);
    }
}
