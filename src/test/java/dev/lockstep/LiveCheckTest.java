package dev.lockstep;

import static dev.lockstep.LiveCheck.isStuck;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LiveCheckTest {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void withNothingUnderWayNothingIsStuck() {
        assertThat(isStuck(Duration.ZERO, Duration.ofDays(1), LIMIT)).isFalse();
    }

    @Test
    void aBatchWithinTheLimitIsNotStuck() {
        assertThat(isStuck(Duration.ofSeconds(119), Duration.ofDays(1), LIMIT)).isFalse();
    }

    @Test
    void anOverdueBatchIsStuckWhenBothStoresAnswer() {
        assertThat(isStuck(Duration.ofSeconds(121), Duration.ofDays(1), LIMIT)).isTrue();
    }

    @Test
    void afterAnOutageTheCountBeginsAnew() {
        assertThat(isStuck(Duration.ofHours(2), Duration.ofSeconds(1), LIMIT)).isFalse();
        assertThat(isStuck(Duration.ofHours(2), LIMIT, LIMIT)).isTrue();
    }
}
