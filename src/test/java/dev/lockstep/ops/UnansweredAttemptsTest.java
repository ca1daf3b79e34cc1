package dev.lockstep.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.failure.RetryCause;
import dev.lockstep.listener.WorkerListener.Step;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnansweredAttemptsTest {

    private static final String BATCH = "a batch";
    private static final String OTHER = "another";

    private long now;
    private final UnansweredAttempts attempts = new UnansweredAttempts(() -> now);

    @Test
    void anAttemptThatHangsIsCountedFromItsBeginning() {
        attempts.attempted(Step.APPLY, BATCH);
        later(60);
        attempts.attempted(Step.PUBLISH, OTHER);
        later(40);
        assertThat(attempts.unanswered()).isEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void oneThatFailsAgainAndAgainDoesNotHang() {
        for (int attempt = 0; attempt < 100; attempt++) {
            attempts.attempted(Step.APPLY, BATCH);
            later(2);
            attempts.retried(Step.APPLY, RetryCause.DATABASE_REFUSED);
        }
        assertThat(attempts.unanswered()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void whatFailsBesideItDoesNotHideOneThatHangs() {
        attempts.attempted(Step.APPLY, BATCH);
        later(50);
        attempts.attempted(Step.APPLY, OTHER);
        attempts.retried(Step.APPLY, RetryCause.DATABASE_REFUSED);
        attempts.finished(Step.APPLY, OTHER);
        later(50);
        assertThat(attempts.unanswered()).isEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void whatIsDoneIsNotWaitedFor() {
        attempts.attempted(Step.APPLY, BATCH);
        attempts.finished(Step.APPLY, BATCH);
        later(100);
        assertThat(attempts.unanswered()).isZero();
    }

    @Test
    void aLookAtTheGroundIsNoBatch() {
        attempts.attempted(Step.SETUP, BATCH);
        later(100);
        assertThat(attempts.unanswered()).isZero();
    }

    private void later(long seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }
}
