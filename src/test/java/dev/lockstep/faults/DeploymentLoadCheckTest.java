package dev.lockstep.faults;

import static dev.lockstep.faults.DeploymentHistory.time;

import dev.lockstep.faults.Findings.Breach;
import org.junit.jupiter.api.Test;

/** How deployments begin, and which is the next one: what is sound, and what is found (contract, rules 14 and 19 to 21). */
class DeploymentLoadCheckTest {

    private final DeploymentHistory history = DeploymentHistory.withEnvironments();
    private final DeploymentFixture a = DeploymentFixture.of("a", "1.0", "qa");
    private final DeploymentFixture b = DeploymentFixture.of("b", "2.0", "qa");
    private final DeploymentFixture c = DeploymentFixture.of("c", "3.0", "qa");
    private final DeploymentFixture atOnce = DeploymentFixture.of("once", "1.0", "demo");

    @Test
    void oneIsReportedAnotherSucceedsAtOnce() {
        history.command("deploy").starts(a).command("deploy-2").succeeds(atOnce);
        history.at(1)
                .report(a, "in_progress")
                .life("updated", a)
                .command("cancel")
                .life("cancelrequested", a);
        history.at(2).report(a, "succeeded").succeedsAndEnds(a).assertSound();
    }

    @Test
    void oneThatStartsTwice() {
        history.command("deploy").starts(a).command("again").starts(a);
        history.report(a, "succeeded").succeedsAndEnds(a).assertFound(Breach.DOUBLED, "starts, and is IN_PROGRESS");
    }

    @Test
    void oneThatIsQueuedTwice() {
        history.command("deploy").starts(a).command("next").queued(b, "ENVIRONMENT_BUSY");
        history.command("again").queued(b, "ENVIRONMENT_BUSY").command("cancel").ends(b, "cancelled");
        history.report(a, "succeeded")
                .succeedsAndEnds(a)
                .assertFound(Breach.DOUBLED, "is queued, and was there before");
    }

    @Test
    void twoInProgressInOneEnvironment() {
        history.command("deploy").starts(a).command("next").starts(b);
        history.report(b, "failed").ends(b, "failed").report(a, "succeeded").succeedsAndEnds(a);
        history.assertFound(Breach.DIFFERING, "starts beside deployment a");
    }

    @Test
    void oneThatSucceedsAtOnceBesideAnother() {
        history.command("deploy").starts(a).command("configure").environment("qa");
        history.command("next").succeeds(b);
        history.report(a, "succeeded").succeedsAndEnds(a).assertFound(Breach.DIFFERING, "starts beside deployment a");
    }

    @Test
    void oneThatWaitsIsToldOfAsOneThatWaits() {
        history.command("deploy")
                .starts(a)
                .command("next")
                .life("queued", b.waits().with("status", "in_progress"));
        history.report(a, "succeeded")
                .succeedsAndEnds(a)
                .starts(b)
                .report(b, "succeeded")
                .succeedsAndEnds(b);
        history.assertFound(Breach.DIFFERING, "has the status \"in_progress\", not pending");
    }

    @Test
    void oneInProgressHasNoOtherReasonsToWait() {
        history.command("deploy").starts(a).command("next").life("waiting", a.waits("ENVIRONMENT_BUSY"));
        history.report(a, "succeeded").succeedsAndEnds(a.starts(time(0)));
        history.assertFound(Breach.DIFFERING, "is waiting, and is IN_PROGRESS");
    }

    @Test
    void nothingIsPublishedAboutAnEndedDeployment() {
        history.command("deploy").starts(a).report(a, "failed").ends(a, "failed");
        history.command("cancel").life("cancelrequested", a.with("status", "in_progress"));
        history.assertFound(Breach.DIFFERING, "is cancelrequested, and is ENDED");
    }

    @Test
    void oneThatSaysThatItStartedAtAnotherTime() {
        history.at(5).command("deploy").life("started", a.starts(time(4)));
        history.report(a, "succeeded").succeedsAndEnds(a).assertFound(Breach.DIFFERING, "says that it started at");
    }

    @Test
    void oneThatSaysThatItEndedAtAnotherTime() {
        history.command("deploy").starts(a).at(5).report(a, "failed").life("finished", a.ends(time(4), "failed"));
        history.assertFound(Breach.DIFFERING, "says that it ended at");
    }

    @Test
    void oneThatStartsWithAnotherReleaseThanWasAskedFor() {
        history.command("deploy").starts(a).command("next").queued(b, "ENVIRONMENT_BUSY");
        history.report(a, "succeeded").succeedsAndEnds(a).starts(b.with("release", "9.9"));
        history.report(b, "succeeded").succeedsAndEnds(b).assertFound(Breach.DIFFERING, "starts with release 9.9");
    }

    @Test
    void oneStartsWhenItsTimeHasComeAndNotAfterItsLastMoment() {
        history.command("deploy").queued(a.notBefore(5).expiresAt(9), "NOT_BEFORE");
        history.at(9)
                .timer("due")
                .starts(a)
                .report(a, "succeeded")
                .succeedsAndEnds(a)
                .assertSound();
    }

    @Test
    void oneThatStartsBeforeItsTime() {
        history.command("deploy")
                .queued(a.notBefore(5), "NOT_BEFORE")
                .at(4)
                .timer("early")
                .starts(a);
        history.report(a, "succeeded").succeedsAndEnds(a).assertFound(Breach.DIFFERING, "starts before its time");
    }

    @Test
    void oneThatSucceedsAtOnceBeforeItsTime() {
        history.command("deploy").succeeds(atOnce.notBefore(5)).assertFound(Breach.DIFFERING, "starts before its time");
    }

    @Test
    void oneThatStartsWhenItIsTooLate() {
        history.command("deploy").starts(a).command("next").queued(b.expiresAt(5), "ENVIRONMENT_BUSY");
        history.at(6).report(a, "succeeded").succeedsAndEnds(a).starts(b);
        history.report(b, "succeeded").succeedsAndEnds(b).assertFound(Breach.DIFFERING, "though it expired at");
    }

    @Test
    void deploymentsThatWaitForOthersStartInTheOrderOfTheirRequests() {
        history.command("deploy").starts(a).command("next").queued(b, "ENVIRONMENT_BUSY");
        history.command("last").queued(c, "ENVIRONMENT_BUSY", "QUEUED_BEHIND");
        history.report(a, "succeeded").succeedsAndEnds(a).starts(b).waits(c, "ENVIRONMENT_BUSY");
        history.report(b, "succeeded")
                .succeedsAndEnds(b)
                .starts(c)
                .report(c, "succeeded")
                .succeedsAndEnds(c)
                .assertSound();
    }

    @Test
    void oneThatOvertakes() {
        history.command("deploy").starts(a).command("next").queued(b, "ENVIRONMENT_BUSY");
        history.command("last").queued(c, "ENVIRONMENT_BUSY", "QUEUED_BEHIND");
        history.report(a, "succeeded")
                .succeedsAndEnds(a)
                .starts(c)
                .report(c, "succeeded")
                .succeedsAndEnds(c)
                .starts(b);
        history.report(b, "succeeded")
                .succeedsAndEnds(b)
                .assertFound(Breach.OUT_OF_ORDER, "deployment c of 3.0 to qa starts before");
    }

    @Test
    void whatWaitsForItsTimeIsPassedBy() {
        history.command("deploy").starts(a);
        history.command("next").queued(b.notBefore(5), "NOT_BEFORE", "ENVIRONMENT_BUSY");
        history.command("last").queued(c, "ENVIRONMENT_BUSY");
        history.at(6).report(a, "succeeded").succeedsAndEnds(a).starts(c); // no timer has come that would let b join
        history.timer("due").waits(b, "ENVIRONMENT_BUSY");
        history.report(c, "succeeded")
                .succeedsAndEnds(c)
                .starts(b)
                .report(b, "succeeded")
                .succeedsAndEnds(b)
                .assertSound();
    }

    @Test
    void whatHasJoinedIsNotPassedBy() {
        history.command("deploy").starts(a);
        history.command("next").queued(b.notBefore(5), "NOT_BEFORE", "ENVIRONMENT_BUSY");
        history.command("last").queued(c, "ENVIRONMENT_BUSY");
        history.at(5).timer("due").waits(b, "ENVIRONMENT_BUSY").waits(c, "ENVIRONMENT_BUSY", "QUEUED_BEHIND");
        history.report(a, "succeeded").succeedsAndEnds(a).starts(c);
        history.report(c, "succeeded")
                .succeedsAndEnds(c)
                .starts(b)
                .report(b, "succeeded")
                .succeedsAndEnds(b);
        history.assertFound(Breach.OUT_OF_ORDER, "deployment c of 3.0 to qa starts before deployment b");
    }

    @Test
    void oneThatIsAskedForLaterAndStartsAtOnceOvertakesToo() {
        history.command("deploy").starts(a).command("next").queued(b, "ENVIRONMENT_BUSY");
        history.report(a, "succeeded")
                .succeedsAndEnds(a)
                .starts(c)
                .report(c, "succeeded")
                .succeedsAndEnds(c)
                .starts(b);
        history.report(b, "succeeded")
                .succeedsAndEnds(b)
                .assertFound(Breach.OUT_OF_ORDER, "deployment c of 3.0 to qa starts before");
    }

    @Test
    void oneThatWaitsThoughNothingIsInProgress() {
        history.command("deploy").starts(a).command("next").queued(b, "ENVIRONMENT_BUSY");
        history.report(a, "succeeded").succeedsAndEnds(a);
        history.command("cancel")
                .ends(b, "cancelled")
                .assertFound(Breach.DIFFERING, "b of 2.0 to qa waits for nothing");
    }
}
