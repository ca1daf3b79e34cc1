package dev.lockstep.model;

import static dev.lockstep.model.ModelScenario.APPLICATION;
import static dev.lockstep.model.ModelScenario.data;
import static dev.lockstep.model.ModelScenario.facts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the model against rule 30, and against rules 20, 21, 27 and 28 on deployments whose releases must soak. */
class ModelSoakTest {

    private final ModelScenario story = ModelScenario.withClock();

    @BeforeEach
    void productionTakesWhatRanAMinuteInStaging() {
        List.of("A", "B", "C").forEach(story::create);
        story.policy("production", "soakTime", "PT60S");
    }

    @Test
    void aReleaseThatRunsLongEnoughStartsWhenATimerChecks() {
        story.deploy("A", "staging");
        ExpectedOutcome asked = story.after(20).deploy("A", "production");

        assertThat(facts(asked)).containsExactly("DEPLOYMENT_QUEUED");
        assertThat(codes(asked)).containsExactly("NOT_SOAKED");
        assertSoaksUntil(story.in(40));
        assertThat(waiter().position()).isZero();
        assertThat(story.model.due(APPLICATION)).isEqualTo(story.in(40));
        assertThat(story.after(39).timer().events()).isEmpty();

        assertThat(facts(story.after(1).timer()))
                .containsExactly("DEPLOYMENT_STARTED", "SERVICE_DEPLOYED", "DEPLOYMENT_FINISHED");
    }

    @Test
    void aReleaseThatHasRunLongEnoughStartsAtOnce() {
        story.deploy("A", "staging");

        assertThat(facts(story.after(60).deploy("A", "production"))).containsExactly("SERVICE_DEPLOYED");
    }

    @Test
    void inTheFirstEnvironmentItCountsFromItsCreation() {
        story.policy("staging", "soakTime", "PT10S");

        ExpectedOutcome asked = story.after(4).deploy("A", "staging");

        assertThat(facts(asked)).containsExactly("DEPLOYMENT_QUEUED", "RELEASE_LOCKED");
        assertThat(asked.made().blockedBy().get(0).until()).isEqualTo(story.in(6));
        assertThat(facts(story.after(6).timer())).startsWith("DEPLOYMENT_STARTED");
    }

    @Test
    void nothingElseChecksTheTime() {
        story.deploy("A", "staging");
        story.deploy("A", "production");
        story.after(70).create("D");
        story.deploy("D", "staging");

        assertThat(story.waiting("production")).containsExactly("A");
        assertSoaksUntil(story.in(0)); // it had run long enough when it was replaced
        assertThat(facts(story.policy("staging", "whenBusy", "queue"))).containsExactly("ENVIRONMENT_MODIFIED");
        assertThat(facts(story.policy("production", "whenBusy", "queue")))
                .startsWith("ENVIRONMENT_MODIFIED", "DEPLOYMENT_STARTED");
    }

    @Test
    void theSoakTimeOfTheMomentApplies() {
        story.deploy("A", "staging");
        story.deploy("A", "production");

        assertThat(facts(story.after(20).policy("production", "soakTime", "PT21S")))
                .containsExactly("ENVIRONMENT_MODIFIED");
        assertSoaksUntil(story.in(1));
        assertThat(facts(story.policy("production", "soakTime", "PT20S")))
                .startsWith("ENVIRONMENT_MODIFIED", "DEPLOYMENT_STARTED");
    }

    @Test
    void withoutASoakTimeNothingIsLeftToWaitFor() {
        story.deploy("A", "staging");
        story.deploy("A", "production");

        assertThat(facts(story.policy("production", "soakTime", null)))
                .startsWith("ENVIRONMENT_MODIFIED", "DEPLOYMENT_STARTED");
    }

    @Test
    void aReleaseThatIsReplacedTooEarlyHasToBeDeployedAgain() {
        story.deploy("A", "staging");
        ExpectedOutcome asked = story.deploy("A", "production");
        long queued = story.model.revision(APPLICATION);

        ExpectedOutcome replaced = story.after(59).deploy("B", "staging");
        assertThat(facts(replaced)).containsExactly("RELEASE_LOCKED", "SERVICE_UPGRADED");
        assertThat(reason().opensBy()).isEqualTo("actor");
        assertThat(reason().until()).isNull();
        assertThat(reason().judged()).isEqualTo(queued);
        assertThat(ExpectedDeployment.earliestStart(List.of(reason()))).isNull();
        assertThat(story.model.environments(APPLICATION).get("production").revision())
                .isEqualTo(replaced.revision());
        assertThat(story.model.due(APPLICATION)).isNull();
        assertThat(story.after(1).timer().events()).isEmpty();

        ExpectedOutcome again = story.deploy("A", "staging");
        assertThat(facts(again)).containsExactly("SERVICE_ROLLEDBACK");
        assertSoaksUntil(story.in(60));
        assertThat(story.model.environments(APPLICATION).get("production").revision())
                .isEqualTo(again.revision());
        assertThat(story.after(59).timer().events()).isEmpty();
        ExpectedOutcome started = story.after(1).timer();
        assertThat(started.events().get(0).deployment().revision())
                .isEqualTo(asked.made().revision());
    }

    @Test
    void anEmptiedEnvironmentIsNoPlaceToSoak() {
        story.deploy("A", "staging");
        story.deploy("A", "production");

        assertThat(facts(story.after(59).undeploy("staging"))).containsExactly("SERVICE_REMOVED");

        assertThat(reason().opensBy()).isEqualTo("actor");
    }

    @Test
    void whatHasSoakedStaysSo() {
        story.deploy("A", "staging");
        story.after(60).deploy("B", "staging");
        story.after(5).deploy("A", "staging");
        story.after(5).deploy("C", "staging");

        assertThat(facts(story.deploy("A", "production"))).containsExactly("SERVICE_DEPLOYED");
    }

    @Test
    void whatSoakedEarlierAndRunsAgainHasSoakedSinceItCameBack() {
        story.deploy("A", "staging");
        story.deploy("A", "production");
        story.after(60).deploy("B", "staging");
        story.after(5).deploy("A", "staging");

        assertSoaksUntil(story.in(0));
        assertThat(story.model.due(APPLICATION)).isEqualTo(story.in(0));
        assertThat(facts(story.timer())).startsWith("DEPLOYMENT_STARTED");
    }

    @Test
    void severalShortStaysAreNotALongOne() {
        story.deploy("A", "staging");
        story.after(40).deploy("B", "staging");
        story.after(40).deploy("A", "staging");
        story.after(40);

        assertThat(story.deploy("A", "production").made().blockedBy().get(0).until())
                .isEqualTo(story.in(20));
    }

    @Test
    void aRedeployAndAnAttemptThatFailsAreNoInterruptions() {
        story.deploy("A", "staging");
        story.after(20).submit(CommandKind.REDEPLOY, data().put("environment", "staging"));
        story.policy("staging", "completion", "reported");
        ExpectedOutcome b = story.after(20).deploy("B", "staging");
        story.after(10).report(b, "failed");

        assertThat(story.deploy("A", "production").made().blockedBy().get(0).until())
                .isEqualTo(story.in(10));
    }

    @Test
    void anEarlierSuccessThereAndOtherActionsNeedNoSoaking() {
        story.policy("production", "soakTime", null);
        List.of("A", "B").forEach(release -> {
            story.deploy(release, "staging");
            story.deploy(release, "production");
        });
        story.policy("production", "soakTime", "PT60S");

        assertThat(facts(story.deploy("A", "production"))).containsExactly("SERVICE_ROLLEDBACK");
        assertThat(facts(story.submit(CommandKind.REDEPLOY, data().put("environment", "production"))))
                .containsExactly("SERVICE_REDEPLOYED");
        assertThat(facts(story.rollback("production", "B"))).containsExactly("SERVICE_UPGRADED");
        assertThat(facts(story.undeploy("production"))).containsExactly("SERVICE_REMOVED");
    }

    @Test
    void aSoakingDeploymentJoinsTheQueueAtTheTimeOfItsRequestOnceItHasSoaked() {
        story.policy("production", "completion", "reported", "whenBusy", "queue", "maxQueued", "1");
        soakedInStaging("A", "B", "C");
        story.create("D");
        story.deploy("D", "staging");
        ExpectedOutcome d = story.deploy("D", "production");
        assertThat(codes(d)).containsExactly("NOT_SOAKED");
        story.deploy("A", "production");
        assertThat(codes(story.deploy("B", "production"))).containsExactly("ENVIRONMENT_BUSY");
        assertThat(story.deploy("C", "production").code()).isEqualTo(ExpectedRefusal.QUEUE_FULL);
        assertThat(codes(0)).containsExactly("NOT_SOAKED", "ENVIRONMENT_BUSY");

        assertThat(facts(story.after(60).timer())).containsExactly("DEPLOYMENT_WAITING", "DEPLOYMENT_WAITING");

        assertThat(codes(0)).containsExactly("ENVIRONMENT_BUSY");
        assertThat(codes(1)).containsExactly("ENVIRONMENT_BUSY", "QUEUED_BEHIND");
    }

    @Test
    void whatSoaksSupersedesNothingUntilItJoins() {
        story.policy("production", "completion", "reported");
        soakedInStaging("A", "B");
        story.deploy("C", "staging");
        story.deploy("A", "production");
        story.deploy("B", "production");
        ExpectedOutcome c = story.deploy("C", "production");
        assertThat(story.waiting("production")).containsExactly("B", "C");
        assertThat(codes(c)).containsExactly("NOT_SOAKED", "ENVIRONMENT_BUSY", "QUEUED_BEHIND");

        ExpectedOutcome joined = story.after(60).timer();

        assertThat(facts(joined)).containsExactly("DEPLOYMENT_FINISHED", "DEPLOYMENT_WAITING");
        assertThat(joined.events().get(0).deployment().status()).isEqualTo("superseded");
        assertThat(story.waiting("production")).containsExactly("C");
    }

    @Test
    void aLongerSoakTimeTakesItOutOfTheQueue() {
        story.policy("production", "completion", "reported", "whenBusy", "queue");
        soakedInStaging("A", "B", "C");
        ExpectedOutcome a = story.deploy("A", "production");
        story.deploy("B", "production");
        ExpectedOutcome c = story.deploy("C", "production");

        ExpectedOutcome longer = story.policy("production", "soakTime", "PT61S");

        assertThat(facts(longer)).containsExactly("ENVIRONMENT_MODIFIED", "DEPLOYMENT_WAITING", "DEPLOYMENT_WAITING");
        assertThat(codes(0)).containsExactly("NOT_SOAKED", "ENVIRONMENT_BUSY");
        assertThat(codes(1)).containsExactly("NOT_SOAKED", "ENVIRONMENT_BUSY");
        assertThat(reason().opensBy()).isEqualTo("actor");
        story.report(a, "succeeded");
        assertThat(story.active("production")).isZero();
        assertThat(story.cancel(c).code()).isNull();
    }

    @Test
    void bothTimesAreWaitedForAndNamed() {
        story.deploy("A", "staging");
        ObjectNode later = data().put("release", "A").put("environment", "production");

        ExpectedOutcome asked = story.submit(CommandKind.DEPLOY, later.put("notBefore", story.in(10)));

        assertThat(codes(asked)).containsExactly("NOT_BEFORE", "NOT_SOAKED");
        assertThat(ExpectedDeployment.earliestStart(asked.made().blockedBy())).isEqualTo(story.in(60));
        assertThat(story.model.due(APPLICATION)).isEqualTo(story.in(10));
        assertThat(facts(story.after(10).timer())).containsExactly("DEPLOYMENT_WAITING");
        assertThat(codes(0)).containsExactly("NOT_SOAKED");
        assertThat(facts(story.after(50).timer())).startsWith("DEPLOYMENT_STARTED");
    }

    @Test
    void aDeploymentThatMayNotWaitIsRejectedWithTheReason() {
        story.deploy("A", "staging");
        ObjectNode impatient = data().put("release", "A").put("environment", "production");

        ExpectedOutcome refused = story.submit(CommandKind.DEPLOY, impatient.put("ifBlocked", "reject"));

        assertThat(refused.code()).isEqualTo(ExpectedRefusal.BLOCKED);
        assertThat(refused.details().blockedBy())
                .extracting(ExpectedBlocker::code)
                .containsExactly("NOT_SOAKED");
    }

    @Test
    void itExpiresWhileItSoaks() {
        story.deploy("A", "staging");
        ObjectNode until = data().put("release", "A").put("environment", "production");
        story.submit(CommandKind.DEPLOY, until.put("expiresAt", story.in(60)));

        ExpectedOutcome expired = story.after(60).timer();

        assertThat(facts(expired)).containsExactly("DEPLOYMENT_FINISHED");
        assertThat(expired.events().get(0).deployment().status()).isEqualTo("expired");
    }

    @Test
    void itSoaksInEveryEnvironmentThatThisOneComesAfter() {
        afterBoth();
        story.deploy("A", "staging");
        story.after(10).deploy("A", "qa");
        story.after(10).deploy("A", "production");
        assertSoaksUntil(story.in(50));

        story.after(30).deploy("B", "staging");
        assertThat(reason().opensBy()).isEqualTo("actor");

        story.after(5).deploy("A", "staging");
        assertSoaksUntil(story.in(60));
        assertThat(story.after(59).timer().events()).isEmpty();
        assertThat(facts(story.after(1).timer())).startsWith("DEPLOYMENT_STARTED");
    }

    @Test
    void whereItNeverSucceededTheOrderOfPromotionRefusesItsStart() {
        story.deploy("A", "staging");
        story.deploy("A", "production");
        afterBoth();
        assertSoaksUntil(story.in(60));

        ExpectedOutcome ended = story.after(60).timer();

        assertThat(facts(ended)).containsExactly("DEPLOYMENT_FINISHED");
        assertThat(ended.events().get(0).deployment().status()).isEqualTo("cancelled");
        assertThat(ended.events().get(0).deployment().endedBy()).isEqualTo(ExpectedRefusal.PROMOTION_ORDER);
    }

    @Test
    void aFirstSuccessInOneOfThemTakesItOutOfTheQueue() {
        story.policy("production", "completion", "reported", "whenBusy", "queue");
        soakedInStaging("A", "B");
        ExpectedOutcome a = story.deploy("A", "production");
        story.deploy("B", "production");
        afterBoth();
        assertThat(codes(0)).containsExactly("ENVIRONMENT_BUSY");

        ExpectedOutcome first = story.deploy("B", "qa");

        assertThat(facts(first)).containsExactly("SERVICE_DEPLOYED", "DEPLOYMENT_WAITING");
        assertThat(codes(0)).containsExactly("NOT_SOAKED", "ENVIRONMENT_BUSY");
        assertSoaksUntil(story.in(60));
        story.report(a, "succeeded");
        assertThat(story.active("production")).isZero();
    }

    /** Production comes after staging and qa. */
    private void afterBoth() {
        ObjectNode data = data();
        ArrayNode stops = data.putArray("environments");
        stops.addObject().put("id", "development");
        stops.addObject().put("id", "staging");
        stops.addObject().put("id", "qa").putArray("after").add("development");
        stops.addObject()
                .put("id", "production")
                .putArray("after")
                .add("staging")
                .add("qa");
        assertThat(story.submit(CommandKind.DEFINE, data).code()).isNull();
    }

    private void soakedInStaging(String... releases) {
        for (String release : releases) {
            story.deploy(release, "staging");
            story.after(60);
        }
    }

    private ExpectedEnvironment.WaitingDeployment waiter() {
        return story.environment("production").waiting().get(0);
    }

    /** The first reason of the first that waits in production. */
    private ExpectedBlocker reason() {
        ExpectedBlocker reason = waiter().deployment().blockedBy().get(0);
        assertThat(reason.code()).isEqualTo("NOT_SOAKED");
        return reason;
    }

    private void assertSoaksUntil(String time) {
        assertThat(reason().opensBy()).isEqualTo("time");
        assertThat(reason().until()).isEqualTo(time);
    }

    private static List<String> codes(ExpectedOutcome asked) {
        return asked.made().blockedBy().stream().map(ExpectedBlocker::code).toList();
    }

    private List<String> codes(int place) {
        return story.environment("production").waiting().get(place).deployment().blockedBy().stream()
                .map(ExpectedBlocker::code)
                .toList();
    }
}
