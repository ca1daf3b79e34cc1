package dev.lockstep.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves that the comparison bites: whatever is bent in the published JSON is found. */
class ComparisonTest {

    private final Story story = new Story();

    @BeforeEach
    void twoReleasesInStagingOneOfThemInProduction() {
        story.staged("A");
        story.deploy("A");
        story.staged("B");
    }

    @Test
    void whatTheModelWouldPublishDiffersInNothing() {
        assertThat(StatusComparison.release("shop", release(), releaseJson())).isEmpty();
        assertThat(StatusComparison.environment("shop", staging(), stagingJson()))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/application",
                "/release",
                "/title",
                "/description",
                "/artifactId",
                "/source/repoUrl",
                "/deletable",
                "/lockReasons/0/environment",
                "/placements/0/environment",
                "/placements/1/status",
                "/placements/2/linkedFrom",
                "/next",
                "/createdRevision",
                "/revision"
            })
    void aBentReleaseStatusIsFound(String pointer) {
        assertThat(StatusComparison.release("shop", release(), bend(releaseJson(), pointer)))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/environment/id",
                "/environment/tier",
                "/environment/position",
                "/current/release",
                "/previous",
                "/rollbackTo",
                "/active",
                "/lastDeployment/release",
                "/lastDeployment/action",
                "/revision"
            })
    void aBentDeploymentStatusIsFound(String pointer) {
        assertThat(StatusComparison.environment("shop", staging(), bend(stagingJson(), pointer)))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/commandId",
                "/application",
                "/outcome",
                "/duplicate",
                "/revision",
                "/deployment",
                "/problem/code",
                "/problem/requiredEnvironment",
                "/problem/lockReasons/0/environment"
            })
    void aBentResultIsFound(String pointer) {
        Sent delete = Story.sent("last", Kind.DELETE, Story.data().put("release", "A"));
        Expected locked = story.model.apply(delete);
        ObjectNode result = ModelSubject.result(delete, locked);

        assertThat(Comparison.result(delete, locked, result, false)).isEmpty();
        assertThat(Comparison.result(delete, locked, bend(result, pointer), false))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/context/type",
                "/subject/id",
                "/subject/content/environment/id",
                "/subject/content/artifactId",
                "/customData/lockstep/revision",
                "/customData/lockstep/release",
                "/customData/lockstep/previousRelease",
                "/customData/lockstep/createdRevision",
                "/customData/lockstep/deployment/action",
                "/customData/lockstep/commandId"
            })
    void aBentEventIsFound(String pointer) {
        Sent rollback = Story.sent("last", Kind.ROLLBACK, Story.data().put("environment", "staging"));
        Expected rolledBack = story.model.apply(rollback);
        ObjectNode event = ModelSubject.event(rollback, rolledBack.events().get(0));

        assertThat(Comparison.events(rollback, rolledBack, List.of(event))).isEmpty();
        assertThat(Comparison.events(rollback, rolledBack, List.of(bend(event, pointer))))
                .hasSize(1);
    }

    @Test
    void aMissingAnExtraAndADoubledRecordAreFound() {
        ModelSubject same = new ModelSubject();
        Sent create =
                Story.sent("1", Kind.CREATE, Story.data().put("release", "A").put("title", "A"));
        Expected expected = story.model.apply(create);
        Subject.Actual actual = same.apply(create);
        List<JsonNode> doubled = new ArrayList<>(actual.events());
        doubled.addAll(actual.events());

        assertThat(Comparison.events(create, expected, doubled)).hasSize(1);
        assertThat(StatusComparison.application(story.model, "shop", Map.of(), Map.of()))
                .hasSize(5);
        assertThat(StatusComparison.application(
                        new ReferenceModel(), "shop", Map.of("A", releaseJson()), Map.of("staging", stagingJson())))
                .hasSize(2);
    }

    private Stamped<ReleaseView> release() {
        return story.model.releases("shop").get("A");
    }

    private Stamped<EnvironmentView> staging() {
        return story.model.environments("shop").get("staging");
    }

    private ObjectNode releaseJson() {
        return ModelSubject.release("shop", release());
    }

    private ObjectNode stagingJson() {
        return ModelSubject.environment("shop", staging());
    }

    /** A copy with another value at that place, made if it is not there. */
    private static ObjectNode bend(ObjectNode sound, String pointer) {
        ObjectNode bent = sound.deepCopy();
        int slash = pointer.lastIndexOf('/');
        JsonNode parent = bent.at(pointer.substring(0, slash));
        ObjectNode target = parent.isObject() ? (ObjectNode) parent : bent.putObject(pointer.substring(1, slash));
        String member = pointer.substring(slash + 1);
        JsonNode old = target.path(member);
        if (old.isBoolean()) {
            target.put(member, !old.booleanValue());
        } else if (old.isNumber()) {
            target.put(member, old.longValue() + 100);
        } else {
            target.put(member, "bent");
        }
        return bent;
    }
}
