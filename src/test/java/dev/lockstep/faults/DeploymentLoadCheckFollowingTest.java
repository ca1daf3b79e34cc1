package dev.lockstep.faults;

import dev.lockstep.faults.Findings.Breach;
import org.junit.jupiter.api.Test;

/**
 * The consequences of how deployments end, of locks and of policies: what is sound, and what is found (contract, rules 4, 7, 8
 * and 22 to 24).
 */
class DeploymentLoadCheckFollowingTest {

    private final DeploymentHistory history = DeploymentHistory.withEnvironments();
    private final DeploymentFixture a = DeploymentFixture.of("a", "1.0", "qa");
    private final DeploymentFixture b = DeploymentFixture.of("b", "2.0", "qa");
    private final DeploymentFixture c = DeploymentFixture.of("c", "3.0", "qa");
    private final DeploymentFixture restore =
            DeploymentFixture.of("restore", "1.0", "qa").restoring(b);
    private final DeploymentFixture undeploy =
            DeploymentFixture.of("undeploy", "1.0", "qa").with("action", "undeploy");

    /** With 1.0 in qa, where a failure is followed by a restore. */
    private DeploymentHistory restoring() {
        return history.command("configure")
                .environment("qa", "completion=reported", "onFailure=restore")
                .command("first")
                .starts(a)
                .report(a, "succeeded")
                .succeedsAndEnds(a);
    }

    @Test
    void whatFailedIsFollowedByARestore() {
        restoring()
                .command("deploy")
                .starts(b)
                .report(b, "failed")
                .ends(b, "failed")
                .starts(restore);
        history.report(restore, "succeeded").succeedsAndEnds(restore).assertSound();
    }

    @Test
    void aRestoreGoesAheadOfThoseThatWait() {
        restoring().command("deploy").starts(b).command("next").queued(c, "ENVIRONMENT_BUSY");
        history.report(b, "failed").ends(b, "failed").starts(restore);
        history.report(restore, "succeeded").succeedsAndEnds(restore).starts(c);
        history.report(c, "succeeded").succeedsAndEnds(c).assertSound();
    }

    /** Rule 14: ends come before beginnings. */
    @Test
    void anotherEndMayComeBeforeTheRestore() {
        restoring().command("deploy").starts(b).command("next").queued(c.expiresAt(5), "ENVIRONMENT_BUSY");
        history.release("locked", "3.0", 3).command("configure-2");
        history.environment("qa", "completion=reported", "onFailure=restore", "timeout=PT5S");
        history.at(5).timer("due").ends(b, "timed_out").ends(c, "expired").release("unlocked", "3.0", 3);
        history.starts(restore)
                .report(restore, "succeeded")
                .succeedsAndEnds(restore)
                .assertSound();
    }

    @Test
    void aRestoreSucceedsAtOnceWhereThatHasBecomeThePolicy() {
        restoring().command("deploy").starts(b).command("configure-2").environment("qa", "onFailure=restore");
        history.report(b, "errored").ends(b, "errored").succeeds(restore).assertSound();
    }

    @Test
    void aRestoreThatDoesNotCome() {
        restoring().command("deploy").starts(b).report(b, "failed").ends(b, "failed");
        history.command("next").starts(c).report(c, "succeeded").succeedsAndEnds(c);
        history.assertFound(Breach.DIFFERING, "nothing restores what was before deployment b");
    }

    @Test
    void aRestoreThatDoesNotComeInTheEnd() {
        restoring().command("deploy").starts(b).report(b, "cancelled").ends(b, "cancelled");
        history.assertFound(Breach.DIFFERING, "nothing restores what was before deployment b");
    }

    @Test
    void anotherStartsInsteadOfTheRestore() {
        restoring().command("deploy").starts(b).command("next").queued(c, "ENVIRONMENT_BUSY");
        history.report(b, "failed")
                .ends(b, "failed")
                .starts(c)
                .report(c, "succeeded")
                .succeedsAndEnds(c);
        history.assertFound(Breach.DIFFERING, "starts, and does not restore what was before deployment b");
    }

    @Test
    void aRestoreThatThePolicyDoesNotAskFor() {
        history.command("first").starts(a).report(a, "succeeded").succeedsAndEnds(a);
        history.command("deploy")
                .starts(b)
                .report(b, "failed")
                .ends(b, "failed")
                .starts(restore);
        history.report(restore, "succeeded").succeedsAndEnds(restore);
        history.assertFound(Breach.DIFFERING, "restores what was before b, which does not ask for it");
    }

    @Test
    void aRestoreWithNothingCurrent() {
        history.command("configure").environment("qa", "completion=reported", "onFailure=restore");
        history.command("deploy")
                .starts(b)
                .report(b, "failed")
                .ends(b, "failed")
                .starts(restore);
        history.report(restore, "succeeded").succeedsAndEnds(restore);
        history.assertFound(Breach.DIFFERING, "restores what was before b, which does not ask for it");
    }

    @Test
    void nothingFollowsAfterARedeploy() {
        restoring().command("redeploy").starts(b.with("action", "redeploy").with("release", "1.0"));
        history.report(b, "failed").ends(b, "failed").assertSound();
    }

    @Test
    void aRestoreAfterARedeploy() {
        restoring().command("redeploy").starts(b.with("action", "redeploy").with("release", "1.0"));
        history.report(b, "failed").ends(b, "failed").starts(restore);
        history.report(restore, "succeeded").succeedsAndEnds(restore);
        history.assertFound(Breach.DIFFERING, "restores what was before b, which does not ask for it");
    }

    /** Rule 22: a rollback to what is still current is a redeploy from its start on. */
    @Test
    void nothingFollowsAfterARollbackThatHasBecomeARedeploy() {
        restoring().command("configure-2").environment("qa", "completion=reported");
        history.command("deploy").starts(b).command("back").queued(c.with("release", "1.0"), "ENVIRONMENT_BUSY");
        history.report(b, "failed").ends(b, "failed").starts(c.with("action", "redeploy"));
        history.command("configure-3").environment("qa", "completion=reported", "onFailure=restore");
        history.report(c, "failed").ends(c, "failed").assertSound();
    }

    @Test
    void aRestoreOfAnotherReleaseThanWhatIsCurrent() {
        restoring().command("deploy").starts(b).report(b, "failed").ends(b, "failed");
        history.starts(restore.with("release", "0.9"))
                .report(restore, "succeeded")
                .succeedsAndEnds(restore);
        history.assertFound(Breach.DIFFERING, "is to restore what was before deployment b of 2.0 to qa, which is 1.0");
    }

    @Test
    void aRestoreThatWaits() {
        restoring().command("deploy").starts(b).report(b, "failed").ends(b, "failed");
        history.queued(restore, "ENVIRONMENT_BUSY")
                .starts(restore)
                .report(restore, "succeeded")
                .succeedsAndEnds(restore);
        history.assertFound(Breach.DIFFERING, "waits, and is to restore what was before b");
    }

    @Test
    void aReleaseIsLockedWhileItWaitsAndForGoodWhenItStarts() {
        history.command("deploy").queued(a.notBefore(9), "NOT_BEFORE").release("locked", "1.0", 3);
        history.command("cancel").ends(a, "cancelled").release("unlocked", "1.0", 3);
        history.command("delete").release("deleted", "1.0", 3).command("create").release("created", "1.0", 9);
        history.command("again").starts(b.with("release", "1.0")).release("locked", "1.0", 9);
        history.report(b, "failed").ends(b, "failed").assertSound();
    }

    @Test
    void aReleaseThatIsLockedTwice() {
        history.command("deploy").release("locked", "1.0", 3).command("next").release("locked", "1.0", 3);
        history.assertFound(Breach.DIFFERING, "release 1.0 3 is locked, though it is locked");
    }

    @Test
    void aReleaseThatIsUnlockedAndWasNotLocked() {
        history.command("cancel").release("unlocked", "1.0", 3);
        history.assertFound(Breach.DIFFERING, "release 1.0 3 is unlocked, though it is not locked");
    }

    @Test
    void aReleaseThatIsDeletedWhileItIsLocked() {
        history.command("deploy").release("locked", "1.0", 3).command("delete").release("deleted", "1.0", 3);
        history.assertFound(Breach.DIFFERING, "release 1.0 3 is deleted, though it is locked");
    }

    @Test
    void anUndeployTakesAwayWhatIsCurrentWhenItStarts() {
        history.command("first")
                .starts(a)
                .report(a, "succeeded")
                .succeedsAndEnds(a)
                .command("deploy")
                .starts(b);
        history.command("undeploy").queued(undeploy, "ENVIRONMENT_BUSY");
        history.report(b, "succeeded").succeedsAndEnds(b).starts(undeploy.with("release", "2.0"));
        history.report(undeploy, "succeeded").succeedsAndEnds(undeploy);
        history.status(StatusFixture.ofEnvironment("qa").last(undeploy)).assertSound();
    }

    /** It was a deployment when it was requested, and remains one. */
    @Test
    void anUndeployThatWaitsWhileTheEnvironmentBecomesImmediate() {
        history.command("first")
                .starts(a)
                .report(a, "succeeded")
                .succeedsAndEnds(a)
                .command("deploy")
                .starts(b);
        history.command("undeploy")
                .queued(undeploy, "ENVIRONMENT_BUSY")
                .command("configure")
                .environment("qa");
        history.report(b, "failed").ends(b, "failed").starts(undeploy).succeedsAndEnds(undeploy);
        history.status(StatusFixture.ofEnvironment("qa").last(undeploy)).assertSound();
    }

    @Test
    void anImmediateEnvironmentIsEmptiedWithoutADeployment() {
        DeploymentFixture once = DeploymentFixture.of("once", "1.0", "demo");
        history.command("deploy")
                .succeeds(once)
                .status(StatusFixture.ofEnvironment("demo").current(once).last(once));
        history.command("undeploy")
                .emptied("demo")
                .status(StatusFixture.ofEnvironment("demo").last(once))
                .assertSound();
    }

    @Test
    void anEnvironmentThatIsEmptiedWithoutADeploymentThoughTheyAreReported() {
        history.command("undeploy").emptied("qa").assertFound(Breach.DIFFERING, "qa is emptied without a deployment");
    }

    @Test
    void anEnvironmentThatIsEmptiedWithoutADeploymentBesideOne() {
        history.command("deploy")
                .starts(a)
                .command("configure")
                .environment("qa")
                .command("undeploy")
                .emptied("qa");
        history.report(a, "succeeded")
                .succeedsAndEnds(a)
                .assertFound(Breach.DIFFERING, "qa is emptied without a deployment");
    }

    @Test
    void oneThatSucceedsAtOnceThoughDeploymentsAreReported() {
        history.command("deploy").succeeds(a).assertFound(Breach.DIFFERING, "succeeds at once, where deployments are");
    }

    @Test
    void oneThatStartsAndDoesNotSucceedAtOnceThoughItIsImmediate() {
        DeploymentFixture once = DeploymentFixture.of("once", "1.0", "demo");
        history.command("deploy").starts(once).succeedsAndEnds(once);
        history.assertFound(Breach.DIFFERING, "starts, where a deployment that does not wait succeeds at once");
    }

    @Test
    void oneThatHasWaitedStartsAndEndsInOneDecisionWhereItIsImmediate() {
        DeploymentFixture later = DeploymentFixture.of("later", "1.0", "demo").notBefore(5);
        history.command("deploy")
                .queued(later, "NOT_BEFORE")
                .at(5)
                .timer("due")
                .starts(later)
                .succeedsAndEnds(later)
                .assertSound();
    }

    @Test
    void oneThatStaysInProgressWhereItIsImmediate() {
        DeploymentFixture later = DeploymentFixture.of("later", "1.0", "demo").notBefore(5);
        history.command("deploy").queued(later, "NOT_BEFORE").at(5).timer("due").starts(later);
        history.report(later, "succeeded").succeedsAndEnds(later);
        history.assertFound(Breach.DIFFERING, "is in progress where a deployment succeeds when it starts");
    }

    /** Rule 24: its completion mode stays. */
    @Test
    void oneStaysInProgressWhenItsEnvironmentBecomesImmediate() {
        history.command("deploy").starts(a).command("configure").environment("qa");
        history.command("next").queued(b, "ENVIRONMENT_BUSY");
        history.report(a, "succeeded")
                .succeedsAndEnds(a)
                .starts(b)
                .succeedsAndEnds(b)
                .assertSound();
    }

    /** Rule 8: its history counts even after it has come back. */
    @Test
    void anEnvironmentIsDroppedAndComesBack() {
        DeploymentFixture once = DeploymentFixture.of("once", "1.0", "demo");
        history.command("deploy").succeeds(once).command("undeploy").emptied("demo");
        history.command("define-2").environmentEvent("deleted", "demo");
        history.command("define-3").environmentEvent("created", "demo", "completion=reported");
        history.status(StatusFixture.ofEnvironment("demo").last(once));
        DeploymentFixture again = DeploymentFixture.of("again", "1.0", "demo");
        history.command("deploy-2").starts(again).report(again, "succeeded").succeedsAndEnds(again);
        history.status(StatusFixture.ofEnvironment("demo").current(again).last(again))
                .assertSound();
    }

    @Test
    void whatIsSaidOfTheApplicationAloneChangesNothing() {
        history.command("deploy")
                .starts(a)
                .status(StatusFixture.ofEnvironment("qa").active(a));
        history.command("update").applicationUpdated().report(a, "failed").ends(a, "failed");
        history.status(StatusFixture.ofEnvironment("qa").last(a)).assertSound();
    }
}
