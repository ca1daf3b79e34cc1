package dev.lockstep.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is put back, and how it is taken again. */
class BacklogKeepTest extends BacklogRig {

    @Test
    void partitionsThatFailedTogetherAreTakenOneByOneUntilTheyAreApplied() {
        offer(0, 2);
        offer(1, 2);
        offer(2, 1);
        backlog.probe(GENERATION, Set.of(3));
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
    void aPartitionThatWasTakenWithoutARecordStaysTakenWhenOthersArePutBack() {
        backlog.probe(GENERATION, Set.of(2));
        offer(0, 2);
        offer(1, 1);
        Portion kept = backlog.keep(next(), 1, false);

        assertThat(offsets(kept)).containsExactly("0/0");
        assertThat(kept.partitions()).containsExactlyInAnyOrder(0, 2);
    }
}
