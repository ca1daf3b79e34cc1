package dev.lockstep.faults;

import static dev.lockstep.faults.DeploymentHistory.time;

import dev.lockstep.faults.Findings.Breach;
import org.junit.jupiter.api.Test;

/** How deployments end: what is sound, and what is found (contract, sections 6 and 7, rules 14 and 19 to 21). */
class DeploymentLoadCheckEndTest {

    private final DeploymentHistory history = DeploymentHistory.withEnvironments();
    private final DeploymentFixture a = DeploymentFixture.of("a", "1.0", "qa");
    private final DeploymentFixture b = DeploymentFixture.of("b", "2.0", "qa");
    private final DeploymentFixture c = DeploymentFixture.of("c", "3.0", "qa");
    private final DeploymentFixture atOnce = DeploymentFixture.of("once", "1.0", "demo");

    @Test
    void oneThatEndsTwice() {
        history.command("deploy").starts(a).report(a, "succeeded").succeedsAndEnds(a);
        history.timer("late").ends(a, "succeeded").assertFound(Breach.DOUBLED, "ends again");
    }

    @Test
    void oneThatEndsAndNeverBegan() {
        history.command("deploy").ends(a, "cancelled").assertFound(Breach.DIFFERING, "never began");
    }

    @Test
    void oneThatNeverEnds() {
        history.command("deploy").starts(a).assertFound(Breach.LOST, "never ends, it is IN_PROGRESS");
    }

    @Test
    void successWithoutItsServiceEvent() {
        history.command("deploy").starts(a).report(a, "succeeded").ends(a, "succeeded");
        history.assertFound(Breach.DIFFERING, "ends as succeeded, its service event has revision 0");
    }

    @Test
    void aServiceEventThatComesTwice() {
        history.command("deploy").starts(a).report(a, "succeeded").succeeds(a).succeedsAndEnds(a);
        history.assertFound(Breach.DOUBLED, "succeeds, and is IN_PROGRESS");
    }

    @Test
    void aServiceEventThatComesTwiceOfOneThatSucceededAtOnce() {
        history.command("deploy").succeeds(atOnce).timer("again").succeeds(atOnce);
        history.assertFound(Breach.DOUBLED, "succeeds, and is ENDED");
    }

    @Test
    void aServiceEventOfOneThatFails() {
        history.command("deploy").starts(a).report(a, "failed").succeeds(a).ends(a, "failed");
        history.assertFound(Breach.DIFFERING, "ends as failed, its service event has revision");
    }

    @Test
    void aServiceEventThatIsNotTheLastBeforeTheEnd() {
        history.command("deploy").starts(a).report(a, "succeeded").succeeds(a).release("locked", "1.0", 3);
        history.ends(a, "succeeded").assertFound(Breach.DIFFERING, "its service event has revision");
    }

    @Test
    void anEndWithAnotherOutcomeThanItsStatusHas() {
        history.command("deploy").starts(a).report(a, "errored");
        history.life("finished", a.ends(time(0), "errored").withOutcome("failure"));
        history.assertFound(Breach.DIFFERING, "ends as errored with the outcome failure");
    }

    @Test
    void anUnknownEnd() {
        history.command("deploy").starts(a).report(a, "cancelled").ends(a, "cancelled");
        history.command("next").starts(b).command("stop").ends(b, "stopped");
        history.assertFound(Breach.DIFFERING, "ends as stopped with the outcome cancel");
    }

    @Test
    void oneIsSupersededByAnother() {
        history.command("deploy").starts(a).command("next").queued(b, "ENVIRONMENT_BUSY");
        history.command("newer").ends(b.with("supersededBy", "c"), "superseded").queued(c, "ENVIRONMENT_BUSY");
        history.report(a, "succeeded")
                .succeedsAndEnds(a)
                .starts(c)
                .report(c, "succeeded")
                .succeedsAndEnds(c)
                .assertSound();
    }

    @Test
    void oneThatIsSupersededByNobody() {
        history.command("deploy").starts(a).command("next").queued(b, "ENVIRONMENT_BUSY");
        history.command("newer").ends(b, "superseded").report(a, "succeeded").succeedsAndEnds(a);
        history.assertFound(Breach.DIFFERING, "ends as superseded, superseded by null");
    }

    @Test
    void oneThatIsSupersededByOneThatNeverWas() {
        history.command("deploy").starts(a).command("next").queued(b, "ENVIRONMENT_BUSY");
        history.command("newer")
                .ends(b.with("supersededBy", "z"), "superseded")
                .report(a, "succeeded")
                .succeedsAndEnds(a);
        history.assertFound(Breach.DIFFERING, "is superseded by z, of which nobody knows");
    }

    @Test
    void oneThatWasInProgressIsNotSuperseded() {
        history.command("deploy")
                .starts(a)
                .command("newer")
                .ends(a.with("supersededBy", "b"), "superseded")
                .starts(b);
        history.report(b, "succeeded")
                .succeedsAndEnds(b)
                .assertFound(Breach.DIFFERING, "ends as superseded, and had started");
    }

    @Test
    void oneThatNeverStartedDoesNotFail() {
        history.command("deploy").starts(a).command("next").queued(b, "ENVIRONMENT_BUSY");
        history.command("stop").ends(b, "failed").report(a, "succeeded").succeedsAndEnds(a);
        history.assertFound(Breach.DIFFERING, "ends as failed, and had not started");
    }
}
