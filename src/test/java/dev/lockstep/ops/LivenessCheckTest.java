package dev.lockstep.ops;

import static dev.lockstep.ops.LivenessCheck.isStuck;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LivenessCheckTest {

    private static final Duration LONG = Duration.ofDays(1);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void withNothingUnderWayNothingIsStuck() {
        assertThat(isStuck(Duration.ZERO, LONG, LIMIT)).isFalse();
    }

    @Test
    void anAttemptWithinTheLimitIsNotStuck() {
        assertThat(isStuck(LIMIT, LONG, LIMIT)).isFalse();
    }

    @Test
    void anAttemptWithoutAnAnswerIsStuckWhenBothStoresAnswerOtherwise() {
        assertThat(isStuck(LIMIT.plusSeconds(1), LONG, LIMIT)).isTrue();
    }

    @Test
    void theTimeRestartsAfterAnOutage() {
        assertThat(isStuck(LONG, Duration.ofSeconds(1), LIMIT)).isFalse();
        assertThat(isStuck(LONG, LIMIT, LIMIT)).isTrue();
    }
}
