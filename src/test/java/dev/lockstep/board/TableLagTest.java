package dev.lockstep.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TableLagTest {

    private static final TopicPartition ONE = new TopicPartition("events", 0);
    private static final TopicPartition TWO = new TopicPartition("events", 1);

    private final AtomicLong nanos = new AtomicLong();
    private final TableLag lag = new TableLag(nanos::get);

    @Test
    void whatNobodyReadsIsMissingSinceItWasFirstSeen() {
        check(Map.of(ONE, 10L, TWO, 7L), Map.of(ONE, 10L));
        assertThat(lag.lag()).isZero();
        check(Map.of(ONE, 10L, TWO, 9L), Map.of(ONE, 10L));
        assertThat(lag.lag()).isZero();

        check(Map.of(ONE, 10L, TWO, 9L), Map.of(ONE, 10L));
        assertThat(lag.lag()).isEqualTo(Duration.ofSeconds(10));
        pass();
        assertThat(lag.lag()).isEqualTo(Duration.ofSeconds(15));

        check(Map.of(ONE, 10L, TWO, 9L), Map.of(ONE, 10L, TWO, 9L));
        assertThat(lag.lag()).isZero();
    }

    @Test
    void tablesThatFollowAreNotBehindAlthoughThereIsAlwaysMore() {
        for (long end = 10; end < 100; end += 10) {
            check(Map.of(ONE, end + 5), Map.of(ONE, end));
            assertThat(lag.lag()).isZero();
        }
    }

    /** They are as far behind as the end that they have not reached is old. */
    @Test
    void tablesThatFollowTooSlowlyAreBehind() {
        check(Map.of(ONE, 100L), Map.of(ONE, 0L));
        check(Map.of(ONE, 200L), Map.of(ONE, 40L));
        check(Map.of(ONE, 300L), Map.of(ONE, 80L));
        assertThat(lag.lag()).isEqualTo(Duration.ofSeconds(10));

        check(Map.of(ONE, 400L), Map.of(ONE, 120L));
        assertThat(lag.lag()).isEqualTo(Duration.ofSeconds(10));
        check(Map.of(ONE, 500L), Map.of(ONE, 160L));
        assertThat(lag.lag()).isEqualTo(Duration.ofSeconds(15));
        check(Map.of(ONE, 500L), Map.of(ONE, 400L));
        assertThat(lag.lag()).isZero();
        check(Map.of(ONE, 500L), Map.of(ONE, 400L));
        assertThat(lag.lag()).isEqualTo(Duration.ofSeconds(10));
        check(Map.of(ONE, 500L), Map.of(ONE, 500L));
        assertThat(lag.lag()).isZero();
    }

    /** Another process checks at other moments, and moves the position a moment after this one has looked. */
    @Test
    void aPositionThatIsMovedBetweenTwoChecksIsNotLate() {
        for (long end = 10; end < 100; end += 10) {
            check(Map.of(ONE, end), Map.of(ONE, end - 1));
            check(Map.of(ONE, end), Map.of(ONE, end - 1));
            assertThat(lag.lag()).isZero();
            check(Map.of(ONE, end), Map.of(ONE, end));
        }
    }

    @Test
    void theAgeGrowsForAsLongAsNothingIsRead() {
        for (long end = 1; end <= 3_000; end++) {
            check(Map.of(ONE, end), Map.of());
        }
        assertThat(lag.lag()).isEqualTo(Duration.ofSeconds(5 * 2_999));

        check(Map.of(ONE, 3_000L), Map.of(ONE, 2_999L));
        assertThat(lag.lag()).isGreaterThanOrEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void aPartitionThatNobodyCanAskAboutDoesNotCount() {
        check(Map.of(ONE, 10L), Map.of());
        check(Map.of(ONE, 10L), Map.of());
        check(Map.of(), Map.of());
        assertThat(lag.lag()).isZero();

        check(Map.of(ONE, 10L), Map.of());
        assertThat(lag.lag()).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void theTablesHaveCaughtUpIfTheyHaveWhatWasThereTwoChecksAgo() {
        check(Map.of(ONE, 10L), Map.of(ONE, 10L));
        check(Map.of(ONE, 11L), Map.of(ONE, 10L));
        assertThat(lag.isCaughtUp()).isFalse();
        check(Map.of(ONE, 12L), Map.of(ONE, 10L));
        assertThat(lag.isCaughtUp()).isTrue();

        check(Map.of(ONE, 12L), Map.of(ONE, 10L));
        assertThat(lag.isCaughtUp()).isFalse();
    }

    /** What happened meanwhile is not known. */
    @Test
    void afterAnInterruptionTheTablesHaveNotCaughtUpAtOnce() {
        for (int i = 0; i < 3; i++) {
            check(Map.of(ONE, 10L), Map.of(ONE, 10L));
        }
        assertThat(lag.isCaughtUp()).isTrue();

        lag.recordFailedCheck();
        for (int i = 0; i < 2; i++) {
            check(Map.of(ONE, 90L), Map.of(ONE, 90L));
            assertThat(lag.isCaughtUp()).isFalse();
        }
        check(Map.of(ONE, 90L), Map.of(ONE, 90L));
        assertThat(lag.isCaughtUp()).isTrue();
    }

    @Test
    void withoutAnAnswerAboutOnePartitionTheTablesHaveNotCaughtUp() {
        for (int i = 0; i < 5; i++) {
            pass();
            lag.check(2, Map.of(ONE, 10L), Map.of(ONE, 10L));
            assertThat(lag.isCaughtUp()).isFalse();
        }
        for (int i = 0; i < 5; i++) {
            pass();
            lag.check(null, Map.of(ONE, 10L), Map.of(ONE, 10L));
            assertThat(lag.isCaughtUp()).isFalse();
        }
    }

    private void check(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> read) {
        pass();
        lag.check(ends.size(), ends, read);
    }

    private void pass() {
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
    }
}
