package dev.lockstep.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TransactionLimitTest {

    private static final Duration SLOW = Duration.ofSeconds(5);
    private static final long BATCH = 4 << 20;

    private long nanos;
    private final TransactionLimit limit = new TransactionLimit(() -> nanos, SLOW);

    @Test
    void whatTookTooLongAndFailedIsTriedInSmallerParts() {
        assertThat(limit.start()).isEqualTo(TransactionLimit.UNLIMITED);
        fail(SLOW, BATCH);
        assertThat(limit.start()).isEqualTo(BATCH / 4);
        fail(SLOW, BATCH / 4);
        assertThat(limit.start()).isEqualTo(BATCH / 16);
    }

    @Test
    void thereIsALowerBound() {
        for (int i = 0; i < 9; i++) {
            limit.start();
            fail(SLOW, BATCH);
        }
        assertThat(limit.start()).isEqualTo(TransactionLimit.MIN_BYTES);
    }

    @Test
    void whatFailsAtOnceIsNotTooLarge() {
        limit.start();
        fail(Duration.ofMillis(100), BATCH);

        assertThat(limit.start()).isEqualTo(TransactionLimit.UNLIMITED);
    }

    @Test
    void itGrowsAgainWhileAttemptsAreQuick() {
        limit.start();
        fail(SLOW, BATCH);

        succeed(SLOW.dividedBy(2), BATCH / 4);
        assertThat(limit.start()).isEqualTo(BATCH / 4);
        succeed(Duration.ofMillis(20), BATCH / 100);
        assertThat(limit.start()).as("little says nothing about more").isEqualTo(BATCH / 4);
        for (int i = 0; i < 9; i++) {
            succeed(Duration.ofMillis(20), limit.start());
        }
        assertThat(limit.start()).isEqualTo(TransactionLimit.UNLIMITED);
    }

    @Test
    void nothingSentSaysNothing() {
        limit.start();
        fail(SLOW, 0);

        assertThat(limit.start()).isEqualTo(TransactionLimit.UNLIMITED);
    }

    private void fail(Duration after, long bytes) {
        nanos += after.toNanos();
        limit.recordFailure(bytes);
    }

    private void succeed(Duration after, long bytes) {
        limit.start();
        nanos += after.toNanos();
        limit.recordSuccess(bytes);
    }
}
