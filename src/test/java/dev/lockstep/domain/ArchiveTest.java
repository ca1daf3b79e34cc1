package dev.lockstep.domain;

import static dev.lockstep.domain.Scenario.DEV;
import static dev.lockstep.domain.Scenario.PRODUCTION;
import static dev.lockstep.domain.Scenario.STAGING;
import static dev.lockstep.domain.Scenario.withReleases;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.domain.common.FieldChange;
import dev.lockstep.domain.common.LastChange;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.release.Annotations;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What is done to a release or an application apart from promotion: rules 15 to 18. */
class ArchiveTest {

    @Nested
    class Releases {

        @Test
        void thatRunSomewhereCannotBeArchived() {
            var shop = withReleases("1", "2").deployed("1", STAGING);
            assertThat(shop.archive("1")
                            .remedy(RejectionCode.RELEASE_IN_USE, ProblemExtension.CurrentEnvironments.class)
                            .ids())
                    .containsExactly(STAGING);
            shop.deployed("2", STAGING).archive("1").accepted();
            assertThat(shop.eventKinds()).containsExactly("ReleaseArchived");
        }

        @Test
        void canOnlyComeBackOnceTheyAreArchived() {
            var shop = withReleases("1", "2")
                    .deployed("1", STAGING)
                    .deployed("2", STAGING)
                    .archive("1");
            shop.retitle("1", "x").refused(RejectionCode.RELEASE_ARCHIVED);
            shop.deploy("1", STAGING).refused(RejectionCode.RELEASE_ARCHIVED);
            shop.rollback(STAGING, "1").refused(RejectionCode.RELEASE_ARCHIVED);
            shop.redeploy(STAGING, "1").refused(RejectionCode.RELEASE_ARCHIVED);
            shop.annotate("1", FieldChange.to("n"), Map.of()).refused(RejectionCode.RELEASE_ARCHIVED);
            assertThat(shop.create("1").refused(RejectionCode.RELEASE_EXISTS).detail())
                    .contains("archived");
            shop.delete("1").refused(RejectionCode.RELEASE_LOCKED);
            shop.archive("1").accepted();
            assertThat(shop.eventKinds()).isEmpty();
            assertThat(shop.locked("1")).isTrue();
            shop.unarchive("1").accepted();
            assertThat(shop.eventKinds()).containsExactly("ReleaseUnarchived");
            shop.unarchive("1").accepted();
            assertThat(shop.eventKinds()).isEmpty();
            shop.rollback(STAGING).accepted();
        }

        @Test
        void canBeDeletedWhileTheyAreUnlocked() {
            withReleases("1").archive("1").delete("1").accepted();
        }

        @Test
        void areNoTargetOfARollback() {
            var shop = withReleases("1", "2").deployed("1", STAGING).deployed("2", STAGING);
            assertThat(shop.rollbackTo(STAGING)).isEqualTo("1");
            shop.archive("1");
            assertThat(shop.rollbackTo(STAGING)).isNull();
            assertThat(shop.changes().environments()).containsExactly(STAGING);
            assertThat(shop.rollback(STAGING)
                            .refused(RejectionCode.NOTHING_LEFT)
                            .detail())
                    .contains("archived");
            shop.unarchive("1");
            assertThat(shop.rollbackTo(STAGING)).isEqualTo("1");
            assertThat(shop.changes().environments()).containsExactly(STAGING);
        }

        /** Neither individually nor with all the others. */
        @Test
        void stayOutOfSightWhenThePipelineChanges() {
            var shop = withReleases("1", "2").archive("1").pipeline(DEV, "qa", STAGING);
            assertThat(shop.changes().affectsEveryRelease()).isTrue();
            assertThat(shop.changes().releases()).containsExactly("2");
        }
    }

    @Nested
    class Applications {

        @Test
        void inWhichSomethingRunsStayInSight() {
            var shop = withReleases("1").deployed("1", STAGING);
            assertThat(shop.archiveApplication()
                            .remedy(RejectionCode.APPLICATION_IN_USE, ProblemExtension.Environments.class)
                            .ids())
                    .containsExactly(STAGING);
            shop.undeploy(STAGING).archiveApplication().accepted();
        }

        @Test
        void canOnlyComeBackOnceTheyAreArchived() {
            var shop = withReleases("1", "2").archive("2").archiveApplication().accepted();
            assertThat(shop.changes().releases()).containsExactly("1");
            assertThat(shop.changes().environments()).containsExactly(DEV, STAGING, PRODUCTION);
            assertThat(shop.changes().isApplicationChanged()).isTrue();
            shop.create("3").refused(RejectionCode.APPLICATION_ARCHIVED);
            shop.deploy("1").refused(RejectionCode.APPLICATION_ARCHIVED);
            shop.pipeline(DEV).refused(RejectionCode.APPLICATION_ARCHIVED);
            shop.archiveApplication().refused(RejectionCode.APPLICATION_ARCHIVED);
            shop.titleApplication(FieldChange.to("x")).refused(RejectionCode.APPLICATION_ARCHIVED);
            shop.unarchiveApplication().accepted();
            assertThat(shop.changes().releases()).containsExactly("1");
            shop.unarchiveApplication().accepted();
            assertThat(shop.eventKinds()).isEmpty();
            shop.deploy("1").accepted();
        }

        @Test
        void arePublishedWithTheirFirstEventAndWhenTheyChange() {
            var shop = withReleases("1");
            assertThat(shop.application.lastChange())
                    .isEqualTo(new LastChange(4, shop.release("1").createdAt()));
            shop.retitle("1", "x");
            assertThat(shop.changes().isApplicationChanged()).isFalse();
            shop.titleApplication(FieldChange.to("Shop")).accepted();
            assertThat(shop.eventKinds()).containsExactly("ApplicationUpdated");
            assertThat(shop.changes().isApplicationChanged()).isTrue();
            shop.titleApplication(FieldChange.to("Shop")).accepted();
            assertThat(shop.eventKinds()).isEmpty();
            shop.titleApplication(FieldChange.clear()).accepted();
            assertThat(shop.application.profile()).isEqualTo(Profile.EMPTY);
        }

        @Test
        void areNotCreatedByAnUpdate() {
            Scenario.unknownApplication()
                    .titleApplication(FieldChange.to("x"))
                    .refused(RejectionCode.APPLICATION_NOT_FOUND);
            Scenario.unknownApplication().archiveApplication().refused(RejectionCode.APPLICATION_NOT_FOUND);
            Scenario.unknownApplication().unarchiveApplication().refused(RejectionCode.APPLICATION_NOT_FOUND);
        }
    }

    @Nested
    class Redeploys {

        @Test
        void leaveTheLineAndTheSinceTimeUnchanged() {
            var shop = withReleases("1", "2").deployed("1", STAGING).deployed("2", STAGING);
            Environment.DeployedRelease before =
                    shop.application.environment(STAGING).current();
            shop.redeploy(STAGING, null).accepted();
            Environment.DeployedRelease after =
                    shop.application.environment(STAGING).current();
            assertThat(shop.eventKinds()).containsExactly("ServiceRedeployed");
            assertThat(after.since()).isEqualTo(before.since());
            assertThat(after.deployment()).isNotEqualTo(before.deployment());
            assertThat(shop.lastAction(STAGING)).isEqualTo(Deployment.Action.REDEPLOY);
            assertThat(shop.placement("2", STAGING).deployment()).isEqualTo(after.deployment());
            assertThat(shop.placement("2", STAGING).since()).isEqualTo(before.since());
            assertThat(shop.previous(STAGING)).isEqualTo("1");
            assertThat(shop.rollbackTo(STAGING)).isEqualTo("1");
            assertThat(shop.release("2").lockReasons())
                    .singleElement()
                    .satisfies(reason -> assertThat(reason.deployment()).isEqualTo(before.deployment()));
        }

        @Test
        void ofWhatDoesNotRunAreRefused() {
            var shop = withReleases("1", "2");
            shop.redeploy(STAGING, null).refused(RejectionCode.NOTHING_LEFT);
            shop.redeploy(STAGING, "1").refused(RejectionCode.NOTHING_LEFT);
            shop.deployed("1", STAGING).redeploy(STAGING, "2").refused(RejectionCode.NOT_THERE);
            shop.redeploy(DEV, null).refused(RejectionCode.FIRST_ENVIRONMENT);
            shop.redeploy(STAGING, "1").accepted();
        }
    }

    @Nested
    class Notes {

        @Test
        void areForLockedReleasesToo() {
            var shop = withReleases("1")
                    .deployed("1", STAGING)
                    .annotate("1", FieldChange.to("seen"), Map.of("a", "1", "b", "2"));
            assertThat(shop.eventKinds()).containsExactly("ReleaseAnnotated");
            Map<String, String> changes = new HashMap<>();
            changes.put("a", null);
            changes.put("c", "3");
            shop.annotate("1", FieldChange.keep(), changes);
            assertThat(shop.release("1").annotations()).isEqualTo(new Annotations("seen", Map.of("b", "2", "c", "3")));
            shop.annotate("1", FieldChange.keep(), Map.of("b", "2"));
            assertThat(shop.eventKinds()).isEmpty();
        }

        @Test
        void haveNoMoreLabelsThanTwenty() {
            Map<String, String> labels = new HashMap<>();
            IntStream.range(0, 20).forEach(i -> labels.put("l" + i, ""));
            var shop =
                    withReleases("1").annotate("1", FieldChange.keep(), labels).accepted();
            shop.annotate("1", FieldChange.keep(), Map.of("one-more", "")).refused(RejectionCode.INVALID_COMMAND);
            labels.replaceAll((name, value) -> null);
            labels.put("one-more", "");
            shop.annotate("1", FieldChange.keep(), labels).accepted();
        }
    }
}
