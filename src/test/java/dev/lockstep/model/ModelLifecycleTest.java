package dev.lockstep.model;

import static dev.lockstep.model.ModelScenario.APPLICATION;
import static dev.lockstep.model.ModelScenario.data;
import static dev.lockstep.model.ModelScenario.facts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.model.ModelRelease.Lock;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the model against rules 4, 7, 19 and 22 to 26 on the life of one deployment. */
class ModelLifecycleTest {

    private final ModelScenario story = ModelScenario.withClock();

    @BeforeEach
    void stagingIsReported() {
        story.create("A");
        story.create("B");
        story.policy("staging", "completion", "reported");
    }

    @Test
    void aReportedDeploymentStartsLocksAndIsCurrentOnlyWhenItSucceeded() {
        ExpectedOutcome asked = story.deploy("A", "staging");

        assertThat(facts(asked)).containsExactly("DEPLOYMENT_STARTED", "RELEASE_LOCKED");
        assertThat(asked.deploymentStatus()).isEqualTo("in_progress");
        assertThat(story.environment("staging").current()).isNull();
        assertThat(story.environment("staging").active().link().origins()).hasSize(1);
        assertThat(lock("A").code()).isEqualTo(Lock.DEPLOYED);
        assertThat(story.deploy("A", "production").code()).isEqualTo(ExpectedRefusal.PROMOTION_ORDER);

        ExpectedOutcome reported = story.report(asked, "succeeded");
        assertThat(facts(reported)).containsExactly("SERVICE_DEPLOYED", "DEPLOYMENT_FINISHED");
        assertThat(reported.deploymentStatus()).isEqualTo("succeeded");
        assertThat(story.environment("staging").current()).isEqualTo("A");
        assertThat(story.deploy("A", "production").code()).isNull();
    }

    @Test
    void whatFailedLeavesTheOldReleaseCurrentAndTheNewOneLocked() {
        succeed(story.deploy("A", "staging"));
        ExpectedOutcome asked = story.deploy("B", "staging");

        assertThat(facts(story.report(asked, "errored"))).containsExactly("DEPLOYMENT_FINISHED");

        ExpectedEnvironment staging = story.environment("staging");
        assertThat(staging.current()).isEqualTo("A");
        assertThat(staging.last().status()).isEqualTo("failed");
        assertThat(staging.last().failureKind()).isEqualTo("errored");
        assertThat(staging.last().outcome()).isEqualTo("error");
        assertThat(story.delete("B").code()).isEqualTo(ExpectedRefusal.RELEASE_LOCKED);
        assertThat(story.release("B").placements().get(1).status()).isEqualTo("none");
    }

    @Test
    void theSameEndAgainIsAcceptedAndAnyOtherReportIsNot() {
        ExpectedOutcome asked = story.deploy("A", "staging");
        story.report(asked, "failed");

        ExpectedOutcome again = story.report(asked, "failed");
        assertThat(again.code()).isNull();
        assertThat(again.events()).isEmpty();
        for (String other : new String[] {"in_progress", "succeeded", "errored", "cancelled"}) {
            ExpectedOutcome refused = story.report(asked, other);
            assertThat(refused.code()).isEqualTo(ExpectedRefusal.DEPLOYMENT_NOT_ACTIVE);
            assertThat(refused.details().end().failureKind()).isEqualTo("failed");
        }
        assertThat(story.cancel(asked).code()).isEqualTo(ExpectedRefusal.DEPLOYMENT_NOT_ACTIVE);
        assertThat(story.report(4_711, "failed").code()).isEqualTo(ExpectedRefusal.DEPLOYMENT_NOT_FOUND);
    }

    @Test
    void anImmediateDeploymentIsNotRemembered() {
        succeed(story.deploy("A", "staging"));

        ExpectedOutcome immediate = story.deploy("A", "production");

        assertThat(facts(immediate)).containsExactly("SERVICE_DEPLOYED");
        assertThat(immediate.deploymentStatus()).isEqualTo("succeeded");
        assertThat(story.report(immediate, "succeeded").code()).isEqualTo(ExpectedRefusal.DEPLOYMENT_NOT_FOUND);
        assertThat(story.cancel(immediate).code()).isEqualTo(ExpectedRefusal.DEPLOYMENT_NOT_FOUND);
    }

    @Test
    void aReportMakesAnEventOnlyOfAnotherUrlOrMessage() {
        ExpectedOutcome asked = story.deploy("A", "staging");
        ObjectNode told =
                report(asked, "in_progress").put("url", "https://example.org/1").put("at", story.in(-1));

        assertThat(facts(story.submit(CommandKind.REPORT, told))).containsExactly("DEPLOYMENT_UPDATED");
        assertThat(story.environment("staging").active().reportedAt()).isEqualTo(Instant.parse(story.in(-1)));
        assertThat(story.submit(CommandKind.REPORT, told.deepCopy().put("at", story.in(0)))
                        .events())
                .isEmpty();
        assertThat(story.environment("staging").active().reportedAt()).isEqualTo(Instant.parse(story.in(-1)));
        story.submit(CommandKind.REPORT, report(asked, "succeeded").put("message", "done"));

        ExpectedDeployment last = story.environment("staging").last();
        assertThat(last.url()).isEqualTo("https://example.org/1");
        assertThat(last.message()).isEqualTo("done");
    }

    @Test
    void silenceOrATimeoutEndsIt() {
        story.policy("staging", "timeout", "PT60S", "reportEvery", "PT10S");
        ExpectedOutcome asked = story.deploy("A", "staging");
        for (int i = 0; i < 5; i++) {
            story.after(9).report(asked, "in_progress");
            assertThat(story.timer().events()).isEmpty();
        }
        story.after(10);
        assertThat(facts(story.timer())).containsExactly("DEPLOYMENT_FINISHED");
        assertThat(story.environment("staging").last().failureKind()).isEqualTo("lost");
        assertThat(story.report(asked, "succeeded").code()).isEqualTo(ExpectedRefusal.DEPLOYMENT_NOT_ACTIVE);

        story.policy("staging", "reportEvery", null);
        ExpectedOutcome second = story.deploy("A", "staging");
        story.after(59).report(second, "in_progress");
        assertThat(story.timer().events()).isEmpty();
        assertThat(facts(story.after(1).timer())).containsExactly("DEPLOYMENT_FINISHED");
        assertThat(story.environment("staging").last().failureKind()).isEqualTo("timed_out");
        assertThat(story.timer().events()).isEmpty();
    }

    @Test
    void aPolicyByWhichItIsOverdueEndsIt() {
        story.deploy("A", "staging");
        story.after(30);

        assertThat(facts(story.policy("staging", "timeout", "PT31S"))).containsExactly("ENVIRONMENT_MODIFIED");
        assertThat(facts(story.policy("staging", "timeout", "PT30S")))
                .containsExactly("ENVIRONMENT_MODIFIED", "DEPLOYMENT_FINISHED");
    }

    @Test
    void completionStaysAsItWasAtTheStart() {
        ExpectedOutcome asked = story.deploy("A", "staging");
        story.policy("staging", "completion", "immediate");

        assertThat(story.active("staging")).isEqualTo(asked.made().revision());
        assertThat(facts(story.report(asked, "succeeded"))).containsExactly("SERVICE_DEPLOYED", "DEPLOYMENT_FINISHED");
    }

    @Test
    void cancelIsARequestAndTheDeployerReportsTheOutcome() {
        ExpectedOutcome asked = story.deploy("A", "staging");

        assertThat(facts(story.cancel(asked))).containsExactly("DEPLOYMENT_CANCELREQUESTED");
        assertThat(story.cancel(asked).events()).isEmpty();
        assertThat(story.environment("staging").active().cancelRequested()).isTrue();
        assertThat(facts(story.report(asked, "cancelled"))).containsExactly("DEPLOYMENT_FINISHED");
        assertThat(story.environment("staging").last().outcome()).isEqualTo("cancel");
        assertThat(story.cancel(asked).code()).isNull();
        assertThat(story.delete("A").code()).isEqualTo(ExpectedRefusal.RELEASE_LOCKED);
    }

    @Test
    void whatDidNotSucceedIsFollowedByARedeployOfWhatIsCurrent() {
        story.policy("staging", "onFailure", "restore");
        story.report(story.deploy("A", "staging"), "failed");
        assertThat(story.active("staging")).isZero();
        succeed(story.deploy("A", "staging"));
        ExpectedOutcome asked = story.deploy("B", "staging");

        ExpectedOutcome failed = story.report(asked, "cancelled");

        assertThat(facts(failed)).containsExactly("DEPLOYMENT_FINISHED", "DEPLOYMENT_STARTED");
        ExpectedDeployment restore = story.environment("staging").active();
        assertThat(restore.release()).isEqualTo("A");
        assertThat(restore.isRedeploy()).isTrue();
        assertThat(restore.restoreOf()).isEqualTo(asked.made().revision());
        assertThat(restore.actor()).isNull();
        assertThat(failed.events().get(1).correlations())
                .isEqualTo(asked.events().get(0).correlations());
        assertThat(facts(story.report(restore.revision(), "failed"))).containsExactly("DEPLOYMENT_FINISHED");
        assertThat(story.active("staging")).isZero();
    }

    @Test
    void anUndeployOfAReportedEnvironmentIsADeployment() {
        succeed(story.deploy("A", "staging"));
        long succeeded = story.model.revision(APPLICATION);
        ExpectedOutcome asked = story.undeploy("staging");

        assertThat(facts(asked)).containsExactly("DEPLOYMENT_STARTED");
        assertThat(story.environment("staging").current()).isEqualTo("A");
        assertThat(story.undeploy("staging").code()).isEqualTo(ExpectedRefusal.ALREADY_ON_ITS_WAY);
        assertThat(facts(story.report(asked, "succeeded"))).containsExactly("SERVICE_REMOVED", "DEPLOYMENT_FINISHED");
        assertThat(story.environment("staging").current()).isNull();
        assertThat(story.environment("staging").previous()).isEqualTo("A");
        assertThat(story.undeploy("staging").code()).isEqualTo(ExpectedRefusal.NOTHING_LEFT);
        assertThat(story.release("A").locks().get("staging").since()).isLessThan(succeeded);
    }

    @Test
    void anUndeployOfAnImmediateEnvironmentTakesNoTimes() {
        succeed(story.deploy("A", "staging"));
        story.policy("staging", "completion", "immediate");
        ObjectNode later = data().put("environment", "staging").put("notBefore", story.in(60));

        assertThat(story.submit(CommandKind.UNDEPLOY, later).code()).isEqualTo(ExpectedRefusal.INVALID_COMMAND);
        ExpectedOutcome undeployed = story.undeploy("staging");
        assertThat(facts(undeployed)).containsExactly("SERVICE_REMOVED");
        assertThat(undeployed.made()).isNull();
    }

    @Test
    void whatIsBeingDeployedCannotBeArchivedOrDropped() {
        ExpectedOutcome asked = story.deploy("A", "staging");
        ObjectNode release = data().put("release", "A");

        ExpectedOutcome refused = story.submit(CommandKind.ARCHIVE, release);
        assertThat(refused.code()).isEqualTo(ExpectedRefusal.RELEASE_IN_USE);
        assertThat(refused.details().currentEnvironments()).isEmpty();
        ExpectedOutcome application = story.submit(CommandKind.ARCHIVE_APPLICATION, data());
        assertThat(application.code()).isEqualTo(ExpectedRefusal.APPLICATION_IN_USE);
        assertThat(application.details().environments()).containsExactly("staging");
        assertThat(story.define("development", "production").code()).isEqualTo(ExpectedRefusal.ENVIRONMENT_IN_USE);

        story.report(asked, "failed");
        assertThat(story.define("development", "production").code()).isNull();
        assertThat(story.submit(CommandKind.ARCHIVE, release.deepCopy()).code()).isNull();
    }

    @Test
    void aDryRunSaysWhatWouldBeAndChangesNothing() {
        SentCommand dry =
                ModelScenario.sent("dry", CommandKind.DEPLOY, deployment("A").put("dryRun", true));
        long before = story.model.revision(APPLICATION);

        ExpectedOutcome first = story.submit(dry);
        assertThat(first.dryRun()).isTrue();
        assertThat(first.deploymentStatus()).isEqualTo("in_progress");
        assertThat(first.events()).isEmpty();
        assertThat(story.model.revision(APPLICATION)).isEqualTo(before);
        assertThat(story.submit(dry).duplicate()).isFalse();

        ExpectedOutcome real = story.submit(ModelScenario.sent("dry", CommandKind.DEPLOY, deployment("A")));
        assertThat(real.made()).isEqualTo(first.made());
        assertThat(real.revision()).isEqualTo(first.revision());
        ExpectedOutcome refused =
                story.submit(CommandKind.DEPLOY, deployment("A").put("dryRun", true));
        assertThat(refused.code()).isEqualTo(ExpectedRefusal.ALREADY_ON_ITS_WAY);
        assertThat(refused.dryRun()).isTrue();
    }

    @Test
    void theRevisionsOfStatusRecordsAreExpected() {
        succeed(story.deploy("A", "staging"));
        long release = story.model.releases(APPLICATION).get("A").revision();
        long staging = story.model.environments(APPLICATION).get("staging").revision();
        story.deploy("B", "staging");

        ExpectedOutcome conflict = story.submit(CommandKind.REDEPLOY, expecting(null, staging));
        assertThat(conflict.code()).isEqualTo(ExpectedRefusal.REVISION_CONFLICT);
        assertThat(conflict.details().currentRevision())
                .isEqualTo(story.model.environments(APPLICATION).get("staging").revision());
        assertThat(story.submit(CommandKind.REDEPLOY, expecting(release, null)).code())
                .isNull();
        assertThat(story.submit(CommandKind.REDEPLOY, expecting(release, null).put("environment", "nowhere"))
                        .code())
                .isEqualTo(ExpectedRefusal.ENVIRONMENT_NOT_FOUND);
    }

    private static ObjectNode expecting(Long release, Long environment) {
        ObjectNode data = data().put("environment", "staging").put("release", "A");
        if (release != null) {
            data.put("expectedReleaseRevision", release);
        }
        if (environment != null) {
            data.put("expectedEnvironmentRevision", environment);
        }
        return data;
    }

    private Lock lock(String release) {
        return story.release(release).locks().get("staging");
    }

    private void succeed(ExpectedOutcome asked) {
        story.report(asked, "succeeded");
    }

    private static ObjectNode deployment(String release) {
        return data().put("release", release).put("environment", "staging");
    }

    private static ObjectNode report(ExpectedOutcome asked, String status) {
        return ModelScenario.ofDeployment(asked.made().revision()).put("status", status);
    }
}
