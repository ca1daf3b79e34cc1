package dev.lockstep;

import static dev.lockstep.LiveCheck.isStuck;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LiveCheckTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void withNothingUnderWayNothingIsStuck() {
        assertThat(isStuck(null, Duration.ofDays(1), NOW, LIMIT)).isFalse();
    }

    @Test
    void aBatchWithinTheLimitIsNotStuck() {
        assertThat(isStuck(NOW.minusSeconds(119), Duration.ofDays(1), NOW, LIMIT))
                .isFalse();
    }

    @Test
    void anOverdueBatchIsStuckWhenBothStoresAnswer() {
        assertThat(isStuck(NOW.minusSeconds(121), Duration.ofDays(1), NOW, LIMIT))
                .isTrue();
    }

    @Test
    void afterAnOutageTheCountBeginsAnew() {
        assertThat(isStuck(NOW.minusSeconds(7200), Duration.ofSeconds(1), NOW, LIMIT))
                .isFalse();
        assertThat(isStuck(NOW.minusSeconds(7200), LIMIT, NOW, LIMIT)).isTrue();
    }
}
