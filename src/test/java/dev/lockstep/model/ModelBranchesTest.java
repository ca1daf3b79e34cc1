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

/** Tests the model against rules 2, 3 and 8 in a pipeline with branches: development, then qa and perf, then production. */
class ModelBranchesTest {

    private final ModelScenario story = new ModelScenario();
    private ArrayNode stops;

    @BeforeEach
    void twoBranches() {
        ObjectNode data = pipeline();
        stop("development");
        stop("qa");
        stop("perf", "development");
        stop("production", "qa", "perf");
        assertThat(story.submit(CommandKind.DEFINE, data).code()).isNull();
        story.create("A");
    }

    @Test
    void severalNextEnvironmentsAreNamedAndOneIsChosen() {
        ExpectedOutcome refused = story.deploy("A");

        assertThat(refused.code()).isEqualTo(ExpectedRefusal.ENVIRONMENT_REQUIRED);
        assertThat(refused.details().environments()).containsExactly("qa", "perf");
        assertThat(story.release("A").next()).isNull();
        assertThat(story.release("A").nextEnvironments()).containsExactly("perf", "qa");

        story.deploy("A", "qa");
        assertThat(story.release("A").next()).isEqualTo("perf");
        story.deploy("A");
        assertThat(story.release("A").next()).isEqualTo("production");
    }

    @Test
    void aPromotionNeedsAllThatTheTargetComesAfter() {
        ExpectedOutcome first = story.deploy("A", "production");
        assertThat(first.code()).isEqualTo(ExpectedRefusal.PROMOTION_ORDER);
        assertThat(first.requiredEnvironment()).isEqualTo("qa");
        assertThat(first.details().requiredEnvironments()).containsExactly("qa", "perf");

        story.deploy("A", "qa");
        ExpectedOutcome second = story.deploy("A", "production");
        assertThat(second.requiredEnvironment()).isEqualTo("perf");
        assertThat(second.details().requiredEnvironments()).containsExactly("perf");

        story.deploy("A", "perf");
        assertThat(story.deploy("A", "production").code()).isNull();
        assertThat(story.deploy("A").code()).isEqualTo(ExpectedRefusal.NOTHING_LEFT);
    }

    @Test
    void theLinkPointsToTheLastSuccess() {
        story.deploy("A", "qa");
        story.deploy("A", "perf");
        long later = story.model.revision(APPLICATION) + ModelSubject.REVISIONS_PER_MOMENT;
        for (int i = 0; story.model.revision(APPLICATION) < later; i++) {
            story.create("other-" + i);
        }
        story.submit(CommandKind.REDEPLOY, data().put("environment", "qa"));

        story.deploy("A", "production");

        assertThat(story.link("A", "production")).isEqualTo("qa");
        assertThat(story.link("A", "perf")).isEqualTo("development");
    }

    @Test
    void ofSeveralAtTheSameMomentTheLinkIsTheLast() {
        int moment = ModelSubject.REVISIONS_PER_MOMENT;
        for (int i = 0; story.model.revision(APPLICATION) <= 2 * moment; i++) {
            story.create("other-" + i);
        }

        assertThat(link(moment, moment + 1)).isEqualTo("perf");
        assertThat(link(moment, 2 * moment)).isEqualTo("perf");
        assertThat(link(0, moment)).isEqualTo("perf");
        assertThat(link(0, 0)).isEqualTo("qa");
    }

    private String link(long succeededInQa, long succeededInPerf) {
        return new Link(List.of(new Link.Origin("qa", succeededInQa), new Link.Origin("perf", succeededInPerf)))
                .resolve(story.subject.chronicle, APPLICATION);
    }

    @Test
    void aRetryWithFromGoesNoFurther() {
        assertThat(deployFrom("A", "qa").code()).isEqualTo(ExpectedRefusal.NOT_THERE);
        assertThat(deployFrom("A", "development").code()).isEqualTo(ExpectedRefusal.ENVIRONMENT_REQUIRED);
        story.deploy("A", "qa");

        ExpectedOutcome again = deployFrom("A", "development");
        assertThat(again.code()).isEqualTo(ExpectedRefusal.NOT_THERE);
        assertThat(again.details().currentEnvironments()).containsExactly("qa");
        assertThat(deployFrom("A", "nowhere").code()).isEqualTo(ExpectedRefusal.ENVIRONMENT_NOT_FOUND);

        ObjectNode wrongWay = data().put("release", "A").put("from", "qa").put("environment", "perf");
        assertThat(story.submit(CommandKind.DEPLOY, wrongWay).code()).isEqualTo(ExpectedRefusal.NOT_THERE);
    }

    @Test
    void nothingIsLeftOnlyWhenItIsAtEveryEnd() {
        ObjectNode data = pipeline();
        stop("development");
        stop("qa");
        stop("perf", "development");
        story.submit(CommandKind.DEFINE, data);
        story.deploy("A", "qa");
        story.deploy("A", "perf");
        assertThat(story.deploy("A").code()).isEqualTo(ExpectedRefusal.NOTHING_LEFT);

        story.create("B");
        story.deploy("B", "qa");

        assertThat(story.deploy("A").code()).isEqualTo(ExpectedRefusal.ENVIRONMENT_REQUIRED);
        assertThat(story.release("A").nextEnvironments()).isEmpty();
    }

    @Test
    void whatADefinitionLeavesOutIsKeptAndNullResetsIt() {
        ObjectNode titled = pipeline();
        stop("development");
        stop("qa")
                .put("title", "Testers")
                .put("tier", "testing")
                .putObject("policy")
                .put("onlyNewer", true);
        stop("perf");
        stop("production");
        assertThat(facts(story.submit(CommandKind.DEFINE, titled))).containsExactly("ENVIRONMENT_MODIFIED");

        ObjectNode same = pipeline();
        bare("development", "qa", "perf", "production");
        assertThat(story.submit(CommandKind.DEFINE, same).events()).isEmpty();
        assertThat(story.environment("production").stop().after()).containsExactly("qa", "perf");

        ObjectNode reset = pipeline();
        stop("development");
        stop("qa").putNull("title").putNull("tier").putNull("policy");
        stop("perf").putNull("after");
        stop("production").putNull("after");
        assertThat(facts(story.submit(CommandKind.DEFINE, reset)))
                .containsExactly("ENVIRONMENT_MODIFIED", "ENVIRONMENT_MODIFIED", "ENVIRONMENT_MODIFIED");
        assertThat(story.environment("perf").stop().after()).containsExactly("qa");
        assertThat(story.environment("qa").stop().title()).isNull();
        assertThat(story.environment("qa").stop().onlyNewer()).isFalse();
    }

    @Test
    void namingWhatItComesAfterAnywayIsAChangeOfTheEnvironmentAlone() {
        long before = story.model.releases(APPLICATION).get("A").revision();
        ObjectNode named = pipeline();
        bare("development");
        stop("qa", "development");
        bare("perf", "production");

        assertThat(facts(story.submit(CommandKind.DEFINE, named))).containsExactly("ENVIRONMENT_MODIFIED");
        assertThat(story.submit(CommandKind.DEFINE, named.deepCopy()).events()).isEmpty();
        assertThat(story.model.releases(APPLICATION).get("A").revision()).isEqualTo(before);

        ObjectNode bare = pipeline();
        bare("development");
        stop("qa").putNull("after");
        bare("perf", "production");
        assertThat(facts(story.submit(CommandKind.DEFINE, bare))).containsExactly("ENVIRONMENT_MODIFIED");
    }

    @Test
    void namingTheSameInAnotherOrderIsNoChange() {
        ObjectNode otherOrder = pipeline();
        bare("development", "qa", "perf");
        stop("production", "perf", "qa");

        assertThat(story.submit(CommandKind.DEFINE, otherOrder).events()).isEmpty();
        assertThat(story.environment("production").stop().after()).containsExactly("qa", "perf");
    }

    @Test
    void aKeptAfterMustStillFit() {
        ObjectNode dropped = pipeline();
        bare("development", "qa", "production");
        assertThat(story.submit(CommandKind.DEFINE, dropped).code()).isEqualTo(ExpectedRefusal.PIPELINE_INVALID);

        ObjectNode behind = pipeline();
        bare("development", "qa", "production", "perf");
        assertThat(story.submit(CommandKind.DEFINE, behind).code()).isEqualTo(ExpectedRefusal.PIPELINE_INVALID);

        ObjectNode first = pipeline();
        bare("perf", "development", "qa", "production");
        assertThat(story.submit(CommandKind.DEFINE, first).code()).isEqualTo(ExpectedRefusal.PIPELINE_INVALID);

        ObjectNode comesBack = pipeline();
        bare("development", "qa");
        stop("production", "qa");
        assertThat(story.submit(CommandKind.DEFINE, comesBack).code()).isNull();
        ObjectNode again = pipeline();
        bare("development", "qa", "perf", "production");
        story.submit(CommandKind.DEFINE, again);
        assertThat(story.environment("perf").stop().after()).containsExactly("qa");
    }

    @Test
    void anOlderReleaseIsRefusedWhereOnlyNewerOnesMayGo() {
        ObjectNode data = pipeline();
        stop("development");
        stop("qa").putObject("policy").put("onlyNewer", true);
        stop("perf");
        stop("production");
        story.submit(CommandKind.DEFINE, data);
        story.create("B");
        story.deploy("B", "qa");

        assertThat(story.deploy("A", "qa").code()).isEqualTo(ExpectedRefusal.OLDER_THAN_CURRENT);
        story.undeploy("qa");
        assertThat(story.deploy("A", "qa").code()).isNull();
        assertThat(story.rollback("qa", "B").code()).isNull();
        assertThat(story.rollback("qa", "A").code()).isNull();
    }

    private ExpectedOutcome deployFrom(String release, String from) {
        return story.submit(CommandKind.DEPLOY, data().put("release", release).put("from", from));
    }

    private ObjectNode pipeline() {
        ObjectNode data = data();
        stops = data.putArray("environments");
        return data;
    }

    private ObjectNode stop(String id, String... after) {
        ObjectNode stop = stops.addObject().put("id", id);
        if (after.length > 0) {
            stop.set("after", ModelJson.texts(List.of(after)));
        }
        return stop;
    }

    private void bare(String... ids) {
        for (String id : ids) {
            stop(id);
        }
    }
}
