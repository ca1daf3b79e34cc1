package dev.lockstep.domain;

import static dev.lockstep.domain.Scenario.DEV;
import static dev.lockstep.domain.Scenario.PRODUCTION;
import static dev.lockstep.domain.Scenario.STAGING;
import static dev.lockstep.domain.Scenario.withReleases;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.domain.common.Attribution;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.FieldChange;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.pipeline.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rule 29: what an application archives automatically. */
class KeepTest {

    private static final int DAY = 24 * 60 * 60;
    private static final int WEEK = 7 * DAY;
    private static final FieldChange<KeepPolicy> NEWEST_AND_WEEK = FieldChange.to(new KeepPolicy(1, 7));

    /** @param then what happens to the releases 1 to 4 of shop, all a week old at the end, before the check */
    record Row(String because, UnaryOperator<Scenario> then, List<String> archived) {
        @Override
        public String toString() {
            return because;
        }
    }

    static List<Row> whatStays() {
        return List.of(
                row("the newest stays, the others go", shop -> shop.later(WEEK), "1", "2", "3"),
                row("what is current stays", shop -> shop.deployed("1", STAGING).later(WEEK), "2", "3"),
                row("what waits stays", shop -> busy(shop, "1", "2").later(WEEK), "3"),
                row(
                        "what was last current before stays",
                        shop -> shop.deployed("1", STAGING)
                                .deployed("2", STAGING)
                                .later(WEEK),
                        "3"),
                row(
                        "where nothing runs, what ran there last stays",
                        shop -> shop.deployed("1", STAGING).undeploy(STAGING).later(WEEK),
                        "2",
                        "3"),
                row(
                        "what was current before that goes",
                        shop -> shop.deployed("1", STAGING)
                                .deployed("2", STAGING)
                                .undeploy(STAGING)
                                .later(WEEK),
                        "1",
                        "3"),
                row("what a rollback would bring back stays, though it was not last current", shop -> shop.deployed(
                                "1", STAGING)
                        .deployed("2", STAGING)
                        .deployed("3", STAGING)
                        .rollback(STAGING, "2")
                        .later(WEEK)),
                row(
                        "of a dropped environment, nothing stays",
                        shop -> shop.deployed("1", STAGING)
                                .undeploy(STAGING)
                                .pipeline(DEV, PRODUCTION)
                                .later(WEEK),
                        "1",
                        "2",
                        "3"),
                row(
                        "what was archived already is not counted",
                        shop -> shop.archive("4").later(WEEK),
                        "1",
                        "2"),
                row("what is younger stays", shop -> shop.later(WEEK - 100)),
                row(
                        "what was current within the time stays",
                        shop -> shop.deployed("1", STAGING)
                                .later(WEEK)
                                .deployed("2", STAGING)
                                .deployed("4", STAGING)
                                .later(DAY),
                        "3"),
                row(
                        "what was brought back within the time stays",
                        shop -> shop.archive("1").later(WEEK).unarchive("1").later(DAY),
                        "2",
                        "3"),
                row(
                        "what was brought back before goes",
                        shop -> shop.archive("1").unarchive("1").later(WEEK),
                        "1",
                        "2",
                        "3"));
    }

    private static Row row(String because, UnaryOperator<Scenario> then, String... archived) {
        return new Row(because, then, List.of(archived));
    }

    /** One deployment is in progress, the other waits for it. */
    private static Scenario busy(Scenario shop, String active, String waiting) {
        return shop.reported(STAGING, Policy.WhenBusy.QUEUE)
                .deployed(active, STAGING)
                .deployed(waiting, STAGING);
    }

    @ParameterizedTest
    @MethodSource
    void whatStays(Row row) {
        Scenario shop = row.then().apply(withReleases("1", "2", "3", "4"));

        shop.keep(NEWEST_AND_WEEK).later(0);

        assertThat(archived(shop)).isEqualTo(row.archived());
        assertThat(shop.eventKinds()).hasSameSizeAs(row.archived()).allMatch("ReleaseArchived"::equals);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, 1"})
    void aReleaseGoesOnceItsTimeHasPassedAndNotBefore(int millis, int gone) {
        Scenario shop = withReleases("1", "2").keep(NEWEST_AND_WEEK);
        Instant passed = shop.release("1").createdAt().plus(Duration.ofDays(7));

        shop.at(passed.plusSeconds(1).plusMillis(millis)).later(0);

        assertThat(archived(shop)).hasSize(gone);
    }

    @Test
    void releasesAreCheckedWhenKeepIsSetOrChangedAndADayAfterEachCheck() {
        Scenario shop = withReleases("1", "2");
        assertThat(shop.nextDue()).isNull();

        Instant set = shop.in(1);
        shop.keep(NEWEST_AND_WEEK);
        assertThat(shop.eventKinds()).containsExactly("ApplicationUpdated");
        assertThat(shop.changes().isApplicationChanged()).isTrue();
        assertThat(shop.nextDue()).isEqualTo(set);

        Instant looked = shop.in(5);
        shop.later(5);
        assertThat(shop.eventKinds()).isEmpty();
        assertThat(shop.changes().hasChangesWithoutEvent()).isTrue();
        assertThat(shop.nextDue()).isEqualTo(looked.plus(Duration.ofHours(24)));

        shop.later(5);
        assertThat(shop.changes().hasChangesWithoutEvent()).isFalse();
        shop.keep(NEWEST_AND_WEEK);
        assertThat(shop.eventKinds()).isEmpty();
        shop.keep(FieldChange.keep()).titleApplication(FieldChange.to("Shop"));
        assertThat(shop.nextDue()).isEqualTo(looked.plus(Duration.ofHours(24)));

        Instant changed = shop.in(1);
        shop.keep(FieldChange.to(new KeepPolicy(2, 7)));
        assertThat(shop.nextDue()).isEqualTo(changed);

        shop.keep(FieldChange.clear());
        assertThat(shop.eventKinds()).containsExactly("ApplicationUpdated");
        assertThat(shop.nextDue()).isNull();
        assertThat(archived(shop.later(WEEK))).isEmpty();
    }

    @Test
    void aDecisionArchivesTwentyAndTheNextIsDueAtOnce() {
        Scenario shop =
                withReleases(IntStream.range(0, 42).mapToObj(i -> "r" + i).toArray(String[]::new));
        shop.later(WEEK).keep(NEWEST_AND_WEEK);

        Instant first = shop.in(1);
        assertThat(archived(shop.later(1)))
                .isEqualTo(IntStream.range(0, 20).mapToObj(i -> "r" + i).toList());
        assertThat(shop.nextDue()).isEqualTo(first);
        shop.later(1);
        assertThat(shop.eventKinds()).hasSize(20);
        Instant last = shop.in(1);
        assertThat(shop.later(1).eventKinds()).hasSize(1);
        assertThat(shop.nextDue()).isEqualTo(last.plus(Duration.ofHours(24)));
        assertThat(shop.release("r41").isArchived()).isFalse();
    }

    @Test
    void exactlyTwentyLeaveNothingForTheNextCheck() {
        Scenario shop =
                withReleases(IntStream.range(0, 21).mapToObj(i -> "r" + i).toArray(String[]::new));
        Instant looked = shop.later(WEEK).keep(NEWEST_AND_WEEK).in(1);

        assertThat(shop.later(1).eventKinds()).hasSize(20);
        assertThat(shop.nextDue()).isEqualTo(looked.plus(Duration.ofHours(24)));
    }

    @Test
    void anArchivedApplicationIsNotLookedAtUntilItIsBack() {
        Scenario shop = withReleases("1", "2").keep(NEWEST_AND_WEEK).archiveApplication();
        assertThat(shop.nextDue()).isNull();
        assertThat(archived(shop.later(WEEK))).isEmpty();
        assertThat(shop.changes().hasChangesWithoutEvent()).isFalse();

        shop.unarchiveApplication();

        assertThat(shop.nextDue()).isBefore(shop.in(0));
        assertThat(archived(shop.later(0))).containsExactly("1");
    }

    @Test
    void itIsAsIfSomebodyHadArchivedIt() {
        Scenario shop = withReleases("1", "2").later(WEEK).keep(NEWEST_AND_WEEK).later(0);

        assertThat(shop.changes().releases()).containsExactly("1");
        shop.retitle("1", "x").refused(RejectionCode.RELEASE_ARCHIVED);
        shop.unarchive("1").accepted();
        assertThat(shop.release("1").unarchivedAt()).isEqualTo(shop.in(0));
        assertThat(archived(shop.later(DAY))).isEmpty();
        assertThat(archived(shop.later(WEEK))).containsExactly("1");
        assertThat(shop.release("1").unarchivedAt()).isNull();
    }

    /** What time does to deployments comes after it: releases that they no longer need are archived another day. */
    @Test
    void whatADeploymentLeavesFreeInTheSameDecisionStays() {
        Scenario shop = withReleases("1", "2", "3")
                .later(WEEK)
                .reported(STAGING, Policy.WhenBusy.QUEUE, "PT1H", null, Policy.OnFailure.NONE);
        shop.deployed("1", STAGING).keep(NEWEST_AND_WEEK).later(3600);

        assertThat(shop.eventKinds()).containsExactly("ReleaseArchived", "DeploymentFinished");
        assertThat(archived(shop)).containsExactly("2");
        assertThat(archived(shop.later(DAY))).containsExactly("1");
    }

    @Test
    void aDefinitionThatIsRefusedChangesNoKeep() {
        Scenario shop = withReleases("1").deployed("1", STAGING);
        shop.send(new Command.DefinePipeline(
                        new Command.CommonFields(
                                "shop",
                                new Attribution(null, null, "correlation", null),
                                Command.ExpectedRevisions.ANY,
                                false),
                        List.of(Scenario.stage(DEV)),
                        NEWEST_AND_WEEK))
                .refused(RejectionCode.ENVIRONMENT_IN_USE);
        assertThat(shop.application.keepSchedule()).isEqualTo(KeepSchedule.NONE);
    }

    @Test
    void itIsAnnouncedAfterTheEnvironmentsAndMayCreateAnApplication() {
        Scenario shop = Scenario.unknownApplication()
                .send(new Command.DefinePipeline(
                        new Command.CommonFields(
                                "shop",
                                new Attribution(null, null, "correlation", null),
                                Command.ExpectedRevisions.ANY,
                                false),
                        List.of(Scenario.stage(DEV)),
                        NEWEST_AND_WEEK));
        assertThat(shop.eventKinds()).containsExactly("EnvironmentCreated", "ApplicationUpdated");
    }

    /** Not all are loaded, and it is unknown which are the newest: a guess might archive one of those. */
    @Test
    void whatIsNotLoadedIsNotGuessed() {
        Scenario shop = withReleases("1", "2").later(WEEK).keep(NEWEST_AND_WEEK);
        Application part = new Application(
                "shop",
                shop.revision(),
                3,
                shop.application.pipeline(),
                shop.application.environments(),
                0,
                Profile.EMPTY,
                false,
                shop.application.keepSchedule(),
                null,
                Instant.MIN);
        shop.application.releases().forEach(part::addStoredRelease);

        NewestReleases newest = NewestReleases.startingAt(shop.release("2").createdRevision());
        assertThatThrownBy(() -> NewestReleases.of(part)).isInstanceOf(IllegalStateException.class);
        assertThat(part.applyDue(new DecisionContext(shop.in(1)), () -> NewestReleases.UNKNOWN)
                        .events())
                .isEmpty();
        assertThat(part.nextDueTime(shop.context())).isEqualTo(shop.in(1));
        assertThat(part.applyDue(new DecisionContext(shop.in(2)), () -> newest).events())
                .hasSize(1);
    }

    /** By the last command, or the time that passed last. */
    private static List<String> archived(Scenario shop) {
        return shop.changes().events().stream()
                .map(Changes.NumberedEvent::event)
                .filter(Event.ReleaseArchived.class::isInstance)
                .map(event -> ((Event.ReleaseArchived) event).release().id())
                .toList();
    }
}
