package dev.lockstep.model;

import static dev.lockstep.model.ModelScenario.APPLICATION;
import static dev.lockstep.model.ModelScenario.data;
import static dev.lockstep.model.ModelScenario.facts;
import static dev.lockstep.model.ModelScenario.sent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.model.ExpectedRelease.Placement;
import org.junit.jupiter.api.Test;

/** Tests the model against the examples and rules that the contract spells out. */
class ReferenceModelTest {

    private final ModelScenario story = new ModelScenario();

    @Test
    void anUnknownApplicationAnnouncesItsEnvironmentsBeforeItsFirstRelease() {
        ExpectedOutcome created = story.create("A");

        assertThat(facts(created))
                .containsExactly(
                        "ENVIRONMENT_CREATED", "ENVIRONMENT_CREATED", "ENVIRONMENT_CREATED", "RELEASE_CREATED");
        assertThat(created.revision()).isEqualTo(4);
        assertThat(story.release("A").createdRevision()).isEqualTo(4);
        assertThat(story.release("A").next()).isEqualTo("staging");
    }

    @Test
    void aReleaseMovesFromDevelopmentToProductionAndCanNoLongerBeDeleted() {
        story.create("A");
        assertThat(story.release("A").deletable()).isTrue();

        assertThat(facts(story.deploy("A"))).containsExactly("RELEASE_LOCKED", "SERVICE_DEPLOYED");
        assertThat(facts(story.deploy("A"))).containsExactly("SERVICE_DEPLOYED");

        ExpectedOutcome refused = story.delete("A");
        assertThat(refused.code()).isEqualTo(ExpectedRefusal.RELEASE_LOCKED);
        assertThat(refused.details().locks()).containsOnlyKeys("staging", "production");
        assertThat(story.release("A").placements())
                .extracting(Placement::environment, Placement::status)
                .containsExactly(
                        tuple("development", "present"), tuple("staging", "current"), tuple("production", "current"));
        assertThat(story.link("A", "staging")).isEqualTo("development");
        assertThat(story.link("A", "production")).isEqualTo("staging");
        assertThat(story.release("A").next()).isNull();
        assertThat(story.deploy("A").code()).isEqualTo(ExpectedRefusal.NOTHING_LEFT);
    }

    @Test
    void aRollbackTruncatesTheLine() {
        story.staged("A", "B", "C");

        assertThat(facts(story.rollback("staging"))).containsExactly("SERVICE_ROLLEDBACK");
        story.staged("D");

        assertThat(story.line("staging")).containsExactly("A", "B", "D");
        assertThat(story.environment("staging").rollbackTo()).isEqualTo("B");
        assertThat(story.environment("staging").previous()).isEqualTo("B");
    }

    @Test
    void rollingBackAgainGoesOneFurtherBack() {
        story.staged("A", "B", "C");

        story.rollback("staging");
        story.rollback("staging");

        assertThat(story.environment("staging").current()).isEqualTo("A");
        assertThat(story.environment("staging").previous()).isEqualTo("B");
        assertThat(story.rollback("staging").code()).isEqualTo(ExpectedRefusal.NOTHING_LEFT);
    }

    @Test
    void whatWasGivenUpJoinsTheEndOfTheLineAgainAsADeploy() {
        story.staged("A", "B", "C");
        story.rollback("staging", "A");

        ExpectedOutcome again = story.rollback("staging", "C");

        assertThat(facts(again)).containsExactly("SERVICE_UPGRADED");
        assertThat(again.events().get(0).action()).isEqualTo("deploy");
        assertThat(story.line("staging")).containsExactly("A", "C");
    }

    @Test
    void aDeployOfAnEarlierReleaseOnTheLineIsARollback() {
        story.staged("A", "B");

        assertThat(story.deploy("A").code()).isEqualTo(ExpectedRefusal.ENVIRONMENT_REQUIRED);
        assertThat(facts(story.deploy("A", "staging"))).containsExactly("SERVICE_ROLLEDBACK");
        assertThat(story.line("staging")).containsExactly("A");
    }

    @Test
    void anEmptiedEnvironmentKeepsItsLineAndItsLocks() {
        story.staged("A", "B");

        assertThat(facts(story.undeploy("staging"))).containsExactly("SERVICE_REMOVED");
        assertThat(story.undeploy("staging").code()).isEqualTo(ExpectedRefusal.NOTHING_LEFT);
        assertThat(story.rollback("staging").code()).isEqualTo(ExpectedRefusal.NOTHING_LEFT);
        assertThat(story.line("staging")).containsExactly("A", "B");
        assertThat(story.release("B").deletable()).isFalse();

        ExpectedOutcome back = story.rollback("staging", "A");
        assertThat(facts(back)).containsExactly("SERVICE_DEPLOYED");
        assertThat(back.events().get(0).action()).isEqualTo("rollback");
    }

    @Test
    void bringingBackTheEndOfTheLineIsADeploy() {
        story.staged("A", "B");
        story.undeploy("staging");
        assertThat(story.environment("staging").previous()).isEqualTo("B");

        ExpectedOutcome back = story.rollback("staging", "B");

        assertThat(facts(back)).containsExactly("SERVICE_DEPLOYED");
        assertThat(back.events().get(0).action()).isEqualTo("deploy");
        assertThat(story.environment("staging").rollbackTo()).isEqualTo("A");
    }

    @Test
    void aPromotionMustNotSkipAnEnvironment() {
        story.create("A");

        ExpectedOutcome refused = story.deploy("A", "production");

        assertThat(refused.code()).isEqualTo(ExpectedRefusal.PROMOTION_ORDER);
        assertThat(refused.requiredEnvironment()).isEqualTo("staging");
        assertThat(story.rollback("production", "A").code()).isEqualTo(ExpectedRefusal.NOT_DEPLOYED_THERE);
        assertThat(story.deploy("A", "development").code()).isEqualTo(ExpectedRefusal.FIRST_ENVIRONMENT);
    }

    @Test
    void anUnknownReleaseIsReportedBeforeAnUnknownEnvironment() {
        story.create("A");

        assertThat(story.deploy("Z", "nowhere").code()).isEqualTo(ExpectedRefusal.RELEASE_NOT_FOUND);
        assertThat(story.deploy("A", "nowhere").code()).isEqualTo(ExpectedRefusal.ENVIRONMENT_NOT_FOUND);
        assertThat(story.rollback("nowhere", "Z").code()).isEqualTo(ExpectedRefusal.RELEASE_NOT_FOUND);
    }

    @Test
    void aDroppedEnvironmentThatComesBackHasItsSuccessesAndItsLine() {
        story.staged("A", "B");
        story.undeploy("staging");
        assertThat(facts(story.define("development", "production")))
                .containsExactly("ENVIRONMENT_MODIFIED", "ENVIRONMENT_DELETED");
        assertThat(story.release("B").next()).isEqualTo("production");
        assertThat(story.deploy("B", "staging").code()).isEqualTo(ExpectedRefusal.ENVIRONMENT_NOT_FOUND);

        assertThat(facts(story.define("development", "staging", "production")))
                .containsExactly("ENVIRONMENT_CREATED", "ENVIRONMENT_MODIFIED");
        assertThat(story.deploy("A", "production").code()).isNull();
        assertThat(facts(story.deploy("A", "staging"))).containsExactly("SERVICE_DEPLOYED");
        assertThat(story.line("staging")).containsExactly("A");
    }

    @Test
    void anEnvironmentInUseCannotBeDroppedNorTheFirstChanged() {
        story.staged("A");

        assertThat(story.define("development", "production").code()).isEqualTo(ExpectedRefusal.ENVIRONMENT_IN_USE);
        assertThat(story.define("staging", "development", "production").code())
                .isEqualTo(ExpectedRefusal.ENVIRONMENT_IN_USE);
    }

    @Test
    void theFirstEnvironmentMayChangeOnceTheLastReleaseIsDeleted() {
        story.create("A");
        story.delete("A");

        assertThat(facts(story.define("qa", "staging", "production")))
                .containsExactly("ENVIRONMENT_CREATED", "ENVIRONMENT_MODIFIED", "ENVIRONMENT_DELETED");
    }

    @Test
    void definingThePipelineThatIsThereAlreadyMakesNoEvent() {
        story.create("A");

        ExpectedOutcome same = story.define("development", "staging", "production");

        assertThat(same.outcome()).isEqualTo("accepted");
        assertThat(same.events()).isEmpty();
        assertThat(same.revision()).isEqualTo(4);
    }

    @Test
    void aDeletedIdIsFreeAgainAndItsEventsNameTheirCreation() {
        story.create("A");
        assertThat(story.create("A").code()).isEqualTo(ExpectedRefusal.RELEASE_EXISTS);
        story.delete("A");

        story.create("A");

        assertThat(story.release("A").createdRevision()).isEqualTo(6);
    }

    @Test
    void anUpdateThatChangesNothingMakesNoEvent() {
        story.create("A");

        assertThat(story.retitle("A", "Release A").events()).isEmpty();
        assertThat(facts(story.retitle("A", "Better"))).containsExactly("RELEASE_UPDATED");
        story.deploy("A");
        assertThat(story.retitle("A", "Better").code()).isEqualTo(ExpectedRefusal.RELEASE_LOCKED);
    }

    @Test
    void aReSentCommandGetsItsFirstOutcomeWhateverHappenedSince() {
        ObjectNode delete = data().put("release", "A");
        SentCommand sent = sent("same", CommandKind.DELETE, delete);
        assertThat(story.model.apply(sent).code()).isEqualTo(ExpectedRefusal.APPLICATION_NOT_FOUND);
        assertThat(story.model.applications()).isEmpty();
        story.create("A");

        ExpectedOutcome again = story.model.apply(sent);

        assertThat(again.code()).isEqualTo(ExpectedRefusal.APPLICATION_NOT_FOUND);
        assertThat(again.duplicate()).isTrue();
        assertThat(again.revision()).isZero();
        ExpectedOutcome other = story.model.apply(sent("same", CommandKind.DELETE, data().put("release", "B")));
        assertThat(other.code()).isEqualTo(ExpectedRefusal.ID_REUSED);
        assertThat(other.duplicate()).isFalse();
        assertThat(other.revision()).isEqualTo(4);
    }

    @Test
    void aCommandThatWasNotReadDoesNotUseUpItsId() {
        ObjectNode create = data().put("release", "A").put("title", "A");
        String type = CommandKind.CREATE.type();

        assertThat(story.model
                        .apply(new SentCommand("/s", "1", "other.v1", create, APPLICATION, true))
                        .code())
                .isEqualTo(ExpectedRefusal.UNKNOWN_COMMAND);
        assertThat(story.model
                        .apply(new SentCommand("/s", "1", type, create, APPLICATION, false))
                        .code())
                .isEqualTo(ExpectedRefusal.INVALID_COMMAND);
        assertThat(story.model
                        .apply(new SentCommand("/s", "1", type, create, null, true))
                        .code())
                .isEqualTo(ExpectedRefusal.KEY_MISMATCH);
        assertThat(story.model
                        .apply(new SentCommand("/s", "1", type, create, APPLICATION, true))
                        .code())
                .isNull();
    }

    @Test
    void anUnknownApplicationIsAtRevisionZero() {
        ObjectNode wrong = data().put("release", "A").put("title", "A").put("expectedRevision", 1);
        ExpectedOutcome refused = story.submit(CommandKind.CREATE, wrong);
        assertThat(refused.code()).isEqualTo(ExpectedRefusal.REVISION_CONFLICT);
        assertThat(refused.revision()).isZero();

        ObjectNode right = data().put("release", "A").put("title", "A").put("expectedRevision", 0);
        assertThat(story.submit(CommandKind.CREATE, right).outcome()).isEqualTo("accepted");
    }

    @Test
    void aReplacedReleaseIsPublishedAgainAndAnUntouchedOneIsNot() {
        story.staged("A").create("X");
        long before = story.model.revision(APPLICATION);

        story.staged("B");

        assertThat(story.model.releases(APPLICATION).get("A").revision()).isGreaterThan(before);
        assertThat(story.model.releases(APPLICATION).get("X").revision()).isEqualTo(before);
        assertThat(story.model.environments(APPLICATION).get("production").revision())
                .isLessThan(before);
    }
}
