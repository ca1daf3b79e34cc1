package dev.lockstep.model;

import static dev.lockstep.model.ModelScenario.APPLICATION;
import static dev.lockstep.model.ModelScenario.data;
import static dev.lockstep.model.ModelScenario.facts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the model against rules 8, 14 and 29 on releases that are archived automatically. */
class ModelKeepTest {

    private static final long DAY = 24 * 3_600;

    private final ModelScenario story = ModelScenario.withClock();

    private ExpectedOutcome keep(int releases, int days) {
        ObjectNode data = pipeline("development", "staging", "production");
        data.set("keep", new ModelKeepPolicy(releases, days).json());
        return story.submit(CommandKind.DEFINE, data);
    }

    private static ObjectNode pipeline(String... environments) {
        ObjectNode data = data();
        var stops = data.putArray("environments");
        List.of(environments).forEach(id -> stops.addObject().put("id", id));
        return data;
    }

    private void create(String... releases) {
        List.of(releases).forEach(story::create);
    }

    /** What a timer archives now. */
    private List<String> archived() {
        return story.timer().events().stream()
                .filter(event -> event.fact() == EventKind.RELEASE_ARCHIVED)
                .map(ExpectedOutcome.ExpectedEvent::release)
                .toList();
    }

    private long secondsToTheNextLook() {
        return Instant.parse(story.in(0)).until(story.model.due(APPLICATION), ChronoUnit.SECONDS);
    }

    private static ObjectNode named(String release) {
        return data().put("release", release);
    }

    @Test
    void theNewestAndTheRecentAreKept() {
        create("A", "B", "C");
        story.after(DAY).create("D");
        keep(1, 1);

        assertThat(archived()).containsExactly("A", "B", "C");
        assertThat(story.model.releases(APPLICATION)).containsOnlyKeys("D");
        assertThat(story.model.goneReleases(APPLICATION).get("A")).containsExactly("archived");

        create("E");
        story.after(DAY - 1);
        assertThat(archived()).isEmpty();
        story.after(1);
        assertThat(archived()).containsExactly("D");
    }

    @Test
    void theNewestAreCountedAmongThoseThatAreNotArchived() {
        create("A", "B", "C");
        story.submit(CommandKind.ARCHIVE, named("C"));
        keep(2, 1);

        story.after(DAY);
        assertThat(archived()).isEmpty();
    }

    @Test
    void currentAndPreviousReleasesAndRollbackTargetsAreKept() {
        story.staged("A", "B", "C", "D");
        keep(1, 1);
        story.rollback("staging", "C"); // before D, and behind B
        create("E");

        story.after(DAY);
        assertThat(archived()).containsExactly("A");
        assertThat(story.environment("staging").previous()).isEqualTo("D");
        assertThat(story.environment("staging").rollbackTo()).isEqualTo("B");
    }

    @Test
    void whatAnEmptyEnvironmentHadLastIsKept() {
        story.staged("A", "B");
        keep(1, 1);
        story.undeploy("staging");
        create("C");

        story.after(DAY);
        assertThat(archived()).containsExactly("A");
    }

    @Test
    void whatADroppedEnvironmentHadIsNot() {
        story.staged("A");
        story.undeploy("staging");
        create("B");
        ObjectNode data = pipeline("development", "production");
        data.set("keep", new ModelKeepPolicy(1, 1).json());
        story.submit(CommandKind.DEFINE, data);

        story.after(DAY);
        assertThat(archived()).containsExactly("A");
    }

    @Test
    void releasesBeingDeployedAreKept() {
        create("A", "B", "C", "D");
        story.policy("staging", "completion", "reported");
        ExpectedOutcome inProgress = story.deploy("A", "staging");
        story.submit(
                CommandKind.DEPLOY, named("B").put("environment", "staging").put("notBefore", story.in(9 * DAY)));
        keep(1, 1);

        story.after(DAY);
        assertThat(archived()).containsExactly("C");
        story.report(inProgress, "failed");
        story.after(DAY);
        assertThat(archived()).containsExactly("A");
    }

    @Test
    void theDaysRestartWhenItCeasesToBeCurrent() {
        story.staged("A");
        keep(1, 2);
        story.after(5 * DAY).staged("B", "C", "D");
        archived();

        story.after(2 * DAY - 1);
        assertThat(archived()).isEmpty();
        story.after(DAY);
        assertThat(archived()).containsExactly("A", "B");
    }

    @Test
    void theDaysRestartWhenItIsUnarchived() {
        create("A", "B");
        keep(1, 2);
        story.after(2 * DAY);
        assertThat(archived()).containsExactly("A");
        story.after(100).submit(CommandKind.UNARCHIVE, named("A"));

        story.after(2 * DAY - 100);
        assertThat(archived()).isEmpty();
        story.after(DAY);
        assertThat(archived()).containsExactly("A");
    }

    @Test
    void aTimerChecksWhenThePolicyIsSetAndADayAfterEachCheck() {
        create("A", "B");
        story.after(DAY);
        assertThat(facts(keep(1, 1))).doesNotContain("RELEASE_ARCHIVED");
        assertThat(secondsToTheNextLook()).isZero();

        story.after(7);
        assertThat(archived()).containsExactly("A");
        assertThat(secondsToTheNextLook()).isEqualTo(DAY);

        story.submit(CommandKind.UNARCHIVE, named("A"));
        story.after(DAY - 1);
        assertThat(archived()).isEmpty();
        assertThat(secondsToTheNextLook()).isEqualTo(1);
        story.after(11);
        assertThat(archived()).containsExactly("A");
        assertThat(secondsToTheNextLook()).isEqualTo(DAY);
    }

    @Test
    void aChangedPolicyIsCheckedSoonAndAnUnchangedOneIsNot() {
        create("A", "B");
        keep(2, 1);
        archived();
        story.after(DAY - 5);

        assertThat(keep(2, 1).events()).isEmpty();
        assertThat(story.define("development", "staging", "production").events())
                .isEmpty();
        assertThat(secondsToTheNextLook()).isEqualTo(5);

        assertThat(facts(keep(1, 1))).containsExactly("APPLICATION_UPDATED");
        assertThat(secondsToTheNextLook()).isZero();
        assertThat(story.model.status(APPLICATION).value().facts().keep()).isEqualTo(new ModelKeepPolicy(1, 1));
    }

    @Test
    void nothingIsCheckedOnceThePolicyIsRemoved() {
        create("A", "B");
        keep(1, 1);
        ObjectNode data = pipeline("development", "staging", "production");

        assertThat(facts(story.submit(CommandKind.DEFINE, data.putNull("keep"))))
                .containsExactly("APPLICATION_UPDATED");
        assertThat(story.model.due(APPLICATION)).isNull();
        story.after(9 * DAY);
        assertThat(archived()).isEmpty();
    }

    @Test
    void itIsAnnouncedAfterTheEnvironmentsAndMayCreateAnApplication() {
        ObjectNode data = pipeline("development", "staging");
        data.set("keep", new ModelKeepPolicy(3, 4).json());

        ExpectedOutcome expected = story.submit(CommandKind.DEFINE, data);

        assertThat(facts(expected))
                .containsExactly("ENVIRONMENT_CREATED", "ENVIRONMENT_CREATED", "APPLICATION_UPDATED");
        assertThat(expected.events().get(2).facts().keep()).isEqualTo(new ModelKeepPolicy(3, 4));
    }

    @Test
    void twentyAreArchivedAtOnceAndTheRestDirectlyAfter() {
        for (int i = 0; i < 43; i++) {
            create("R" + i);
        }
        story.after(DAY);
        keep(2, 1);

        assertThat(archived()).hasSize(20).startsWith("R0").endsWith("R19");
        assertThat(secondsToTheNextLook()).isZero();
        assertThat(archived()).hasSize(20).endsWith("R39");
        assertThat(archived()).containsExactly("R40");
        assertThat(secondsToTheNextLook()).isEqualTo(DAY);
    }

    @Test
    void anArchivedApplicationIsNotCheckedUntilItIsUnarchived() {
        create("A", "B");
        keep(1, 1);
        archived();
        story.submit(CommandKind.ARCHIVE_APPLICATION, data());
        assertThat(story.model.due(APPLICATION)).isNull();

        story.after(3 * DAY);
        assertThat(archived()).isEmpty();
        story.submit(CommandKind.UNARCHIVE_APPLICATION, data());
        assertThat(archived()).containsExactly("A");
    }

    @Test
    void whatIsArchivedComesBeforeWhatBecomesOfDeployments() {
        create("A", "B", "C");
        story.policy("staging", "completion", "reported", "timeout", "P1D");
        story.deploy("C", "staging");
        keep(1, 1);

        story.after(DAY);
        assertThat(facts(story.timer())).containsExactly("RELEASE_ARCHIVED", "RELEASE_ARCHIVED", "DEPLOYMENT_FINISHED");
    }
}
