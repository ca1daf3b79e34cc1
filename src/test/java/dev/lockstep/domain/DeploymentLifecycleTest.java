package dev.lockstep.domain;

import static dev.lockstep.domain.Scenario.PRODUCTION;
import static dev.lockstep.domain.Scenario.STAGING;
import static dev.lockstep.domain.Scenario.withReleases;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.domain.Command.ReportedStatus;
import dev.lockstep.domain.Command.StartOptions;
import dev.lockstep.domain.common.Ids;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.common.Violation;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Deployment.FailureKind;
import dev.lockstep.domain.deployment.Deployment.Status;
import dev.lockstep.domain.pipeline.Policy.OnFailure;
import dev.lockstep.domain.pipeline.Policy.WhenBusy;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules 19 to 28. */
class DeploymentLifecycleTest {

    private static Scenario queue(String... releases) {
        return withReleases(releases).reported(STAGING, WhenBusy.QUEUE).accepted();
    }

    private static StartOptions notBefore(Instant time) {
        return new StartOptions(time, null, true);
    }

    @Nested
    class Reports {

        @Test
        void whatIsReportedStartsAndIsNotCurrentYet() {
            var shop = queue("1").deploy("1", STAGING).accepted();
            assertThat(shop.eventKinds()).containsExactly("DeploymentStarted", "ReleaseLocked");
            assertThat(shop.active(STAGING)).isEqualTo("1");
            assertThat(shop.current(STAGING)).isNull();
            shop.report(STAGING, ReportedStatus.SUCCEEDED).accepted();
            assertThat(shop.eventKinds()).containsExactly("ServiceDeployed", "DeploymentFinished");
            assertThat(shop.current(STAGING)).isEqualTo("1");
            assertThat(shop.active(STAGING)).isNull();
        }

        @ParameterizedTest
        @CsvSource({"FAILED, FAILED, FAILED", "ERRORED, FAILED, ERRORED", "CANCELLED, CANCELLED, "})
        void whatDoesNotSucceedLeavesTheOldOneCurrentAndLocksForEver(
                ReportedStatus reported, Status status, FailureKind kind) {
            var shop = queue("1", "2").deploy("1", STAGING).report(STAGING, ReportedStatus.SUCCEEDED);
            shop.deploy("2", STAGING).report(STAGING, reported).accepted();
            assertThat(shop.eventKinds()).containsExactly("DeploymentFinished");
            assertThat(shop.outcome(STAGING).status()).isEqualTo(status);
            assertThat(shop.outcome(STAGING).failureKind()).isEqualTo(kind);
            assertThat(shop.current(STAGING)).isEqualTo("1");
            assertThat(shop.locked("2")).isTrue();
            assertThat(shop.release("2").hasSucceededIn(STAGING)).isFalse();
        }

        @ParameterizedTest
        @EnumSource(ReportedStatus.class)
        void theSameEndAgainChangesNothingAndAnotherOneIsTooLate(ReportedStatus second) {
            var shop = queue("1").deploy("1", STAGING);
            String deployment = shop.deployment();
            shop.report(STAGING, ReportedStatus.FAILED).accepted();
            long revision = shop.revision();
            shop.reportOf(deployment, second, Deployment.Report.NONE);
            if (second == ReportedStatus.FAILED) {
                shop.accepted();
            } else {
                Deployment.EndedSummary endedSummary = shop.remedy(
                                RejectionCode.DEPLOYMENT_NOT_ACTIVE, ProblemExtension.EndedDeployment.class)
                        .deployment();
                assertThat(endedSummary.status()).isEqualTo(Status.FAILED);
                assertThat(endedSummary.failureKind()).isEqualTo(FailureKind.FAILED);
            }
            assertThat(shop.revision()).isEqualTo(revision);
        }

        @Test
        void aHeartbeatIsNoEventAndAnotherMessageIs() {
            var shop = queue("1").deploy("1", STAGING);
            shop.report(STAGING, ReportedStatus.IN_PROGRESS).accepted();
            assertThat(shop.eventKinds()).isEmpty();
            assertThat(shop.changes().hasChangesWithoutEvent()).isTrue();
            shop.reportOf(shop.deployment(), ReportedStatus.IN_PROGRESS, new Deployment.Report(null, "2 of 3", null));
            assertThat(shop.eventKinds()).containsExactly("DeploymentUpdated");
            shop.reportOf(
                    shop.deployment(), ReportedStatus.IN_PROGRESS, new Deployment.Report("https://x", null, null));
            assertThat(shop.application
                            .environment(STAGING)
                            .inProgress()
                            .report()
                            .message())
                    .isEqualTo("2 of 3");
        }

        @Test
        void whatWaitsHasNotStartedAndWhatNobodyKnowsIsNotFound() {
            var shop = queue("1", "2").deploy("1", STAGING).deploy("2", STAGING);
            shop.reportOf(shop.deployment(), ReportedStatus.SUCCEEDED, Deployment.Report.NONE)
                    .refused(RejectionCode.NOT_STARTED);
            shop.reportOf(Ids.nameBasedUuid("nobody"), ReportedStatus.SUCCEEDED, Deployment.Report.NONE)
                    .refused(RejectionCode.DEPLOYMENT_NOT_FOUND);
        }

        @Test
        void promotionNeedsSuccessNotAStart() {
            var shop = queue("1").deploy("1", STAGING);
            shop.deploy("1", PRODUCTION).refused(RejectionCode.PROMOTION_ORDER);
            shop.report(STAGING, ReportedStatus.SUCCEEDED)
                    .deploy("1", PRODUCTION)
                    .accepted();
        }
    }

    @Nested
    class Queues {

        @Test
        void theFirstInIsTheFirstOut() {
            var shop = queue("1", "2", "3").deploy("1", STAGING).deploy("2", STAGING);
            assertThat(shop.eventKinds()).containsExactly("DeploymentQueued", "ReleaseLocked");
            shop.deploy("3", STAGING).accepted();
            assertThat(shop.waiting(STAGING)).containsExactly("2", "3");
            assertThat(shop.blockers(STAGING, "2")).containsExactly(Blocker.Code.ENVIRONMENT_BUSY);
            assertThat(shop.blockers(STAGING, "3"))
                    .containsExactly(Blocker.Code.ENVIRONMENT_BUSY, Blocker.Code.QUEUED_BEHIND);
            shop.report(STAGING, ReportedStatus.FAILED);
            assertThat(shop.eventKinds())
                    .containsExactly("DeploymentFinished", "DeploymentStarted", "DeploymentWaiting");
            assertThat(shop.active(STAGING)).isEqualTo("2");
            assertThat(shop.blockers(STAGING, "3")).containsExactly(Blocker.Code.ENVIRONMENT_BUSY);
        }

        @Test
        void aFullQueueTakesNoMoreAndASmallerOneEndsNobody() {
            var shop = withReleases("1", "2", "3", "4").queueOf(STAGING, 2);
            shop.deploy("1", STAGING).deploy("2", STAGING).deploy("3", STAGING).accepted();
            shop.deploy("4", STAGING).refused(RejectionCode.QUEUE_FULL);
            shop.queueOf(STAGING, 1).accepted();
            assertThat(shop.waiting(STAGING)).containsExactly("2", "3");
        }

        @Test
        void aNewerOneSupersedesWhatWaitsAndUnlocksIt() {
            var shop = withReleases("1", "2", "3").reported(STAGING, WhenBusy.SUPERSEDE);
            shop.deploy("1", STAGING).deploy("2", STAGING).accepted();
            shop.delete("2").refused(RejectionCode.RELEASE_LOCKED);
            shop.deploy("3", STAGING).accepted();
            assertThat(shop.eventKinds())
                    .containsExactly("DeploymentFinished", "ReleaseUnlocked", "DeploymentQueued", "ReleaseLocked");
            assertThat(shop.ended().get(0).status()).isEqualTo(Status.SUPERSEDED);
            assertThat(shop.ended().get(0).supersededBy()).isEqualTo(shop.deployment());
            assertThat(shop.waiting(STAGING)).containsExactly("3");
            shop.delete("2").accepted();
        }

        @Test
        void nothingWaitsWhereABusyEnvironmentRejects() {
            var shop = withReleases("1", "2").reported(STAGING, WhenBusy.REJECT);
            shop.deploy("1", STAGING);
            String active = shop.deployment();
            assertThat(shop.deploy("2", STAGING)
                            .remedy(RejectionCode.ENVIRONMENT_BUSY, ProblemExtension.ConflictingDeployment.class)
                            .deployment())
                    .isEqualTo(active);
            assertThat(shop.locked("2")).isFalse();
        }

        @Test
        void aClientThatCannotWaitIsRefused() {
            var shop = queue("1", "2").deploy("1", STAGING).on(new StartOptions(null, null, false));
            assertThat(Scenario.codes(shop.deploy("2", STAGING)
                            .remedy(RejectionCode.BLOCKED, ProblemExtension.BlockedBy.class)
                            .blockers()))
                    .containsExactly(Blocker.Code.ENVIRONMENT_BUSY);
        }

        @Test
        void whatItWouldSupersedeIsNotInItsWay() {
            var shop = withReleases("1", "2", "3").reported(STAGING, WhenBusy.SUPERSEDE);
            shop.deploy("1", STAGING).deploy("2", STAGING).on(new StartOptions(null, null, false));
            assertThat(Scenario.codes(shop.deploy("3", STAGING)
                            .remedy(RejectionCode.BLOCKED, ProblemExtension.BlockedBy.class)
                            .blockers()))
                    .containsExactly(Blocker.Code.ENVIRONMENT_BUSY);
            assertThat(shop.waiting(STAGING)).containsExactly("2");
        }

        @Test
        void anUnfinishedDeploymentIsNotRequestedTwice() {
            var shop = queue("1", "2").deploy("1", STAGING);
            shop.deploy("1", STAGING).refused(RejectionCode.ALREADY_ON_ITS_WAY);
            shop.deploy("1").refused(RejectionCode.ALREADY_ON_ITS_WAY);
            shop.deploy("2", STAGING).accepted();
            assertThat(shop.deploy("2", STAGING)
                            .remedy(RejectionCode.ALREADY_ON_ITS_WAY, ProblemExtension.ConflictingDeployment.class)
                            .deployment())
                    .isNotNull();
        }

        @Test
        void whatIsRefusedWhenItIsToStartEndsUnstarted() {
            var shop = queue("1", "2").deploy("1", STAGING).report(STAGING, ReportedStatus.SUCCEEDED);
            shop.deploy("2", STAGING).redeploy(STAGING, null).accepted();
            shop.report(STAGING, ReportedStatus.SUCCEEDED);
            Deployment.StatusDetail outcome = shop.ended().get(1);
            assertThat(outcome.status()).isEqualTo(Status.CANCELLED);
            assertThat(outcome.rejection().code()).isEqualTo(RejectionCode.NOT_THERE);
            assertThat(shop.active(STAGING)).isNull();
        }

        @Test
        void whatBecameImmediateGoesOnByItself() {
            var shop = queue("1", "2", "3")
                    .deploy("1", STAGING)
                    .deploy("2", STAGING)
                    .deploy("3", STAGING);
            shop.immediate(STAGING).accepted();
            assertThat(shop.active(STAGING))
                    .as("the one in progress is still reported")
                    .isEqualTo("1");
            shop.report(STAGING, ReportedStatus.SUCCEEDED);
            assertThat(shop.eventKinds())
                    .containsExactly(
                            "ServiceDeployed",
                            "DeploymentFinished",
                            "DeploymentStarted",
                            "ServiceDeployed",
                            "DeploymentFinished",
                            "DeploymentStarted",
                            "ServiceDeployed",
                            "DeploymentFinished");
            assertThat(shop.current(STAGING)).isEqualTo("3");
        }

        @Test
        void whatWaitsOrRunsHoldsItsEnvironmentReleaseAndApplication() {
            var shop = queue("1", "2").deploy("1", STAGING).deploy("2", STAGING);
            shop.pipeline("development", "production").refused(RejectionCode.ENVIRONMENT_IN_USE);
            shop.pipeline("other", "staging", "production").refused(RejectionCode.ENVIRONMENT_IN_USE);
            shop.archive("2").refused(RejectionCode.RELEASE_IN_USE);
            shop.archiveApplication().refused(RejectionCode.APPLICATION_IN_USE);
        }
    }

    @Nested
    class Time {

        @Test
        void whatIsNotToStartBeforeWaitsAndStartsThen() {
            var shop = withReleases("1");
            shop.on(notBefore(shop.in(60))).deploy("1", STAGING).accepted();
            assertThat(shop.eventKinds()).containsExactly("DeploymentQueued", "ReleaseLocked");
            assertThat(shop.nextDue()).isEqualTo(shop.in(59));
            shop.later(58);
            assertThat(shop.eventKinds()).isEmpty();
            shop.later(1);
            assertThat(shop.eventKinds()).containsExactly("DeploymentStarted", "ServiceDeployed", "DeploymentFinished");
            assertThat(shop.current(STAGING)).isEqualTo("1");
            assertThat(shop.nextDue()).isNull();
        }

        @Test
        void whatHasNotStartedInTimeExpires() {
            var shop = queue("1", "2").deploy("1", STAGING);
            shop.on(new StartOptions(null, shop.in(10), true))
                    .deploy("2", STAGING)
                    .accepted();
            shop.later(9);
            assertThat(shop.eventKinds()).containsExactly("DeploymentFinished", "ReleaseUnlocked");
            assertThat(shop.ended().get(0).status()).isEqualTo(Status.EXPIRED);
            shop.on(new StartOptions(null, shop.in(0), true))
                    .deploy("2", STAGING)
                    .refused(RejectionCode.EXPIRED);
        }

        @Test
        void whatIsTooLateDoesNotStartThoughNoTimerHasSaidSo() {
            var shop = queue("1", "2").deploy("1", STAGING);
            shop.on(new StartOptions(null, shop.in(10), true)).deploy("2", STAGING);
            shop.at(shop.in(20)).report(STAGING, ReportedStatus.SUCCEEDED).accepted();
            assertThat(shop.active(STAGING)).isNull();
            assertThat(shop.ended())
                    .extracting(Deployment.StatusDetail::status)
                    .containsExactly(Status.SUCCEEDED, Status.EXPIRED);
        }

        @Test
        void whatTakesTooLongHasFailed() {
            var shop = withReleases("1").reported(STAGING, WhenBusy.QUEUE, "PT1M", "PT20S", OnFailure.NONE);
            shop.deploy("1", STAGING);
            for (int i = 0; i < 3; i++) {
                shop.later(14).report(STAGING, ReportedStatus.IN_PROGRESS).accepted();
            }
            shop.later(15);
            assertThat(shop.outcome(STAGING).failureKind()).isEqualTo(FailureKind.TIMED_OUT);
            shop.reportOf(shop.deployment(), ReportedStatus.SUCCEEDED, Deployment.Report.NONE)
                    .refused(RejectionCode.DEPLOYMENT_NOT_ACTIVE);
        }

        @Test
        void aSilentDeploymentIsLost() {
            var shop = withReleases("1").reported(STAGING, WhenBusy.QUEUE, "PT1M", "PT20S", OnFailure.NONE);
            shop.deploy("1", STAGING).later(20);
            assertThat(shop.outcome(STAGING).failureKind()).isEqualTo(FailureKind.LOST);
        }

        @Test
        void aPolicyByWhichItIsOverdueEndsItAtOnce() {
            var shop = queue("1").deploy("1", STAGING).later(100);
            shop.reported(STAGING, WhenBusy.QUEUE, "PT1M", null, OnFailure.NONE).accepted();
            assertThat(shop.eventKinds()).containsExactly("EnvironmentModified", "DeploymentFinished");
            assertThat(shop.outcome(STAGING).failureKind()).isEqualTo(FailureKind.TIMED_OUT);
        }

        @Test
        void oneThatWaitsForItsTimeIsNeitherCountedNorSuperseded() {
            var shop = withReleases("1", "2", "3", "4").reported(STAGING, WhenBusy.SUPERSEDE);
            shop.deploy("1", STAGING);
            shop.on(notBefore(shop.in(60))).deploy("2", STAGING);
            shop.on(StartOptions.DEFAULT).deploy("3", STAGING).accepted();
            shop.on(notBefore(shop.in(600))).deploy("4", STAGING).accepted();
            assertThat(shop.waiting(STAGING)).containsExactly("2", "3", "4");
            shop.later(60);
            assertThat(shop.ended()).singleElement().satisfies(outcome -> assertThat(outcome.status())
                    .isEqualTo(Status.SUPERSEDED));
            assertThat(shop.waiting(STAGING)).as("the later one stays").containsExactly("3", "4");
        }

        @Test
        void oneThatWaitsForItsTimeJoinsInTheOrderOfRequests() {
            var shop = queue("1", "2", "3").deploy("1", STAGING);
            shop.on(notBefore(shop.in(60))).deploy("2", STAGING);
            shop.on(StartOptions.DEFAULT).deploy("3", STAGING);
            assertThat(shop.blockers(STAGING, "3")).containsExactly(Blocker.Code.ENVIRONMENT_BUSY);
            shop.later(60);
            assertThat(shop.blockers(STAGING, "3"))
                    .containsExactly(Blocker.Code.ENVIRONMENT_BUSY, Blocker.Code.QUEUED_BEHIND);
            shop.report(STAGING, ReportedStatus.SUCCEEDED);
            assertThat(shop.active(STAGING)).isEqualTo("2");
        }
    }

    @Nested
    class Together {

        @Test
        void thoseThatJoinInTheSameMomentEndBeforeTheLastOneGoesOnWaiting() {
            var shop = withReleases("1", "2", "3", "4", "5").reported(STAGING, WhenBusy.SUPERSEDE);
            shop.deploy("1", STAGING).deploy("2", STAGING).on(notBefore(shop.in(60)));
            shop.deploy("3", STAGING).deploy("4", STAGING).deploy("5", STAGING).accepted();
            shop.later(60);
            assertThat(shop.eventKinds())
                    .containsExactly(
                            "DeploymentFinished",
                            "ReleaseUnlocked",
                            "DeploymentFinished",
                            "ReleaseUnlocked",
                            "DeploymentFinished",
                            "ReleaseUnlocked",
                            "DeploymentWaiting");
            assertThat(shop.waiting(STAGING)).containsExactly("5");
        }

        @Test
        void anApplicationHasRoomForAHundredThatWait() {
            String[] releases = new String[120];
            for (int i = 0; i < releases.length; i++) {
                releases[i] = "r" + i;
            }
            var shop = withReleases(releases)
                    .define(List.of(
                            Scenario.stage("development"),
                            Scenario.after("a", "development"),
                            Scenario.after("b", "development"),
                            Scenario.after("c", "development")))
                    .accepted();
            shop.on(notBefore(shop.in(9_999)));
            for (int i = 0; i < 50; i++) {
                shop.deploy(releases[i], "a").accepted();
            }
            shop.deploy(releases[50], "a").refused(RejectionCode.QUEUE_FULL);
            for (int i = 0; i < 50; i++) {
                shop.deploy(releases[i], "b").accepted();
            }
            shop.deploy(releases[50], "c").refused(RejectionCode.QUEUE_FULL);
        }
    }

    @Nested
    class Rollbacks {

        @Test
        void whileBusyItGoesToWhatIsCurrentAndSupersedesAllThatWait() {
            var shop = queue("1", "2", "3").deploy("1", STAGING).report(STAGING, ReportedStatus.SUCCEEDED);
            shop.deploy("2", STAGING).deploy("3", STAGING).rollback(STAGING).accepted();
            assertThat(shop.waiting(STAGING)).containsExactly("1");
            shop.report(STAGING, ReportedStatus.FAILED);
            assertThat(shop.application
                            .environment(STAGING)
                            .inProgress()
                            .start()
                            .action())
                    .isEqualTo(Deployment.Action.REDEPLOY);
        }

        @Test
        void toWhatIsCurrentAndWellThereIsNothingToDo() {
            var shop = queue("1", "2").deploy("1", STAGING).report(STAGING, ReportedStatus.SUCCEEDED);
            shop.redeploy(STAGING, null).on(StartOptions.DEFAULT);
            shop.rollback(STAGING, "1").refused(RejectionCode.ALREADY_ON_ITS_WAY);
            shop.report(STAGING, ReportedStatus.SUCCEEDED)
                    .rollback(STAGING, "1")
                    .refused(RejectionCode.ALREADY_CURRENT);
        }

        @Test
        void itIsARollbackWhenTheOtherSucceeded() {
            var shop = queue("1", "2").deploy("1", STAGING).report(STAGING, ReportedStatus.SUCCEEDED);
            shop.deploy("2", STAGING).rollback(STAGING).report(STAGING, ReportedStatus.SUCCEEDED);
            assertThat(shop.active(STAGING)).isEqualTo("1");
            assertThat(shop.application
                            .environment(STAGING)
                            .inProgress()
                            .start()
                            .action())
                    .isEqualTo(Deployment.Action.ROLLBACK);
        }
    }

    @Nested
    class Restoring {

        @Test
        void whatFailedIsFollowedByARedeployOfWhatIsCurrent() {
            var shop = withReleases("1", "2", "3").reported(STAGING, WhenBusy.QUEUE, null, null, OnFailure.RESTORE);
            shop.deploy("1", STAGING).report(STAGING, ReportedStatus.FAILED);
            assertThat(shop.active(STAGING)).as("nothing is current").isNull();
            shop.deploy("1", STAGING).report(STAGING, ReportedStatus.SUCCEEDED).deploy("2", STAGING);
            String failed = shop.deployment();
            shop.deploy("3", STAGING).report(STAGING, ReportedStatus.ERRORED);
            assertThat(shop.eventKinds()).containsExactly("DeploymentFinished", "DeploymentStarted");
            Deployment.InProgress restore =
                    shop.application.environment(STAGING).inProgress();
            assertThat(restore.request().release()).isEqualTo("1");
            assertThat(restore.request().restoreOf()).isEqualTo(failed);
            assertThat(restore.request().attribution().actor()).isNull();
            assertThat(shop.waiting(STAGING)).containsExactly("3");
            shop.report(STAGING, ReportedStatus.FAILED);
            assertThat(shop.active(STAGING)).as("never after a redeploy").isEqualTo("3");
        }
    }

    @Nested
    class Cancelling {

        @Test
        void whatWaitsEndsAndWhatRunsIsAskedToStop() {
            var shop = queue("1", "2").deploy("1", STAGING);
            String active = shop.deployment();
            String waiting = shop.deploy("2", STAGING).deployment();
            shop.cancel(waiting).accepted();
            assertThat(shop.eventKinds()).containsExactly("DeploymentFinished", "ReleaseUnlocked");
            shop.cancel(waiting).accepted();
            assertThat(shop.eventKinds()).isEmpty();
            shop.cancel(active).accepted();
            assertThat(shop.eventKinds()).containsExactly("DeploymentCancelRequested");
            shop.cancel(active).accepted();
            assertThat(shop.eventKinds()).isEmpty();
            shop.report(STAGING, ReportedStatus.SUCCEEDED).cancel(active).refused(RejectionCode.DEPLOYMENT_NOT_ACTIVE);
        }
    }

    @Nested
    class Undeploying {

        @Test
        void inAReportedEnvironmentItIsADeployment() {
            var shop = queue("1").deploy("1", STAGING).report(STAGING, ReportedStatus.SUCCEEDED);
            shop.undeploy(STAGING).accepted();
            assertThat(shop.eventKinds()).containsExactly("DeploymentStarted");
            assertThat(shop.current(STAGING)).isEqualTo("1");
            shop.undeploy(STAGING).refused(RejectionCode.ALREADY_ON_ITS_WAY);
            shop.report(STAGING, ReportedStatus.SUCCEEDED);
            assertThat(shop.eventKinds()).containsExactly("ServiceRemoved", "DeploymentFinished");
            assertThat(shop.current(STAGING)).isNull();
            assertThat(shop.lastAction(STAGING)).isEqualTo(Deployment.Action.UNDEPLOY);
            shop.undeploy(STAGING).refused(RejectionCode.NOTHING_LEFT);
        }

        @Test
        void itTakesWhatIsCurrentWhenItStarts() {
            var shop = queue("1", "2").deploy("1", STAGING).report(STAGING, ReportedStatus.SUCCEEDED);
            shop.deploy("2", STAGING).undeploy(STAGING).accepted();
            shop.report(STAGING, ReportedStatus.SUCCEEDED);
            assertThat(shop.active(STAGING)).isEqualTo("2");
            assertThat(shop.changes().releases()).contains("1", "2");
        }

        @Test
        void anImmediateUndeployAcceptsNoTimes() {
            var shop = withReleases("1").deployed("1", STAGING);
            shop.on(notBefore(shop.in(60)));
            assertThat(shop.undeploy(STAGING)
                            .remedy(RejectionCode.INVALID_COMMAND, ProblemExtension.ProblemViolations.class)
                            .violations())
                    .extracting(Violation::pointer)
                    .isEqualTo(List.of("/data/notBefore"));
        }
    }
}
