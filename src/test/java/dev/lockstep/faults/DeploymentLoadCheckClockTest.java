package dev.lockstep.faults;

import dev.lockstep.faults.Findings.Breach;
import org.junit.jupiter.api.Test;

/** What the clock does: never too early and, if nothing fails, never too late (contract, rules 20, 24 and 25). */
class DeploymentLoadCheckClockTest {

    private final DeploymentHistory history = DeploymentHistory.withEnvironments();
    private final DeploymentFixture a = DeploymentFixture.of("a", "1.0", "qa");
    private final DeploymentFixture b = DeploymentFixture.of("b", "2.0", "qa");

    private DeploymentHistory policy(String... more) {
        String[] policy = new String[more.length + 1];
        policy[0] = "completion=reported";
        System.arraycopy(more, 0, policy, 1, more.length);
        return history.command("configure " + String.join(" ", more)).environment("qa", policy);
    }

    @Test
    void aDeploymentTimesOut() {
        policy("timeout=PT1M").quiet().command("deploy").starts(a);
        history.at(61).timer("due").ends(a, "timed_out").assertSound();
    }

    @Test
    void aDeploymentTimesOutTooEarly() {
        policy("timeout=PT1M").command("deploy").starts(a).at(59).timer("due").ends(a, "timed_out");
        history.assertFound(Breach.DIFFERING, "was timed_out at 2026-03-01T10:00:59Z, due was 2026-03-01T10:01:00Z");
    }

    @Test
    void aDeploymentTimesOutWithoutATimeout() {
        policy("reportEvery=PT1S")
                .command("deploy")
                .starts(a)
                .at(61)
                .timer("due")
                .ends(a, "timed_out");
        history.assertFound(Breach.DIFFERING, "was timed_out at");
    }

    @Test
    void aDeploymentThatNeverStartedTimesOut() {
        policy("timeout=PT1M").command("deploy").starts(b).command("next").queued(a, "ENVIRONMENT_BUSY");
        history.at(60)
                .timer("due")
                .ends(b, "timed_out")
                .starts(a)
                .at(99)
                .report(a, "succeeded")
                .succeedsAndEnds(a)
                .assertSound();
    }

    @Test
    void aDeploymentThatNeverStartedIsReportedLost() {
        policy("reportEvery=PT5S").command("deploy").queued(a.notBefore(99), "NOT_BEFORE");
        history.at(60).timer("due").ends(a.withOutcome("error"), "lost");
        history.assertFound(Breach.DIFFERING, "ends as lost, and had not started", Breach.DIFFERING, "was lost at");
    }

    @Test
    void aDeploymentTimesOutTooLateThoughNothingFails() {
        policy("timeout=PT1M").at(59).quiet().at(0).command("deploy").starts(a);
        history.at(71).timer("due").ends(a, "timed_out");
        history.assertFound(Breach.LATE, "timed_out was due at 2026-03-01T10:01:00Z, and came at 2026-03-01T10:01:11Z");
    }

    @Test
    void theClockMayBeLateWhileThingsFail() {
        policy("timeout=PT1M").at(60).quiet().at(0).command("deploy").starts(a);
        history.at(300).timer("due").ends(a, "timed_out").assertSound();
    }

    /** Rule 24: a change that makes it overdue ends it, whenever its new time was up. */
    @Test
    void timeIsUpByAChangeOfThePolicy() {
        policy("timeout=PT9H").quiet().command("deploy").starts(a).at(300);
        policy("timeout=PT1M").ends(a, "timed_out").assertSound();
    }

    @Test
    void timeIsUpTooLateAfterAChangeOfThePolicy() {
        policy("timeout=PT9H").quiet().command("deploy").starts(a).at(300);
        policy("timeout=PT1M").at(311).timer("due").ends(a, "timed_out");
        history.assertFound(Breach.LATE, "timed_out was due at 2026-03-01T10:05:00Z");
    }

    @Test
    void aDeployerFallsSilent() {
        policy("reportEvery=PT30S").quiet().command("deploy").starts(a).at(20).report(a, "in_progress");
        history.at(40)
                .report(a, "in_progress")
                .at(70)
                .timer("due")
                .ends(a, "lost")
                .assertSound();
    }

    @Test
    void aDeploymentIsLostThoughItsDeployerHasReported() {
        policy("reportEvery=PT30S").command("deploy").starts(a).at(20).report(a, "in_progress");
        history.at(40).timer("due").ends(a, "lost");
        history.assertFound(Breach.DIFFERING, "was lost at 2026-03-01T10:00:40Z, due was 2026-03-01T10:00:50Z");
    }

    @Test
    void aDeploymentIsLostTooLate() {
        policy("reportEvery=PT30S").quiet().command("deploy").starts(a).at(20).report(a, "in_progress");
        history.at(61).timer("due").ends(a, "lost").assertFound(Breach.LATE, "lost was due at 2026-03-01T10:00:50Z");
    }

    @Test
    void oneThatWaitsExpires() {
        history.quiet().command("deploy").queued(a.notBefore(90).expiresAt(60), "NOT_BEFORE");
        history.at(60).timer("due").ends(a, "expired").assertSound();
    }

    @Test
    void oneThatExpiresTooEarly() {
        history.command("deploy").queued(a.notBefore(90).expiresAt(60), "NOT_BEFORE");
        history.at(59).timer("due").ends(a, "expired").assertFound(Breach.DIFFERING, "was expired at");
    }

    @Test
    void oneThatExpiresTooLate() {
        history.quiet().command("deploy").queued(a.notBefore(90).expiresAt(60), "NOT_BEFORE");
        history.at(71).timer("due").ends(a, "expired").assertFound(Breach.LATE, "expired was due at");
    }

    @Test
    void aDeploymentWithoutAnExpiryExpires() {
        history.command("deploy").queued(a.notBefore(90), "NOT_BEFORE");
        history.at(60).timer("due").ends(a, "expired").assertFound(Breach.DIFFERING, "was expired at");
    }

    @Test
    void oneThatStartsLongAfterItsTimeHasCome() {
        history.quiet()
                .command("deploy")
                .queued(a.notBefore(60), "NOT_BEFORE")
                .at(71)
                .timer("due")
                .starts(a);
        history.report(a, "succeeded")
                .succeedsAndEnds(a)
                .assertFound(Breach.LATE, "start was due at 2026-03-01T10:01:00Z");
    }

    @Test
    void oneStartsAfterItsTimeWhenTheEnvironmentIsFree() {
        history.quiet().command("deploy").starts(b).command("next");
        history.queued(a.notBefore(60), "NOT_BEFORE", "ENVIRONMENT_BUSY")
                .at(60)
                .timer("due")
                .waits(a, "ENVIRONMENT_BUSY");
        history.at(300)
                .report(b, "succeeded")
                .succeedsAndEnds(b)
                .starts(a)
                .report(a, "succeeded")
                .succeedsAndEnds(a)
                .assertSound();
    }

    @Test
    void oneThatStartsLongAfterTheEnvironmentWasFree() {
        history.quiet().command("deploy").starts(b).command("next");
        history.queued(a.notBefore(60), "NOT_BEFORE", "ENVIRONMENT_BUSY")
                .at(30)
                .report(b, "succeeded")
                .succeedsAndEnds(b);
        history.waits(a, "NOT_BEFORE")
                .at(80)
                .timer("due")
                .starts(a)
                .report(a, "succeeded")
                .succeedsAndEnds(a);
        history.assertFound(Breach.LATE, "start was due at 2026-03-01T10:01:00Z");
    }

    /** Rule 20. */
    @Test
    void aTimeInThePastHasNoEffect() {
        history.quiet().at(300).command("deploy").starts(a.askedAt(300).notBefore(60));
        history.report(a, "succeeded").succeedsAndEnds(a).assertSound();
    }

    @Test
    void oneThatNeverBecomesCurrentEndsNoClock() {
        policy("timeout=PT1M")
                .quiet()
                .command("deploy")
                .starts(a)
                .at(50)
                .report(a, "failed")
                .ends(a, "failed")
                .assertSound();
    }
}
