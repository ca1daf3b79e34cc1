package dev.lockstep.faults;

import dev.lockstep.faults.Findings.Breach;
import org.junit.jupiter.api.Test;

/** Statuses compared with the events that they reflect: what is sound, and what is found (contract, sections 6 and 7). */
class DeploymentLoadCheckStatusTest {

    private final DeploymentFixture a = DeploymentFixture.of("a", "1.0", "qa");
    private final DeploymentFixture b = DeploymentFixture.of("b", "2.0", "qa");
    private final DeploymentFixture c = DeploymentFixture.of("c", "3.0", "qa");

    /** With a in progress, and b and c behind it. */
    private final DeploymentHistory history = DeploymentHistory.withEnvironments()
            .command("first")
            .starts(a)
            .command("second")
            .queued(b, "ENVIRONMENT_BUSY")
            .command("third")
            .queued(c, "ENVIRONMENT_BUSY", "QUEUED_BEHIND");

    private static StatusFixture qa() {
        return StatusFixture.ofEnvironment("qa");
    }

    private DeploymentHistory ended() {
        history.report(a, "succeeded").succeedsAndEnds(a).starts(b).waits(c, "ENVIRONMENT_BUSY");
        history.report(b, "failed").ends(b, "failed").starts(c);
        return history.report(c, "succeeded").succeedsAndEnds(c);
    }

    @Test
    void statusesSayWhatTheEventsSay() {
        history.status(qa().active(a).waiting(b, c));
        history.status(StatusFixture.ofRelease("1.0").onItsWay(a))
                .status(StatusFixture.ofRelease("3.0").onItsWay(c));
        history.report(a, "succeeded").succeedsAndEnds(a).starts(b).waits(c, "ENVIRONMENT_BUSY");
        history.status(qa().active(b).current(a).last(a).waiting(c)).status(StatusFixture.ofRelease("1.0"));
        history.report(b, "failed").ends(b, "failed").starts(c);
        history.status(qa().active(c).current(a).last(b));
        history.report(c, "succeeded").succeedsAndEnds(c).status(qa().current(c).last(c));
        history.status(StatusFixture.ofRelease("3.0")).assertSound();
    }

    @Test
    void anotherInProgress() {
        history.status(qa().active(b).waiting(b, c));
        ended().status(qa().current(c).last(c)).assertFound(Breach.DIFFERING, "active is b, by the events a");
    }

    @Test
    void nothingInProgress() {
        history.status(qa().waiting(b, c));
        ended().status(qa().current(c).last(c)).assertFound(Breach.DIFFERING, "active is null, by the events a");
    }

    @Test
    void anotherOrderOfThoseThatWait() {
        history.status(qa().active(a).waiting(c, b));
        ended().status(qa().current(c).last(c))
                .assertFound(Breach.DIFFERING, "waiting is [c, b], by the events [b, c]");
    }

    @Test
    void anotherThatIsCurrent() {
        ended().status(qa().current(a).last(c)).assertFound(Breach.DIFFERING, "current is a, by the events c");
    }

    @Test
    void anotherThatWasTheLast() {
        ended().status(qa().current(c).last(b)).assertFound(Breach.DIFFERING, "lastDeployment is b, by the events c");
    }

    @Test
    void aReleaseThatIsNotOnItsWay() {
        history.status(StatusFixture.ofRelease("2.0"));
        ended().assertFound(Breach.DIFFERING, "active in qa is null, by the events b");
    }

    @Test
    void aReleaseThatIsStillOnItsWay() {
        ended().status(StatusFixture.ofRelease("2.0").onItsWay(b));
        history.assertFound(Breach.DIFFERING, "active in qa is b, by the events null");
    }

    /** Several changes of one key may be folded into the last. */
    @Test
    void statusesInBetweenMayBeLeftOut() {
        history.status(qa().active(a).waiting(b, c));
        ended().status(qa().current(c).last(c)).assertSound();
    }

    /** Such as of a release that a cancelled deployment was to bring somewhere, and that was deleted right after it. */
    @Test
    void statusesBeforeATombstoneMayBeLeftOut() {
        history.status(StatusFixture.ofRelease("2.0").onItsWay(b));
        ended().tombstone(StatusFixture.ofRelease("2.0")).assertSound();
    }

    @Test
    void aTombstoneEndsOnlyWhatCameBeforeIt() {
        history.status(StatusFixture.ofRelease("2.0").onItsWay(b)).tombstone(StatusFixture.ofRelease("2.0"));
        history.status(StatusFixture.ofRelease("2.0").onItsWay(b));
        ended().assertFound(Breach.LOST, "no other came, and active in qa is b, by the events null");
    }

    @Test
    void aStatusMayBeReadBeforeItsEvents() {
        history.status(history.revision() + 8, qa().current(c).last(c));
        ended().assertSound();
    }

    @Test
    void aStatusThatIsReadLateIsHeldAgainstItsOwnRevision() {
        long then = history.revision();
        ended().status(then, qa().active(a).waiting(b, c))
                .status(qa().current(c).last(c))
                .assertSound();
    }

    @Test
    void aStatusWithoutItsEvents() {
        ended().status(history.revision() + 1, qa().current(c).last(c));
        history.assertFound(Breach.TORN, "there is no event beyond " + history.revision());
    }

    @Test
    void aLatestStatusThatIsNotTheLatestState() {
        history.status(StatusFixture.ofRelease("2.0").onItsWay(b));
        ended().assertFound(Breach.LOST, "no other came, and active in qa is b, by the events null");
    }

    /** Until it starts, an undeploy concerns what was current when it was requested. */
    @Test
    void anUndeployMovesFromOneReleaseToAnother() {
        DeploymentFixture undeploy = DeploymentFixture.of("u", "1.0", "qa").with("action", "undeploy");
        history.report(a, "succeeded").succeedsAndEnds(a).starts(b).waits(c, "ENVIRONMENT_BUSY");
        history.command("undeploy").queued(undeploy, "ENVIRONMENT_BUSY", "QUEUED_BEHIND");
        history.status(StatusFixture.ofRelease("1.0").onItsWay(undeploy));
        history.command("cancel").ends(c, "cancelled").waits(undeploy, "ENVIRONMENT_BUSY");
        history.report(b, "succeeded").succeedsAndEnds(b).starts(undeploy.with("release", "2.0"));
        history.status(StatusFixture.ofRelease("1.0"))
                .status(StatusFixture.ofRelease("2.0").onItsWay(undeploy));
        history.report(undeploy, "succeeded")
                .succeedsAndEnds(undeploy)
                .status(StatusFixture.ofRelease("2.0"))
                .assertSound();
    }
}
