package dev.lockstep.faults;

import static dev.lockstep.faults.DeploymentHistory.data;
import static dev.lockstep.faults.DeploymentHistory.sent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.SentCommand;
import org.junit.jupiter.api.Test;

/** Results, reports and timers compared with their effects: what is sound, and what is found (contract, sections 3, 4 and 7). */
class DeploymentLoadCheckCommandsTest {

    private final DeploymentHistory history = DeploymentHistory.withEnvironments();
    private final DeploymentFixture a = DeploymentFixture.of("a", "1.0", "qa");
    private final DeploymentFixture b = DeploymentFixture.of("b", "2.0", "qa");
    private final DeploymentFixture once = DeploymentFixture.of("once", "1.0", "demo");
    private final SentCommand deploy = sent("deploy", CommandKind.DEPLOY, data());

    private static void refused(ObjectNode result, String code) {
        result.put("outcome", "rejected").putObject("problem").put("code", code);
    }

    @Test
    void anEventWithoutACommand() {
        history.withoutCause().succeeds(once).assertFound(Breach.DIFFERING, "Revision 3 is of no accepted command");
    }

    @Test
    void somethingThatARefusedCommandDid() {
        history.command(deploy).succeeds(once).result(result -> refused(result, "NOT_THERE"));
        history.assertFound(Breach.DIFFERING, "Revision 3 is of no accepted command");
    }

    @Test
    void somethingThatADryRunDid() {
        history.command(sent("dry", CommandKind.DEPLOY, data().put("dryRun", true)))
                .succeeds(once);
        history.result(result -> result.put("dryRun", true)).assertFound(Breach.DIFFERING, "is of no accepted command");
    }

    @Test
    void aResultWithARevisionOtherThanItsEvents() {
        history.command(deploy).succeeds(once).result(result -> result.put("revision", 2));
        history.assertFound(Breach.TORN, "was told revision 2, its events 3");
    }

    @Test
    void somethingOfACommandAfterItsResult() {
        history.command(deploy)
                .starts(a)
                .result(result -> {})
                .report(a, "succeeded")
                .succeedsAndEnds(a);
        history.command(deploy)
                .result(deploy, result -> result.put("duplicate", true).put("revision", 3))
                .succeeds(once);
        history.assertFound(Breach.TORN, "was told revision 3, its events 6");
    }

    @Test
    void aCommandMayChangeNothing() {
        history.command("nothing").result(result -> {}).assertSound();
    }

    @Test
    void aForgedTimerMayBringAboutWhatIsDue() {
        history.command("deploy").queued(a.notBefore(5), "NOT_BEFORE");
        history.at(5)
                .timer(DeploymentLoad.FORGER, DeploymentHistory.APPLICATION, "forged-1")
                .starts(a);
        history.timer(DeploymentLoad.FORGER, "shop", "forged-2")
                .report(a, "succeeded")
                .succeedsAndEnds(a)
                .assertSound();
    }

    @Test
    void aTimerOfTheWorkerWhereNothingIsEverDue() {
        history.timer("/lockstep", "shop", "t-1").assertFound(Breach.DIFFERING, "in which nothing is ever due");
    }

    @Test
    void anEndThatWasReportedIsHowItEnds() {
        history.command("deploy").starts(a).report(a, "errored").ends(a, "errored");
        history.at(9).report(a, "errored").assertSound();
    }

    @Test
    void anEndThatWasAcceptedAndIsNotHowItEnded() {
        history.command("deploy")
                .starts(a)
                .report(a, "succeeded")
                .command("cancel")
                .ends(a, "cancelled");
        history.assertFound(Breach.LOST, "ended as cancelled, but accepted was Report");
    }

    @Test
    void anEndThatWasAcceptedOfOneThatGoesOn() {
        history.command("deploy").starts(a).report(a, "succeeded");
        history.assertFound(Breach.LOST, "ended as null, but accepted was", Breach.LOST, "never ends");
    }

    @Test
    void aReportThatWasAcceptedOfNoDeployment() {
        history.report(a, "succeeded").assertFound(Breach.DIFFERING, "A report was accepted of no deployment");
    }

    @Test
    void aHeartbeatThatWasAcceptedAfterTheEnd() {
        history.command("deploy")
                .starts(a)
                .report(a, "failed")
                .ends(a, "failed")
                .at(1)
                .report(a, "in_progress");
        history.assertFound(Breach.DIFFERING, "was not in progress when this was accepted");
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
                .succeedsAndEnds(a)
                .starts(b)
                .report(b, "succeeded")
                .succeedsAndEnds(b);
        history.assertFound(Breach.DIFFERING, "was not in progress when this was accepted");
    }

    @Test
    void aResendGetsTheSameResult() {
        history.command(deploy).succeeds(once).result(result -> {});
        history.command("next").succeeds(DeploymentFixture.of("twice", "2.0", "demo"));
        history.command(deploy)
                .result(result -> result.put("duplicate", true).put("revision", 3))
                .assertSound();
    }

    @Test
    void aResendThatIsJudgedAnew() {
        history.command(deploy).succeeds(once).result(result -> {});
        history.command(deploy).result(result -> {}).assertFound(Breach.DOUBLED, "of deploy is");
    }

    @Test
    void aResendWithAnotherResult() {
        history.command(deploy).succeeds(once).result(result -> {});
        history.command(deploy).result(result -> refused(result.put("duplicate", true), "NOT_THERE"));
        history.assertFound(Breach.DOUBLED, "of deploy is");
    }

    @Test
    void theFirstIsNoResend() {
        history.command(deploy).result(result -> result.put("duplicate", true));
        history.assertFound(Breach.DIFFERING, "duplicate, and it is the first");
    }

    @Test
    void anIdIsUsedForSomethingElse() {
        history.command(deploy).result(result -> {});
        SentCommand other = sent("deploy", CommandKind.REDEPLOY, data());
        history.command(other).result(result -> refused(result, "ID_REUSED"));
        history.command(other)
                .result(result -> refused(result, "INVALID_COMMAND"))
                .assertSound();
    }

    @Test
    void anIdThatIsUsedForSomethingElseAndTakenForTheFirst() {
        history.command(deploy).result(result -> {});
        history.command(sent("deploy", CommandKind.REDEPLOY, data())).result(result -> {});
        history.assertFound(Breach.DIFFERING, "the id was used, and it is");
    }

    /** Section 4: the first three codes do not use up the id, and need not say that it was a dry run. */
    @Test
    void aCommandRefusedForItsFormDoesNotUseUpTheId() {
        for (String code : new String[] {"UNKNOWN_COMMAND", "INVALID_COMMAND", "KEY_MISMATCH"}) {
            SentCommand dry = sent(code, CommandKind.DEPLOY, data().put("dryRun", true));
            history.command(dry).result(result -> refused(result, code));
            SentCommand sent = sent(code, CommandKind.DEPLOY, data());
            history.command(sent).result(result -> refused(result, code));
            history.command(sent).result(result -> refused(result, code));
        }
        history.assertSound();
    }

    @Test
    void aDryRunDoesNotUseUpTheId() {
        history.command(sent("deploy", CommandKind.DEPLOY, data().put("dryRun", true)))
                .result(result -> result.put("dryRun", true));
        history.command(deploy).succeeds(once).assertSound();
    }

    @Test
    void aDryRunThatDoesNotSaySo() {
        history.command(sent("dry", CommandKind.DEPLOY, data().put("dryRun", true)))
                .result(result -> {});
        history.assertFound(Breach.DIFFERING, "dryRun is null");
    }

    @Test
    void aResultThatIsSaidToBeOfAnotherCommand() {
        history.command(deploy).result(result -> result.put("commandType", CommandKind.REDEPLOY.type()));
        history.assertFound(Breach.DIFFERING, "commandType is");
    }
}
