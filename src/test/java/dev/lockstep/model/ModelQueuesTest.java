package dev.lockstep.model;

import static dev.lockstep.model.ModelScenario.data;
import static dev.lockstep.model.ModelScenario.facts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the model against rules 4, 14, 19 to 22, 27 and 28 on deployments that wait. */
class ModelQueuesTest {

    private final ModelScenario story = ModelScenario.withClock();

    @BeforeEach
    void fourReleasesAndAReportedEnvironment() {
        List.of("A", "B", "C", "D").forEach(story::create);
        story.policy("staging", "completion", "reported");
    }

    @Test
    void queuedDeploymentsStartInTheOrderOfTheirRequests() {
        story.policy("staging", "whenBusy", "queue");
        ExpectedOutcome a = story.deploy("A", "staging");
        ExpectedOutcome b = story.deploy("B", "staging");
        ExpectedOutcome c = story.deploy("C", "staging");

        assertThat(facts(b)).containsExactly("DEPLOYMENT_QUEUED", "RELEASE_LOCKED");
        assertThat(b.deploymentStatus()).isEqualTo("pending");
        assertThat(codes(b)).containsExactly("ENVIRONMENT_BUSY");
        assertThat(codes(c)).containsExactly("ENVIRONMENT_BUSY", "QUEUED_BEHIND");
        assertThat(c.made().blockedBy().get(0).by()).isEqualTo(a.made().revision());
        assertThat(c.made().blockedBy().get(1).by()).isEqualTo(b.made().revision());
        assertThat(positions()).containsExactly(1, 2);
        assertThat(lock("B")).isEqualTo("WAITING");

        ExpectedOutcome ended = story.report(a, "failed");

        assertThat(facts(ended)).containsExactly("DEPLOYMENT_FINISHED", "DEPLOYMENT_STARTED", "DEPLOYMENT_WAITING");
        assertThat(story.active("staging")).isEqualTo(b.made().revision());
        assertThat(lock("B")).isEqualTo("DEPLOYED");
        assertThat(story.waiting("staging")).containsExactly("C");
        assertThat(story.report(c, "in_progress").code()).isEqualTo(ExpectedRefusal.NOT_STARTED);
    }

    @Test
    void aNewerDeploymentSupersedesTheWaitingOneWhichReleasesItsLock() {
        ExpectedOutcome a = story.deploy("A", "staging");
        ExpectedOutcome b = story.deploy("B", "staging");
        ExpectedOutcome c = story.deploy("C", "staging");

        assertThat(facts(c))
                .containsExactly("DEPLOYMENT_FINISHED", "RELEASE_UNLOCKED", "DEPLOYMENT_QUEUED", "RELEASE_LOCKED");
        ExpectedDeployment given = c.events().get(0).deployment();
        assertThat(given.status()).isEqualTo("superseded");
        assertThat(given.supersededBy()).isEqualTo(c.made().revision());
        assertThat(given.outcome()).isEqualTo("cancel");
        assertThat(story.delete("B").code()).isNull();
        assertThat(story.report(b, "succeeded").code()).isEqualTo(ExpectedRefusal.DEPLOYMENT_NOT_ACTIVE);
        story.report(a, "succeeded");
        assertThat(story.active("staging")).isEqualTo(c.made().revision());
    }

    @Test
    void aFullQueueABusyEnvironmentAndAnImpatientClientAreRefused() {
        story.policy("staging", "whenBusy", "queue", "maxQueued", "1");
        ExpectedOutcome a = story.deploy("A", "staging");
        assertThat(story.submit(CommandKind.DEPLOY, deployment("B").put("ifBlocked", "reject"))
                        .code())
                .isEqualTo(ExpectedRefusal.BLOCKED);
        story.deploy("B", "staging");
        ExpectedOutcome full = story.deploy("C", "staging");
        assertThat(full.code()).isEqualTo(ExpectedRefusal.QUEUE_FULL);
        assertThat(story.submit(CommandKind.DEPLOY, deployment("C").put("notBefore", story.in(60)))
                        .code())
                .isNull();

        story.policy("staging", "whenBusy", "reject");
        ExpectedOutcome busy = story.deploy("D", "staging");
        assertThat(busy.code()).isEqualTo(ExpectedRefusal.ENVIRONMENT_BUSY);
        assertThat(busy.details().deployment()).isEqualTo(a.made().revision());
        assertThat(story.waiting("staging")).containsExactly("B", "C");
    }

    @Test
    void atMostFiftyWaitWhateverTheReason() {
        for (int i = 0; i < 50; i++) {
            story.create("R" + i);
            assertThat(story.submit(CommandKind.DEPLOY, deployment("R" + i).put("notBefore", story.in(60)))
                            .code())
                    .isNull();
        }

        assertThat(story.submit(CommandKind.DEPLOY, deployment("A").put("notBefore", story.in(60)))
                        .code())
                .isEqualTo(ExpectedRefusal.QUEUE_FULL);
        assertThat(story.deploy("A", "staging").code()).isNull();
    }

    @Test
    void atMostAHundredWaitInAllEnvironmentsNotCountingSupersededOnes() {
        ModelScenario crowded = new ModelScenario();

        List<ExpectedRefusal> refused = BulkCommands.ofWaiting(ModelScenario.APPLICATION).stream()
                .map(sent -> crowded.submit(sent).code())
                .filter(Objects::nonNull)
                .toList();

        assertThat(refused).hasSize(5).containsOnly(ExpectedRefusal.QUEUE_FULL);
        assertThat(crowded.waiting("staging")).hasSize(48);
        assertThat(crowded.waiting("qa")).hasSize(50).endsWith("0.52");
        assertThat(crowded.waiting("production")).containsExactly("0.2", "0.1");
        assertThat(crowded.active("production")).isPositive();
    }

    @Test
    void anUnfinishedDeploymentIsNotRequestedAgain() {
        ExpectedOutcome a = story.deploy("A", "staging");
        ExpectedOutcome again = story.deploy("A", "staging");

        assertThat(again.code()).isEqualTo(ExpectedRefusal.ALREADY_ON_ITS_WAY);
        assertThat(again.details().deployment()).isEqualTo(a.made().revision());
    }

    @Test
    void oneThatWaitsForItsTimeStartsThenAndIsNotInTheWayBefore() {
        ExpectedOutcome a = story.submit(CommandKind.DEPLOY, deployment("A").put("notBefore", story.in(60)));
        assertThat(facts(a)).containsExactly("DEPLOYMENT_QUEUED", "RELEASE_LOCKED");
        assertThat(codes(a)).containsExactly("NOT_BEFORE");
        ExpectedEnvironment.WaitingDeployment waiter =
                story.environment("staging").waiting().get(0);
        assertThat(waiter.position()).isZero();
        assertThat(ExpectedDeployment.earliestStart(waiter.deployment().blockedBy()))
                .isEqualTo(Instant.parse(story.in(60)));

        ExpectedOutcome b = story.deploy("B", "staging");
        assertThat(facts(b)).containsExactly("DEPLOYMENT_STARTED", "RELEASE_LOCKED", "DEPLOYMENT_WAITING");
        ExpectedOutcome c = story.deploy("C", "staging");
        assertThat(facts(c)).containsExactly("DEPLOYMENT_QUEUED", "RELEASE_LOCKED");
        assertThat(story.after(59).timer().events()).isEmpty();

        ExpectedOutcome joined = story.after(1).timer();
        assertThat(facts(joined)).containsExactly("DEPLOYMENT_FINISHED", "RELEASE_UNLOCKED");
        assertThat(joined.events().get(0).deployment().supersededBy())
                .isEqualTo(c.made().revision());
        assertThat(story.active("staging")).isEqualTo(b.made().revision());
    }

    @Test
    void aDeploymentWhoseTimeHasComeJoinsTheQueueAtTheTimeOfItsRequest() {
        story.policy("staging", "whenBusy", "queue");
        ExpectedOutcome a = story.deploy("A", "staging");
        ExpectedOutcome b = story.submit(CommandKind.DEPLOY, deployment("B").put("notBefore", story.in(5)));
        ExpectedOutcome c = story.deploy("C", "staging");
        assertThat(codes(b)).containsExactly("NOT_BEFORE", "ENVIRONMENT_BUSY");
        assertThat(codes(c)).containsExactly("ENVIRONMENT_BUSY");

        assertThat(facts(story.after(5).timer())).containsExactly("DEPLOYMENT_WAITING", "DEPLOYMENT_WAITING");
        assertThat(positions()).containsExactly(1, 2);
        story.report(a, "succeeded");
        assertThat(story.active("staging")).isEqualTo(b.made().revision());
    }

    @Test
    void aTimeInThePastHasNoEffect() {
        assertThat(story.submit(CommandKind.DEPLOY, deployment("A").put("notBefore", story.in(-1)))
                        .deploymentStatus())
                .isEqualTo("in_progress");
    }

    @Test
    void whatHasNotStartedInTimeExpires() {
        ExpectedOutcome past = story.submit(CommandKind.DEPLOY, deployment("A").put("expiresAt", story.in(0)));
        assertThat(past.code()).isEqualTo(ExpectedRefusal.EXPIRED);
        story.deploy("A", "staging");
        story.submit(CommandKind.DEPLOY, deployment("B").put("expiresAt", story.in(10)));

        assertThat(story.after(9).timer().events()).isEmpty();
        ExpectedOutcome expired = story.after(1).timer();

        assertThat(facts(expired)).containsExactly("DEPLOYMENT_FINISHED", "RELEASE_UNLOCKED");
        assertThat(expired.events().get(0).deployment().status()).isEqualTo("expired");
        assertThat(expired.answer()).isEqualTo(ExpectedOutcome.Response.NOTHING);
    }

    @Test
    void whatIsTooLateDoesNotStartThoughNoTimerCame() {
        ExpectedOutcome a = story.deploy("A", "staging");
        story.submit(CommandKind.DEPLOY, deployment("B").put("expiresAt", story.in(10)));

        ExpectedOutcome ended = story.after(11).report(a, "failed");

        assertThat(facts(ended)).containsExactly("DEPLOYMENT_FINISHED", "DEPLOYMENT_FINISHED", "RELEASE_UNLOCKED");
        assertThat(ended.events().get(1).deployment().status()).isEqualTo("expired");
        assertThat(story.active("staging")).isZero();
    }

    @Test
    void oneThatWaitsIsCancelledAtOnce() {
        story.deploy("A", "staging");
        ExpectedOutcome b = story.deploy("B", "staging");

        ExpectedOutcome cancelled = story.cancel(b);

        assertThat(facts(cancelled)).containsExactly("DEPLOYMENT_FINISHED", "RELEASE_UNLOCKED");
        assertThat(cancelled.deploymentStatus()).isEqualTo("cancelled");
        assertThat(story.cancel(b).events()).isEmpty();
        assertThat(story.report(b, "cancelled").code()).isNull();
    }

    @Test
    void whatRefusesItAtItsStartEndsIt() {
        story.policy("staging", "whenBusy", "queue");
        ExpectedOutcome c = story.deploy("C", "staging");
        ExpectedOutcome b = story.deploy("B", "staging");
        ExpectedOutcome d = story.deploy("D", "staging");
        ObjectNode onlyNewer = data().put("environment", "staging");
        onlyNewer.putObject("policy").put("onlyNewer", true);
        story.submit(CommandKind.CONFIGURE, onlyNewer);

        ExpectedOutcome ended = story.report(c, "succeeded");

        assertThat(facts(ended))
                .containsExactly(
                        "SERVICE_DEPLOYED",
                        "DEPLOYMENT_FINISHED",
                        "DEPLOYMENT_FINISHED",
                        "RELEASE_UNLOCKED",
                        "DEPLOYMENT_STARTED");
        ExpectedDeployment refused = ended.events().get(2).deployment();
        assertThat(refused.revision()).isEqualTo(b.made().revision());
        assertThat(refused.status()).isEqualTo("cancelled");
        assertThat(refused.endedBy()).isEqualTo(ExpectedRefusal.OLDER_THAN_CURRENT);
        assertThat(story.active("staging")).isEqualTo(d.made().revision());
    }

    @Test
    void aRollbackSupersedesAllThatWaitForOthersAlone() {
        story.policy("staging", "whenBusy", "queue");
        story.report(story.deploy("A", "staging"), "succeeded");
        ExpectedOutcome b = story.deploy("B", "staging");
        story.deploy("C", "staging");
        story.submit(CommandKind.DEPLOY, deployment("D").put("notBefore", story.in(60)));

        ExpectedOutcome back = story.rollback("staging");

        assertThat(facts(back).subList(0, 2)).containsExactly("DEPLOYMENT_FINISHED", "RELEASE_UNLOCKED");
        assertThat(story.waiting("staging")).containsExactly("D", "A");
        assertThat(story.environment("staging").waiting().get(1).deployment().action())
                .isEqualTo("rollback");
        story.report(b, "failed");
        assertThat(story.environment("staging").active().isRedeploy()).isTrue();
    }

    @Test
    void aRollbackToWhatIsStillCurrentIsNotNeededWhenNothingFailed() {
        story.report(story.deploy("A", "staging"), "succeeded");
        ExpectedOutcome undeploy = story.undeploy("staging");
        ExpectedOutcome back = story.rollback("staging", "A");
        assertThat(back.deploymentStatus()).isEqualTo("pending");
        story.report(undeploy, "failed");
        long redeploy = story.active("staging");
        assertThat(redeploy).isEqualTo(back.made().revision());
        story.report(redeploy, "succeeded");
        assertThat(story.rollback("staging", "A").code()).isEqualTo(ExpectedRefusal.ALREADY_CURRENT);

        ExpectedOutcome again = story.submit(CommandKind.REDEPLOY, data().put("environment", "staging"));
        assertThat(story.rollback("staging", "A").code()).isEqualTo(ExpectedRefusal.ALREADY_ON_ITS_WAY);
        story.report(again, "succeeded");
    }

    @Test
    void aRestoreGoesAheadOfAllThatWait() {
        story.policy("staging", "whenBusy", "queue", "onFailure", "restore");
        story.report(story.deploy("A", "staging"), "succeeded");
        ExpectedOutcome b = story.deploy("B", "staging");
        story.deploy("C", "staging");
        ExpectedOutcome back = story.rollback("staging", "A");
        ExpectedOutcome d = story.deploy("D", "staging");

        story.report(b, "failed");
        assertThat(story.environment("staging").active().restoreOf())
                .isEqualTo(b.made().revision());
        assertThat(story.waiting("staging")).containsExactly("A", "D");

        ExpectedOutcome restored = story.report(story.active("staging"), "succeeded");
        assertThat(restored.events().get(2).deployment().revision())
                .isEqualTo(back.made().revision());
        assertThat(restored.events().get(2).deployment().endedBy()).isEqualTo(ExpectedRefusal.ALREADY_CURRENT);
        assertThat(story.active("staging")).isEqualTo(d.made().revision());
    }

    @Test
    void anUndeployTakesWhatIsCurrentWhenItStarts() {
        story.report(story.deploy("A", "staging"), "succeeded");
        story.policy("staging", "whenBusy", "queue");
        ExpectedOutcome b = story.deploy("B", "staging");
        ExpectedOutcome first = story.undeploy("staging");

        story.report(b, "succeeded");
        assertThat(story.environment("staging").active().release()).isEqualTo("B");
        ExpectedOutcome redeploy = story.submit(CommandKind.REDEPLOY, data().put("environment", "staging"));
        ExpectedOutcome emptied = story.report(first, "succeeded");

        assertThat(story.environment("staging").current()).isNull();
        assertThat(emptied.events().get(2).deployment().endedBy()).isEqualTo(ExpectedRefusal.NOTHING_LEFT);
        assertThat(story.cancel(redeploy).code()).isNull();
    }

    @Test
    void aDeploymentThatWaitedInAnImmediateEnvironmentPublishesItsWholeLife() {
        story.policy("staging", "completion", "immediate");
        ExpectedOutcome a = story.submit(CommandKind.DEPLOY, deployment("A").put("notBefore", story.in(5)));

        ExpectedOutcome started = story.after(5).timer();

        assertThat(facts(started)).containsExactly("DEPLOYMENT_STARTED", "SERVICE_DEPLOYED", "DEPLOYMENT_FINISHED");
        assertThat(started.events().get(0).deployment().revision())
                .isEqualTo(a.made().revision());
        assertThat(started.events().get(0).correlations())
                .isEqualTo(a.events().get(0).correlations());
    }

    @Test
    void anUnknownApplicationsTimerFindsNothing() {
        ModelScenario other = ModelScenario.withClock();

        ExpectedOutcome timer = other.timer();

        assertThat(timer.events()).isEmpty();
        assertThat(timer.answer()).isEqualTo(ExpectedOutcome.Response.NOTHING);
        assertThat(other.model.applications()).isEmpty();
    }

    private static ObjectNode deployment(String release) {
        return data().put("release", release).put("environment", "staging");
    }

    private static List<String> codes(ExpectedOutcome asked) {
        return asked.made().blockedBy().stream().map(ExpectedBlocker::code).toList();
    }

    private List<Integer> positions() {
        return story.environment("staging").waiting().stream()
                .map(ExpectedEnvironment.WaitingDeployment::position)
                .toList();
    }

    private String lock(String release) {
        return story.release(release).locks().get("staging").code();
    }
}
