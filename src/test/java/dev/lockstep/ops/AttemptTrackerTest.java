package dev.lockstep.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.failure.RetryCause;
import dev.lockstep.listener.WorkerListener.Step;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AttemptTrackerTest {

    private static final String BATCH = "a batch";
    private static final String OTHER = "another";

    private long now;
    private final AttemptTracker attempts = new AttemptTracker(() -> now);

    @Test
    void anAttemptThatHangsIsCountedFromItsBeginning() {
        attempts.attemptStarted(Step.APPLY, BATCH);
        later(60);
        attempts.attemptStarted(Step.PUBLISH, OTHER);
        later(40);
        assertThat(attempts.longestUnanswered()).isEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void workThatWasTakenAndWhoseAttemptDoesNotBeginHangs() {
        attempts.workTaken(Step.APPLY, BATCH);
        later(60);
        assertThat(attempts.longestUnanswered()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void oneThatFailsAgainAndAgainDoesNotHang() {
        for (int attempt = 0; attempt < 100; attempt++) {
            attempts.attemptStarted(Step.APPLY, BATCH);
            later(2);
            attempts.attemptFailed(Step.APPLY, RetryCause.DATABASE_REFUSED);
        }
        assertThat(attempts.longestUnanswered()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void whatFailsBesideItDoesNotHideOneThatHangs() {
        attempts.attemptStarted(Step.APPLY, BATCH);
        later(50);
        attempts.attemptStarted(Step.APPLY, OTHER);
        attempts.attemptFailed(Step.APPLY, RetryCause.DATABASE_REFUSED);
        attempts.attemptsFinished(Step.APPLY, OTHER);
        later(50);
        assertThat(attempts.longestUnanswered()).isEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void whatIsDoneIsNotWaitedFor() {
        attempts.attemptStarted(Step.APPLY, BATCH);
        attempts.attemptsFinished(Step.APPLY, BATCH);
        later(100);
        assertThat(attempts.longestUnanswered()).isZero();
    }

    @Test
    void aSetupCheckIsNotABatch() {
        attempts.attemptStarted(Step.SETUP, BATCH);
        later(100);
        assertThat(attempts.longestUnanswered()).isZero();
    }

    private void later(long seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }
}
