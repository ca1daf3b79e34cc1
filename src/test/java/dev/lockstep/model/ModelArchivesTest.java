package dev.lockstep.model;

import static dev.lockstep.model.ModelScenario.APPLICATION;
import static dev.lockstep.model.ModelScenario.data;
import static dev.lockstep.model.ModelScenario.facts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

/** Tests the model against rules 6, 12 and 15 to 18 on archiving, redeploys, annotations and applications. */
class ModelArchivesTest {

    private final ModelScenario story = new ModelScenario();

    @Test
    void anArchivedReleaseIsHiddenUntilItIsUnarchived() {
        story.staged("A", "B");
        assertThat(archive("B").code()).isEqualTo(ExpectedRefusal.RELEASE_IN_USE);
        assertThat(archive("B").details().currentEnvironments()).containsExactly("staging");

        assertThat(facts(archive("A"))).containsExactly("RELEASE_ARCHIVED");
        assertThat(archive("A").events()).isEmpty();

        assertThat(story.model.releases(APPLICATION)).containsOnlyKeys("B");
        assertThat(story.model.goneReleases(APPLICATION).get("A")).containsExactly("archived");
        assertThat(story.create("A").code()).isEqualTo(ExpectedRefusal.RELEASE_EXISTS);
        assertThat(story.deploy("A", "staging").code()).isEqualTo(ExpectedRefusal.RELEASE_ARCHIVED);
        assertThat(story.rollback("staging", "A").code()).isEqualTo(ExpectedRefusal.RELEASE_ARCHIVED);
        assertThat(story.retitle("A", "Other").code()).isEqualTo(ExpectedRefusal.RELEASE_ARCHIVED);
        assertThat(story.delete("A").code()).isEqualTo(ExpectedRefusal.RELEASE_LOCKED);

        assertThat(facts(tell(CommandKind.UNARCHIVE, "A"))).containsExactly("RELEASE_UNARCHIVED");
        assertThat(tell(CommandKind.UNARCHIVE, "A").events()).isEmpty();
        assertThat(story.model.releases(APPLICATION).get("A").revision()).isEqualTo(story.model.revision(APPLICATION));
    }

    @Test
    void aRollbackDoesNotGoToAnArchivedRelease() {
        story.staged("A", "B");
        assertThat(story.environment("staging").rollbackTo()).isEqualTo("A");

        archive("A");

        assertThat(story.environment("staging").rollbackTo()).isNull();
        assertThat(story.rollback("staging").code()).isEqualTo(ExpectedRefusal.NOTHING_LEFT);
    }

    @Test
    void anUnlockedReleaseCanBeDeletedFromTheArchive() {
        story.create("A");
        archive("A");

        assertThat(facts(story.delete("A"))).containsExactly("RELEASE_DELETED");
        assertThat(story.create("A").code()).isNull();
        assertThat(story.model.goneReleases(APPLICATION)).isEmpty();
    }

    @Test
    void aReleaseThatTakesTheIdOfOneDeletedFromTheArchiveIsNotArchived() {
        story.create("A");
        archive("A");
        story.delete("A");

        story.staged("A", "B");

        assertThat(story.environment("staging").rollbackTo()).isEqualTo("A");
        assertThat(story.rollback("staging").code()).isNull();
    }

    @Test
    void anApplicationCanBeArchivedWhenNothingRunsInIt() {
        story.staged("A");
        story.create("B");
        archive("B");
        ExpectedOutcome used = story.submit(CommandKind.ARCHIVE_APPLICATION, data());
        assertThat(used.code()).isEqualTo(ExpectedRefusal.APPLICATION_IN_USE);
        assertThat(used.details().environments()).containsExactly("staging");
        story.undeploy("staging");

        assertThat(facts(story.submit(CommandKind.ARCHIVE_APPLICATION, data())))
                .containsExactly("APPLICATION_ARCHIVED");

        assertThat(story.model.releases(APPLICATION)).isEmpty();
        assertThat(story.model.environments(APPLICATION)).isEmpty();
        assertThat(story.model.status(APPLICATION).value().archived()).isTrue();
        for (CommandKind kind : CommandKind.values()) {
            ObjectNode conflicting = data().put("expectedRevision", 1);
            assertThat(story.submit(kind, conflicting).code())
                    .isEqualTo(
                            kind == CommandKind.UNARCHIVE_APPLICATION
                                    ? ExpectedRefusal.REVISION_CONFLICT
                                    : ExpectedRefusal.APPLICATION_ARCHIVED);
        }

        assertThat(facts(story.submit(CommandKind.UNARCHIVE_APPLICATION, data())))
                .containsExactly("APPLICATION_UNARCHIVED");
        assertThat(story.model.releases(APPLICATION)).containsOnlyKeys("A");
        assertThat(story.model.environments(APPLICATION)).hasSize(3);
        assertThat(story.submit(CommandKind.UNARCHIVE_APPLICATION, data()).events())
                .isEmpty();
    }

    @Test
    void aRedeployChangesTheDeploymentAndNothingElse() {
        story.staged("A", "B");
        ExpectedEnvironment before = story.environment("staging");

        ExpectedOutcome again = story.submit(CommandKind.REDEPLOY, data().put("environment", "staging"));

        ExpectedEnvironment after = story.environment("staging");
        assertThat(facts(again)).containsExactly("SERVICE_REDEPLOYED");
        assertThat(again.events().get(0).action()).isEqualTo("redeploy");
        assertThat(after.running().since()).isEqualTo(before.running().since());
        assertThat(after.running().deployment()).isEqualTo(again.revision());
        assertThat(after.previous()).isEqualTo("A");
        assertThat(story.line("staging")).containsExactly("A", "B");
        ObjectNode other = data().put("environment", "staging").put("release", "A");
        assertThat(story.submit(CommandKind.REDEPLOY, other).code()).isEqualTo(ExpectedRefusal.NOT_THERE);
        ObjectNode empty = data().put("environment", "production").put("release", "A");
        assertThat(story.submit(CommandKind.REDEPLOY, empty).code()).isEqualTo(ExpectedRefusal.NOTHING_LEFT);
    }

    @Test
    void aLockedReleaseCanBeAnnotated() {
        story.staged("A");
        ObjectNode notes = data().put("release", "A").put("notes", "N");
        notes.putObject("labels").put("team", "x").put("ticket", "7");

        assertThat(facts(story.submit(CommandKind.ANNOTATE, notes))).containsExactly("RELEASE_ANNOTATED");
        assertThat(story.submit(CommandKind.ANNOTATE, notes.deepCopy()).events())
                .isEmpty();
        ObjectNode less = data().put("release", "A").putNull("notes");
        less.putObject("labels").putNull("team");
        story.submit(CommandKind.ANNOTATE, less);

        assertThat(story.release("A").notes()).isNull();
        assertThat(story.release("A").labels()).containsOnlyKeys("ticket");
    }

    @Test
    void moreLabelsThanTwentyAreRefusedAndTheIdStaysFree() {
        story.create("A");
        ObjectNode many = data().put("release", "A");
        ObjectNode labels = many.putObject("labels");
        for (int i = 0; i < 20; i++) {
            labels.put("label-" + i, "");
        }
        story.submit(CommandKind.ANNOTATE, many);
        ObjectNode oneMore = data().put("release", "A");
        oneMore.putObject("labels").put("one-more", "");
        SentCommand sent = ModelScenario.sent("same", CommandKind.ANNOTATE, oneMore);
        assertThat(story.submit(sent).code()).isEqualTo(ExpectedRefusal.INVALID_COMMAND);
        ObjectNode less = data().put("release", "A");
        less.putObject("labels").putNull("label-0");
        story.submit(CommandKind.ANNOTATE, less);

        assertThat(story.submit(sent).code()).isNull();
    }

    @Test
    void anApplicationsOwnFactsNeedAnApplication() {
        ObjectNode title = data().put("title", "The shop");
        assertThat(story.submit(CommandKind.UPDATE_APPLICATION, title).code())
                .isEqualTo(ExpectedRefusal.APPLICATION_NOT_FOUND);
        story.create("A");

        assertThat(facts(story.submit(CommandKind.UPDATE_APPLICATION, title))).containsExactly("APPLICATION_UPDATED");
        assertThat(story.submit(CommandKind.UPDATE_APPLICATION, title).events()).isEmpty();
        story.submit(CommandKind.UPDATE_APPLICATION, data().putNull("title"));
        assertThat(story.model.status(APPLICATION).value().facts().title()).isNull();
    }

    private ExpectedOutcome archive(String release) {
        return tell(CommandKind.ARCHIVE, release);
    }

    private ExpectedOutcome tell(CommandKind kind, String release) {
        return story.submit(kind, data().put("release", release));
    }
}
