package dev.lockstep.domain;

import static dev.lockstep.domain.Scenario.DEV;
import static dev.lockstep.domain.Scenario.PRODUCTION;
import static dev.lockstep.domain.Scenario.STAGING;
import static dev.lockstep.domain.Scenario.unknownApplication;
import static dev.lockstep.domain.Scenario.withReleases;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.domain.common.FieldChange;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.deployment.Deployment;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Each rule of the contract's section 5, by its number. */
class RulesTest {

    @Nested
    @DisplayName("Rules 1 and 13: create")
    class Create {
        @Test
        void anUnknownApplicationFirstAnnouncesItsEnvironments() {
            var shop = unknownApplication().create("1");
            assertThat(shop.eventKinds())
                    .containsExactly(
                            "EnvironmentCreated", "EnvironmentCreated", "EnvironmentCreated", "ReleaseCreated");
            assertThat(shop.revision()).isEqualTo(4);
            assertThat(shop.order()).containsExactly(DEV, STAGING, PRODUCTION);
            assertThat(shop.release("1").createdRevision()).isEqualTo(4);
        }

        @Test
        void aReleaseBeginsUnlinkedAndUnlocked() {
            var shop = withReleases("1");
            assertThat(shop.locked("1")).isFalse();
            assertThat(shop.release("1").placements()).isEmpty();
            assertThat(shop.next("1")).isEqualTo(STAGING);
        }

        @Test
        void anIdInUseIsRefused() {
            withReleases("1").create("1").refused(RejectionCode.RELEASE_EXISTS);
        }

        @Test
        void aRecreatedReleaseIsDistinguishedByItsCreatedRevision() {
            var shop = withReleases("1").delete("1").create("1");
            assertThat(shop.release("1").createdRevision()).isEqualTo(6);
        }
    }

    @Nested
    @DisplayName("Rule 2: deploy moves a release one environment on")
    class Deploy {
        @Test
        void withoutEnvironmentItGoesToTheNext() {
            var shop = withReleases("1").deploy("1");
            assertThat(shop.current(STAGING)).isEqualTo("1");
            assertThat(shop.deploy("1").current(PRODUCTION)).isEqualTo("1");
        }

        @Test
        void skippingAnEnvironmentNamesTheFirstThatIsMissing() {
            var rejection = withReleases("1").deploy("1", PRODUCTION).refused(RejectionCode.PROMOTION_ORDER);
            assertThat(rejection.extension())
                    .isEqualTo(new ProblemExtension.RequiredEnvironments(STAGING, List.of(STAGING)));
        }

        @Test
        void aReleaseThatSucceededInTheTargetBeforeNeedsNoPromotionCheck() {
            var shop = withReleases("1", "2").deployed("1", STAGING, PRODUCTION).deployed("2", STAGING, PRODUCTION);
            shop.pipeline(DEV, "qa", PRODUCTION, STAGING).accepted();
            shop.deploy("1", PRODUCTION).accepted();
        }

        @Test
        void onceReplacedInItsFurthestEnvironmentTheCallerMustSayWhere() {
            var shop = withReleases("1", "2").deployed("1", STAGING).deployed("2", STAGING);
            shop.deploy("1").refused(RejectionCode.ENVIRONMENT_REQUIRED);
            assertThat(shop.next("1")).isNull();
            shop.deploy("1", PRODUCTION).accepted();
        }

        @Test
        void behindTheLastEnvironmentNothingIsLeft() {
            withReleases("1").deployed("1", STAGING, PRODUCTION).deploy("1").refused(RejectionCode.NOTHING_LEFT);
            assertThat(unknownApplication().pipeline("only").create("1").next("1"))
                    .isNull();
        }

        @Test
        void whatRunsThereAlreadyIsRefused() {
            withReleases("1").deployed("1", STAGING).deploy("1", STAGING).refused(RejectionCode.ALREADY_CURRENT);
        }

        @Test
        void theFirstEnvironmentIsNoTarget() {
            withReleases("1").deploy("1", DEV).refused(RejectionCode.FIRST_ENVIRONMENT);
        }
    }

    @Nested
    @DisplayName("Rule 3: the link")
    class Link {
        @Test
        void aDeploymentLinksToTheEnvironmentBefore() {
            var shop = withReleases("1").deployed("1", STAGING, PRODUCTION);
            assertThat(shop.release("1").placements().get(STAGING).linkedFrom()).isEqualTo(DEV);
            assertThat(shop.release("1").placements().get(PRODUCTION).linkedFrom())
                    .isEqualTo(STAGING);
        }

        @Test
        void theLinkOfTheFirstSuccessStays() {
            var shop = withReleases("1", "2").deployed("1", STAGING, PRODUCTION).deployed("2", STAGING, PRODUCTION);
            shop.pipeline(DEV, STAGING, "qa", PRODUCTION).rollback(PRODUCTION).accepted();
            assertThat(shop.release("1").placements().get(PRODUCTION).linkedFrom())
                    .isEqualTo(STAGING);
        }

        @Test
        void aLockedReleaseCannotChange() {
            withReleases("1").deployed("1", STAGING).retitle("1", "New").refused(RejectionCode.RELEASE_LOCKED);
        }
    }

    @Nested
    @DisplayName("Rules 4, 5 and 10: the delete lock")
    class DeleteLock {
        @Test
        void anUnlockedReleaseIsRemovedAndItsIdIsFree() {
            var shop = withReleases("1").delete("1");
            assertThat(shop.eventKinds()).containsExactly("ReleaseDeleted");
            assertThat(shop.release("1")).isNull();
            shop.create("1").accepted();
        }

        @Test
        void theFirstDeploymentLocksAndSaysWhy() {
            var shop = withReleases("1").deploy("1");
            assertThat(shop.eventKinds()).containsExactly("ReleaseLocked", "ServiceDeployed");
            shop.delete("1");
            assertThat(shop.remedy(RejectionCode.RELEASE_LOCKED, ProblemExtension.LockReasons.class)
                            .reasons())
                    .singleElement()
                    .satisfies(reason -> {
                        assertThat(reason.environment()).isEqualTo(STAGING);
                        assertThat(reason.deployment())
                                .isEqualTo(shop.release("1")
                                        .placements()
                                        .get(STAGING)
                                        .deployment());
                        assertThat(reason.since()).isNotNull();
                    });
        }

        @Test
        void laterDeploymentsAddAReasonButNoEvent() {
            var shop = withReleases("1").deployed("1", STAGING).deploy("1");
            assertThat(shop.eventKinds()).containsExactly("ServiceDeployed");
            assertThat(shop.release("1").lockReasons()).hasSize(2);
        }

        @Test
        void nothingEverLiftsIt() {
            var shop = withReleases("1", "2").deployed("1", STAGING).deployed("2", STAGING);
            shop.delete("1").refused(RejectionCode.RELEASE_LOCKED);
            shop.undeploy(STAGING).delete("2").refused(RejectionCode.RELEASE_LOCKED);
            shop.pipeline(DEV, PRODUCTION).delete("1").refused(RejectionCode.RELEASE_LOCKED);
        }

        @Test
        void whicheverOfDeployAndDeleteComesFirstWins() {
            withReleases("1").deployed("1", STAGING).delete("1").refused(RejectionCode.RELEASE_LOCKED);
            withReleases("1").delete("1").accepted().deploy("1").refused(RejectionCode.RELEASE_NOT_FOUND);
        }
    }

    @Nested
    @DisplayName("Rule 6: rollback and the line")
    class Rollback {
        private Scenario abc() {
            return withReleases("A", "B", "C", "D")
                    .deployed("A", STAGING)
                    .deployed("B", STAGING)
                    .deployed("C", STAGING);
        }

        @Test
        void goesToThePreviousReleaseAndThenOneFurther() {
            var shop = abc().rollback(STAGING);
            assertThat(shop.current(STAGING)).isEqualTo("B");
            assertThat(shop.lastAction(STAGING)).isEqualTo(Deployment.Action.ROLLBACK);
            assertThat(shop.rollback(STAGING).current(STAGING)).isEqualTo("A");
            shop.rollback(STAGING).refused(RejectionCode.NOTHING_LEFT);
        }

        @Test
        void whatWasGivenUpIsNoPredecessor() {
            var shop = abc().rollback(STAGING, "B").accepted().deployed("D", STAGING);
            assertThat(shop.rollbackTo(STAGING)).isEqualTo("B");
            assertThat(shop.previous(STAGING)).isEqualTo("B");
        }

        @Test
        void aReleaseThatWasCutOffJoinsTheEndWhicheverCommandAsked() {
            var shop = abc().rollback(STAGING, "A").rollback(STAGING, "C").accepted();
            assertThat(shop.lastAction(STAGING)).isEqualTo(Deployment.Action.DEPLOY);
            assertThat(shop.rollbackTo(STAGING)).isEqualTo("A");
        }

        @Test
        void deployingWhatStandsBeforeTheEndIsARollback() {
            var shop = abc().deploy("A", STAGING);
            assertThat(shop.lastAction(STAGING)).isEqualTo(Deployment.Action.ROLLBACK);
            assertThat(shop.rollbackTo(STAGING)).isNull();
        }

        @Test
        void withNothingCurrentTheReleaseMustBeGiven() {
            var shop = abc().undeploy(STAGING);
            assertThat(shop.rollbackTo(STAGING)).isNull();
            shop.rollback(STAGING).refused(RejectionCode.NOTHING_LEFT);
            shop.rollback(STAGING, "C").accepted();
            assertThat(shop.lastAction(STAGING)).isEqualTo(Deployment.Action.DEPLOY);
            assertThat(shop.rollbackTo(STAGING)).isEqualTo("B");
        }

        @Test
        void onlyToWhatSucceededThere() {
            abc().rollback(STAGING, "D").refused(RejectionCode.NOT_DEPLOYED_THERE);
            abc().rollback(STAGING, "C").refused(RejectionCode.ALREADY_CURRENT);
            abc().rollback(DEV).refused(RejectionCode.FIRST_ENVIRONMENT);
        }
    }

    @Nested
    @DisplayName("Rule 7: undeploy")
    class Undeploy {
        @Test
        void emptiesTheEnvironmentAndKeepsLineAndLock() {
            var shop = withReleases("1").deployed("1", STAGING).undeploy(STAGING);
            assertThat(shop.eventKinds()).containsExactly("ServiceRemoved");
            assertThat(shop.current(STAGING)).isNull();
            assertThat(shop.previous(STAGING)).isEqualTo("1");
            assertThat(shop.locked("1")).isTrue();
            shop.undeploy(STAGING).refused(RejectionCode.NOTHING_LEFT);
        }

        @Test
        void whatComesBackHasTheOneBeforeAsItsPrevious() {
            var shop = withReleases("1", "2").deployed("1", STAGING).deployed("2", STAGING);
            shop.undeploy(STAGING).deployed("2", STAGING);
            assertThat(shop.previous(STAGING)).isEqualTo("1");
        }
    }

    @Nested
    @DisplayName("Rule 8: pipelines")
    class PipelineChanges {
        @Test
        void defineCreatesAnApplication() {
            var shop = unknownApplication().pipeline("a", "b");
            assertThat(shop.eventKinds()).containsExactly("EnvironmentCreated", "EnvironmentCreated");
            assertThat(shop.create("1").eventKinds()).containsExactly("ReleaseCreated");
        }

        @Test
        void eventsComeAsCreatedModifiedDeleted() {
            var shop = unknownApplication().pipeline("a", "b", "c").pipeline("a", "c", "d");
            assertThat(shop.eventKinds())
                    .containsExactly("EnvironmentCreated", "EnvironmentModified", "EnvironmentDeleted");
            assertThat(shop.order()).containsExactly("a", "c", "d");
        }

        @Test
        void reorderingModifiesEachThatMoved() {
            var shop = unknownApplication().pipeline("a", "b", "c", "d").pipeline("a", "d", "b", "c");
            assertThat(shop.eventKinds()).hasSize(3).containsOnly("EnvironmentModified");
            assertThat(shop.order()).containsExactly("a", "d", "b", "c");
        }

        @Test
        void theSameAgainIsNoEvent() {
            var shop =
                    unknownApplication().pipeline("a", "b").pipeline("a", "b").accepted();
            assertThat(shop.eventKinds()).isEmpty();
            assertThat(shop.revision()).isEqualTo(2);
        }

        @Test
        void anEnvironmentInUseCannotBeDropped() {
            var shop = withReleases("1").deployed("1", STAGING);
            shop.pipeline(DEV, PRODUCTION).refused(RejectionCode.ENVIRONMENT_IN_USE);
            shop.undeploy(STAGING).pipeline(DEV, PRODUCTION).accepted();
        }

        @Test
        void theFirstCannotChangeOnceAnyReleaseIsLocked() {
            withReleases("1").pipeline(STAGING, DEV, PRODUCTION).accepted();
            withReleases("1").delete("1").pipeline(STAGING, DEV).accepted();
            withReleases("1")
                    .deployed("1", STAGING)
                    .undeploy(STAGING)
                    .pipeline(PRODUCTION, STAGING)
                    .refused(RejectionCode.ENVIRONMENT_IN_USE);
            withReleases("1")
                    .deployed("1", STAGING)
                    .undeploy(STAGING)
                    .pipeline(DEV, PRODUCTION)
                    .pipeline(PRODUCTION)
                    .refused(RejectionCode.ENVIRONMENT_IN_USE);
        }

        @Test
        void oneThatComesBackHasItsSuccessesAndItsLineAgain() {
            var shop = withReleases("1", "2").deployed("1", STAGING).deployed("2", STAGING);
            shop.undeploy(STAGING).pipeline(DEV, PRODUCTION).pipeline(DEV, STAGING, PRODUCTION);
            shop.deploy("1", PRODUCTION).accepted();
            shop.rollback(STAGING, "2").accepted();
            assertThat(shop.rollbackTo(STAGING)).isEqualTo("1");
        }

        @Test
        void whatWasDroppedIsRememberedOnlyIfAnythingHappenedThere() {
            var shop =
                    withReleases("1").deployed("1", STAGING).undeploy(STAGING).pipeline(DEV, "qa");
            assertThat(shop.application.environment(STAGING)).isNotNull();
            assertThat(shop.application.environmentIfLoaded(PRODUCTION)).isNull();
            assertThat(shop.application.droppedEnvironmentCount()).isEqualTo(1);
            assertThat(shop.pipeline(DEV, STAGING).application.droppedEnvironmentCount())
                    .isZero();
        }

        @Test
        void aNewOrderIsANewStatusOfEveryRelease() {
            var shop = withReleases("1", "2").pipeline(DEV, "qa", STAGING, PRODUCTION);
            assertThat(shop.changes().releases()).containsExactlyInAnyOrder("1", "2");
            assertThat(shop.next("1")).isEqualTo("qa");
        }
    }

    @Nested
    @DisplayName("Rules 9 and 12: what changes nothing")
    class Nothing {
        @Test
        void aRefusalTakesNoRevision() {
            var shop = withReleases("1").deploy("2");
            shop.refused(RejectionCode.RELEASE_NOT_FOUND);
            assertThat(shop.revision()).isEqualTo(4);
        }

        @Test
        void anUpdateThatChangesNothingIsAcceptedWithoutEvent() {
            var shop = withReleases("1").retitle("1", "Title 1").accepted();
            assertThat(shop.eventKinds()).isEmpty();
            assertThat(shop.revision()).isEqualTo(4);
        }

        @Test
        void nullClearsAnOptionalField() {
            var shop = withReleases("1").describe("1", FieldChange.to("text"));
            assertThat(shop.release("1").description()).isEqualTo("text");
            assertThat(shop.describe("1", FieldChange.clear()).eventKinds()).containsExactly("ReleaseUpdated");
            assertThat(shop.release("1").description()).isNull();
        }
    }

    @Nested
    @DisplayName("Section 4: what is checked first")
    class Order {
        @Test
        void theApplicationBeforeTheRevisionBeforeTheReleaseBeforeTheEnvironment() {
            unknownApplication().deployAt(7, "1").refused(RejectionCode.APPLICATION_NOT_FOUND);
            var conflict = withReleases("1").deployAt(7, "nope").refused(RejectionCode.REVISION_CONFLICT);
            assertThat(conflict.extension()).isEqualTo(new ProblemExtension.CurrentRevision(4));
            withReleases("1").deploy("nope", "nowhere").refused(RejectionCode.RELEASE_NOT_FOUND);
            withReleases("1").deploy("1", "nowhere").refused(RejectionCode.ENVIRONMENT_NOT_FOUND);
        }

        @Test
        void anUnknownApplicationIsAtRevisionZero() {
            unknownApplication().create("1", 0).accepted();
            var conflict = unknownApplication().create("1", 1).refused(RejectionCode.REVISION_CONFLICT);
            assertThat(conflict.extension()).isEqualTo(new ProblemExtension.CurrentRevision(0));
        }

        @Test
        void aRefusedCommandLeavesNoApplicationBehind() {
            assertThat(unknownApplication().create("1", 5).application.exists()).isFalse();
        }
    }

    @Test
    @DisplayName("Section 6: what a deployment changes of what is published")
    void replacedReleasesChangeToo() {
        var shop = withReleases("1", "2").deployed("1", STAGING).deploy("2", STAGING);
        assertThat(shop.changes().releases()).containsExactlyInAnyOrder("1", "2");
        assertThat(shop.changes().environments()).isEqualTo(java.util.Set.of(STAGING));
        assertThat(List.of(
                        shop.release("1").lastChange().revision(),
                        shop.release("2").lastChange().revision()))
                .containsOnly(shop.revision());
    }
}
