package dev.lockstep.model;

import static dev.lockstep.model.Story.APPLICATION;
import static dev.lockstep.model.Story.data;
import static dev.lockstep.model.Story.facts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

/** Holds the model to what rules 6, 12 and 15 to 18 say of archives, redeploys, annotations and applications. */
class ModelArchivesTest {

    private final Story story = new Story();

    @Test
    void anArchivedReleaseIsOutOfSightUntilItIsTakenBack() {
        story.staged("A", "B");
        assertThat(archive("B").code()).isEqualTo(Code.RELEASE_IN_USE);
        assertThat(archive("B").details().currentEnvironments()).containsExactly("staging");

        assertThat(facts(archive("A"))).containsExactly("RELEASE_ARCHIVED");
        assertThat(archive("A").events()).isEmpty();

        assertThat(story.model.releases(APPLICATION)).containsOnlyKeys("B");
        assertThat(story.model.goneReleases(APPLICATION).get("A")).containsExactly("archived");
        assertThat(story.create("A").code()).isEqualTo(Code.RELEASE_EXISTS);
        assertThat(story.deploy("A", "staging").code()).isEqualTo(Code.RELEASE_ARCHIVED);
        assertThat(story.rollback("staging", "A").code()).isEqualTo(Code.RELEASE_ARCHIVED);
        assertThat(story.retitle("A", "Other").code()).isEqualTo(Code.RELEASE_ARCHIVED);
        assertThat(story.delete("A").code()).isEqualTo(Code.RELEASE_LOCKED);

        assertThat(facts(tell(Kind.UNARCHIVE, "A"))).containsExactly("RELEASE_UNARCHIVED");
        assertThat(tell(Kind.UNARCHIVE, "A").events()).isEmpty();
        assertThat(story.model.releases(APPLICATION).get("A").revision()).isEqualTo(story.model.revision(APPLICATION));
    }

    @Test
    void aRollbackDoesNotGoToAnArchivedRelease() {
        story.staged("A", "B");
        assertThat(story.environment("staging").rollbackTo()).isEqualTo("A");

        archive("A");

        assertThat(story.environment("staging").rollbackTo()).isNull();
        assertThat(story.rollback("staging").code()).isEqualTo(Code.NOTHING_LEFT);
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
        Expected used = story.tell(Kind.ARCHIVE_APPLICATION, data());
        assertThat(used.code()).isEqualTo(Code.APPLICATION_IN_USE);
        assertThat(used.details().environments()).containsExactly("staging");
        story.undeploy("staging");

        assertThat(facts(story.tell(Kind.ARCHIVE_APPLICATION, data()))).containsExactly("APPLICATION_ARCHIVED");

        assertThat(story.model.releases(APPLICATION)).isEmpty();
        assertThat(story.model.environments(APPLICATION)).isEmpty();
        assertThat(story.model.status(APPLICATION).value().archived()).isTrue();
        for (Kind kind : Kind.values()) {
            ObjectNode conflicting = data().put("expectedRevision", 1);
            assertThat(story.tell(kind, conflicting).code())
                    .isEqualTo(kind == Kind.UNARCHIVE_APPLICATION ? Code.REVISION_CONFLICT : Code.APPLICATION_ARCHIVED);
        }

        assertThat(facts(story.tell(Kind.UNARCHIVE_APPLICATION, data()))).containsExactly("APPLICATION_UNARCHIVED");
        assertThat(story.model.releases(APPLICATION)).containsOnlyKeys("A");
        assertThat(story.model.environments(APPLICATION)).hasSize(3);
        assertThat(story.tell(Kind.UNARCHIVE_APPLICATION, data()).events()).isEmpty();
    }

    @Test
    void aRedeployChangesTheDeploymentAndNothingElse() {
        story.staged("A", "B");
        EnvironmentView before = story.environment("staging");

        Expected again = story.tell(Kind.REDEPLOY, data().put("environment", "staging"));

        EnvironmentView after = story.environment("staging");
        assertThat(facts(again)).containsExactly("SERVICE_REDEPLOYED");
        assertThat(again.events().get(0).action()).isEqualTo("redeploy");
        assertThat(after.running().since()).isEqualTo(before.running().since());
        assertThat(after.running().deployment()).isEqualTo(again.revision());
        assertThat(after.previous()).isEqualTo("A");
        assertThat(story.line("staging")).containsExactly("A", "B");
        ObjectNode other = data().put("environment", "staging").put("release", "A");
        assertThat(story.tell(Kind.REDEPLOY, other).code()).isEqualTo(Code.NOT_THERE);
        ObjectNode empty = data().put("environment", "production").put("release", "A");
        assertThat(story.tell(Kind.REDEPLOY, empty).code()).isEqualTo(Code.NOTHING_LEFT);
    }

    @Test
    void aLockedReleaseCanBeAnnotated() {
        story.staged("A");
        ObjectNode notes = data().put("release", "A").put("notes", "N");
        notes.putObject("labels").put("team", "x").put("ticket", "7");

        assertThat(facts(story.tell(Kind.ANNOTATE, notes))).containsExactly("RELEASE_ANNOTATED");
        assertThat(story.tell(Kind.ANNOTATE, notes.deepCopy()).events()).isEmpty();
        ObjectNode less = data().put("release", "A").putNull("notes");
        less.putObject("labels").putNull("team");
        story.tell(Kind.ANNOTATE, less);

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
        story.tell(Kind.ANNOTATE, many);
        ObjectNode oneMore = data().put("release", "A");
        oneMore.putObject("labels").put("one-more", "");
        Sent sent = Story.sent("same", Kind.ANNOTATE, oneMore);
        assertThat(story.tell(sent).code()).isEqualTo(Code.INVALID_COMMAND);
        ObjectNode less = data().put("release", "A");
        less.putObject("labels").putNull("label-0");
        story.tell(Kind.ANNOTATE, less);

        assertThat(story.tell(sent).code()).isNull();
    }

    @Test
    void anApplicationsOwnFactsNeedAnApplication() {
        ObjectNode title = data().put("title", "The shop");
        assertThat(story.tell(Kind.UPDATE_APPLICATION, title).code()).isEqualTo(Code.APPLICATION_NOT_FOUND);
        story.create("A");

        assertThat(facts(story.tell(Kind.UPDATE_APPLICATION, title))).containsExactly("APPLICATION_UPDATED");
        assertThat(story.tell(Kind.UPDATE_APPLICATION, title).events()).isEmpty();
        story.tell(Kind.UPDATE_APPLICATION, data().putNull("title"));
        assertThat(story.model.status(APPLICATION).value().facts().title()).isNull();
    }

    private Expected archive(String release) {
        return tell(Kind.ARCHIVE, release);
    }

    private Expected tell(Kind kind, String release) {
        return story.tell(kind, data().put("release", release));
    }
}
