package dev.lockstep.faults;

import static dev.lockstep.faults.LivesHistory.data;
import static dev.lockstep.faults.LivesHistory.sent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.Kind;
import dev.lockstep.model.Sent;
import org.junit.jupiter.api.Test;

/** Results, reports and timers beside what they brought about: what is sound, and what is found (contract, sections 3, 4 and 7). */
class LivesCheckCommandsTest {

    private final LivesHistory history = LivesHistory.begun();
    private final LiveOne a = LiveOne.of("a", "1.0", "qa");
    private final LiveOne b = LiveOne.of("b", "2.0", "qa");
    private final LiveOne once = LiveOne.of("once", "1.0", "demo");
    private final Sent deploy = sent("deploy", Kind.DEPLOY, data());

    private static void refused(ObjectNode result, String code) {
        result.put("outcome", "rejected").putObject("problem").put("code", code);
    }

    @Test
    void somethingThatNobodyAskedFor() {
        history.nobody().succeeds(once).isFound(Breach.DIFFERING, "Revision 3 is of no accepted command");
    }

    @Test
    void somethingThatARefusedCommandDid() {
        history.command(deploy).succeeds(once).result(result -> refused(result, "NOT_THERE"));
        history.isFound(Breach.DIFFERING, "Revision 3 is of no accepted command");
    }

    @Test
    void somethingThatADryRunDid() {
        history.command(sent("dry", Kind.DEPLOY, data().put("dryRun", true))).succeeds(once);
        history.result(result -> result.put("dryRun", true)).isFound(Breach.DIFFERING, "is of no accepted command");
    }

    @Test
    void aResultThatWasToldAnotherRevisionThanItsEvents() {
        history.command(deploy).succeeds(once).result(result -> result.put("revision", 2));
        history.isFound(Breach.TORN, "was told revision 2, its events 3");
    }

    @Test
    void somethingOfACommandAfterItsResult() {
        history.command(deploy)
                .starts(a)
                .result(result -> {})
                .report(a, "succeeded")
                .isDone(a);
        history.command(deploy)
                .result(deploy, result -> result.put("duplicate", true).put("revision", 3))
                .succeeds(once);
        history.isFound(Breach.TORN, "was told revision 3, its events 6");
    }

    @Test
    void aCommandMayChangeNothing() {
        history.command("nothing").result(result -> {}).isSound();
    }

    @Test
    void aForgedTimerMayBringAboutWhatIsDue() {
        history.command("deploy").queued(a.notBefore(5), "NOT_BEFORE");
        history.at(5).timer(Lives.FORGER, LivesHistory.APPLICATION, "forged-1").starts(a);
        history.timer(Lives.FORGER, "shop", "forged-2")
                .report(a, "succeeded")
                .isDone(a)
                .isSound();
    }

    @Test
    void aTimerOfTheWorkerWhereNothingIsEverDue() {
        history.timer("/lockstep", "shop", "t-1").isFound(Breach.DIFFERING, "in which nothing is ever due");
    }

    @Test
    void anEndThatWasReportedIsHowItEnds() {
        history.command("deploy").starts(a).report(a, "errored").ends(a, "errored");
        history.at(9).report(a, "errored").isSound();
    }

    @Test
    void anEndThatWasAcceptedAndIsNotHowItEnded() {
        history.command("deploy")
                .starts(a)
                .report(a, "succeeded")
                .command("cancel")
                .ends(a, "cancelled");
        history.isFound(Breach.LOST, "ended as cancelled, but accepted was Report");
    }

    @Test
    void anEndThatWasAcceptedOfOneThatGoesOn() {
        history.command("deploy").starts(a).report(a, "succeeded");
        history.areFound(Breach.LOST, "ended as null, but accepted was", Breach.LOST, "never ends");
    }

    @Test
    void aReportThatWasAcceptedOfNoDeployment() {
        history.report(a, "succeeded").isFound(Breach.DIFFERING, "A report was accepted of no deployment");
    }

    @Test
    void aHeartbeatThatWasAcceptedAfterTheEnd() {
        history.command("deploy")
                .starts(a)
                .report(a, "failed")
                .ends(a, "failed")
                .at(1)
                .report(a, "in_progress");
        history.isFound(Breach.DIFFERING, "was not in progress when this was accepted");
    }

    @Test
    void aHeartbeatThatWasAcceptedBeforeTheStart() {
        history.command("deploy")
                .starts(a)
                .command("next")
                .queued(b, "ENVIRONMENT_BUSY")
                .report(b, "in_progress");
        history.at(1)
                .report(a, "succeeded")
                .isDone(a)
                .starts(b)
                .report(b, "succeeded")
                .isDone(b);
        history.isFound(Breach.DIFFERING, "was not in progress when this was accepted");
    }

    @Test
    void aResendIsToldTheSame() {
        history.command(deploy).succeeds(once).result(result -> {});
        history.command("next").succeeds(LiveOne.of("twice", "2.0", "demo"));
        history.command(deploy)
                .result(result -> result.put("duplicate", true).put("revision", 3))
                .isSound();
    }

    @Test
    void aResendThatIsJudgedAnew() {
        history.command(deploy).succeeds(once).result(result -> {});
        history.command(deploy).result(result -> {}).isFound(Breach.DOUBLED, "of deploy is");
    }

    @Test
    void aResendThatIsToldSomethingElse() {
        history.command(deploy).succeeds(once).result(result -> {});
        history.command(deploy).result(result -> refused(result.put("duplicate", true), "NOT_THERE"));
        history.isFound(Breach.DOUBLED, "of deploy is");
    }

    @Test
    void theFirstIsNoResend() {
        history.command(deploy).result(result -> result.put("duplicate", true));
        history.isFound(Breach.DIFFERING, "duplicate, and it is the first");
    }

    @Test
    void anIdIsUsedForSomethingElse() {
        history.command(deploy).result(result -> {});
        Sent other = sent("deploy", Kind.REDEPLOY, data());
        history.command(other).result(result -> refused(result, "ID_REUSED"));
        history.command(other)
                .result(result -> refused(result, "INVALID_COMMAND"))
                .isSound();
    }

    @Test
    void anIdThatIsUsedForSomethingElseAndTakenForTheFirst() {
        history.command(deploy).result(result -> {});
        history.command(sent("deploy", Kind.REDEPLOY, data())).result(result -> {});
        history.isFound(Breach.DIFFERING, "the id was used, and it is");
    }

    /** Section 4: the first three codes do not take the id, and need not say that it was a dry run. */
    @Test
    void whatIsRefusedForItsFormDoesNotTakeTheId() {
        for (String code : new String[] {"UNKNOWN_COMMAND", "INVALID_COMMAND", "KEY_MISMATCH"}) {
            Sent dry = sent(code, Kind.DEPLOY, data().put("dryRun", true));
            history.command(dry).result(result -> refused(result, code));
            Sent sent = sent(code, Kind.DEPLOY, data());
            history.command(sent).result(result -> refused(result, code));
            history.command(sent).result(result -> refused(result, code));
        }
        history.isSound();
    }

    @Test
    void aDryRunDoesNotTakeTheId() {
        history.command(sent("deploy", Kind.DEPLOY, data().put("dryRun", true)))
                .result(result -> result.put("dryRun", true));
        history.command(deploy).succeeds(once).isSound();
    }

    @Test
    void aDryRunThatDoesNotSaySo() {
        history.command(sent("dry", Kind.DEPLOY, data().put("dryRun", true))).result(result -> {});
        history.isFound(Breach.DIFFERING, "dryRun is null");
    }

    @Test
    void aResultThatIsSaidToBeOfAnotherCommand() {
        history.command(deploy).result(result -> result.put("commandType", Kind.REDEPLOY.type()));
        history.isFound(Breach.DIFFERING, "commandType is");
    }
}
