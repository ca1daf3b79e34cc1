package dev.lockstep.faults;

import dev.lockstep.faults.Findings.Breach;
import org.junit.jupiter.api.Test;

/** Statuses beside the events that they tell of: what is sound, and what is found (contract, sections 6 and 7). */
class LivesCheckStatusTest {

    private final LiveOne a = LiveOne.of("a", "1.0", "qa");
    private final LiveOne b = LiveOne.of("b", "2.0", "qa");
    private final LiveOne c = LiveOne.of("c", "3.0", "qa");

    /** With a in progress, and b and c behind it. */
    private final LivesHistory history = LivesHistory.begun()
            .command("first")
            .starts(a)
            .command("second")
            .queued(b, "ENVIRONMENT_BUSY")
            .command("third")
            .queued(c, "ENVIRONMENT_BUSY", "QUEUED_BEHIND");

    private static LiveStatus qa() {
        return LiveStatus.ofEnvironment("qa");
    }

    private LivesHistory ended() {
        history.report(a, "succeeded").isDone(a).starts(b).waits(c, "ENVIRONMENT_BUSY");
        history.report(b, "failed").ends(b, "failed").starts(c);
        return history.report(c, "succeeded").isDone(c);
    }

    @Test
    void statusesSayWhatTheEventsSay() {
        history.status(qa().active(a).waiting(b, c));
        history.status(LiveStatus.ofRelease("1.0").onItsWay(a))
                .status(LiveStatus.ofRelease("3.0").onItsWay(c));
        history.report(a, "succeeded").isDone(a).starts(b).waits(c, "ENVIRONMENT_BUSY");
        history.status(qa().active(b).current(a).last(a).waiting(c)).status(LiveStatus.ofRelease("1.0"));
        history.report(b, "failed").ends(b, "failed").starts(c);
        history.status(qa().active(c).current(a).last(b));
        history.report(c, "succeeded").isDone(c).status(qa().current(c).last(c));
        history.status(LiveStatus.ofRelease("3.0")).isSound();
    }

    @Test
    void anotherInProgress() {
        history.status(qa().active(b).waiting(b, c));
        ended().status(qa().current(c).last(c)).isFound(Breach.DIFFERING, "active is b, by the events a");
    }

    @Test
    void nothingInProgress() {
        history.status(qa().waiting(b, c));
        ended().status(qa().current(c).last(c)).isFound(Breach.DIFFERING, "active is null, by the events a");
    }

    @Test
    void anotherOrderOfThoseThatWait() {
        history.status(qa().active(a).waiting(c, b));
        ended().status(qa().current(c).last(c)).isFound(Breach.DIFFERING, "waiting is [c, b], by the events [b, c]");
    }

    @Test
    void anotherThatIsCurrent() {
        ended().status(qa().current(a).last(c)).isFound(Breach.DIFFERING, "current is a, by the events c");
    }

    @Test
    void anotherThatWasTheLast() {
        ended().status(qa().current(c).last(b)).isFound(Breach.DIFFERING, "lastDeployment is b, by the events c");
    }

    @Test
    void aReleaseThatIsNotOnItsWay() {
        history.status(LiveStatus.ofRelease("2.0"));
        ended().isFound(Breach.DIFFERING, "active in qa is null, by the events b");
    }

    @Test
    void aReleaseThatIsStillOnItsWay() {
        ended().status(LiveStatus.ofRelease("2.0").onItsWay(b));
        history.isFound(Breach.DIFFERING, "active in qa is b, by the events null");
    }

    /** Several changes of one key may be folded into the last. */
    @Test
    void statusesInBetweenMayBeLeftOut() {
        history.status(qa().active(a).waiting(b, c));
        ended().status(qa().current(c).last(c)).isSound();
    }

    @Test
    void aStatusMayBeReadBeforeItsEvents() {
        history.status(history.revision() + 8, qa().current(c).last(c));
        ended().isSound();
    }

    @Test
    void aStatusThatIsReadLateIsHeldAgainstItsOwnRevision() {
        long then = history.revision();
        ended().status(then, qa().active(a).waiting(b, c))
                .status(qa().current(c).last(c))
                .isSound();
    }

    @Test
    void aStatusWithoutItsEvents() {
        ended().status(history.revision() + 1, qa().current(c).last(c));
        history.isFound(Breach.TORN, "there is no event beyond " + history.revision());
    }

    @Test
    void aLatestStatusThatIsNotTheLatestState() {
        history.status(LiveStatus.ofRelease("2.0").onItsWay(b));
        ended().isFound(Breach.LOST, "no other came, and active in qa is b, by the events null");
    }

    /** An undeploy is that of what was current when it was asked for, until it starts. */
    @Test
    void anUndeployMovesFromOneReleaseToAnother() {
        LiveOne undeploy = LiveOne.of("u", "1.0", "qa").with("action", "undeploy");
        history.report(a, "succeeded").isDone(a).starts(b).waits(c, "ENVIRONMENT_BUSY");
        history.command("undeploy").queued(undeploy, "ENVIRONMENT_BUSY", "QUEUED_BEHIND");
        history.status(LiveStatus.ofRelease("1.0").onItsWay(undeploy));
        history.command("cancel").ends(c, "cancelled").waits(undeploy, "ENVIRONMENT_BUSY");
        history.report(b, "succeeded").isDone(b).starts(undeploy.with("release", "2.0"));
        history.status(LiveStatus.ofRelease("1.0"))
                .status(LiveStatus.ofRelease("2.0").onItsWay(undeploy));
        history.report(undeploy, "succeeded")
                .isDone(undeploy)
                .status(LiveStatus.ofRelease("2.0"))
                .isSound();
    }
}
