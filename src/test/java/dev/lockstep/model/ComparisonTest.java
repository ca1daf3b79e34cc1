package dev.lockstep.model;

import static dev.lockstep.model.ModelScenario.APPLICATION;
import static dev.lockstep.model.ModelScenario.data;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Proves that the comparison works: whatever is altered or left out in the published JSON is found. */
class ComparisonTest {

    private final ModelScenario story = new ModelScenario();

    @BeforeEach
    void twoReleasesInStagingOneOfThemInProduction() {
        story.submit(CommandKind.CREATE, described("A"));
        story.submit(CommandKind.UPDATE_APPLICATION, facts());
        story.submit(CommandKind.DEFINE, pipeline());
        story.submit(CommandKind.ANNOTATE, data().put("release", "A").put("notes", "Look here"));
        story.submit(CommandKind.DEPLOY, by(data().put("release", "A").put("environment", "staging")));
        story.submit(CommandKind.DEPLOY, by(data().put("release", "A").put("environment", "production")));
        story.submit(CommandKind.CREATE, described("B"));
        story.submit(CommandKind.DEPLOY, by(data().put("release", "B").put("environment", "staging")));
    }

    @Test
    void theModelsOwnPublicationHasNoDifferences() {
        assertThat(differences(story.subject.published(APPLICATION))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("statuses")
    void anyAlterationOrOmissionInAStatusIsFound(String topic, String id) {
        JsonNode sound = status(topic, id);

        assertThat(JsonAlteration.everyLeaf(sound)).hasSizeGreaterThan(10);
        for (JsonAlteration bend : JsonAlteration.everyLeaf(sound)) {
            assertThat(differences(withStatus(topic, id, bend.of(sound))))
                    .as(bend.pointer())
                    .isNotEmpty();
        }
        for (JsonAlteration bend : JsonAlteration.everyMember(sound)) {
            assertThat(differences(withStatus(topic, id, bend.without(sound))))
                    .as("without " + bend.pointer())
                    .isNotEmpty();
        }
    }

    static Stream<Arguments> statuses() {
        return Stream.of(
                Arguments.of("application", APPLICATION),
                Arguments.of("release", "A"),
                Arguments.of("release", "B"),
                Arguments.of("environment", "development"),
                Arguments.of("environment", "staging"),
                Arguments.of("environment", "production"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void anyAlterationInAnEventIsFound(CommandKind kind, ObjectNode data) {
        SentCommand sent = ModelScenario.sent("last", kind, data);
        ExpectedOutcome expected = story.submit(sent);
        List<JsonNode> events = story.last.events();

        assertThat(events).isNotEmpty();
        for (int i = 0; i < events.size(); i++) {
            JsonNode sound = events.get(i);
            for (JsonAlteration bend : JsonAlteration.everyLeaf(sound)) {
                boolean identity = bend.pointer().equals("/context/id");
                if (!identity) {
                    assertThat(event(sent, expected.events().get(i), bend.of(sound)))
                            .as(bend.pointer())
                            .isNotEmpty();
                }
            }
        }
    }

    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of(CommandKind.CREATE, described("C")),
                Arguments.of(CommandKind.DEFINE, dropping()),
                Arguments.of(CommandKind.DEFINE, pipeline().set("keep", new ModelKeepPolicy(30, 15).json())),
                Arguments.of(CommandKind.ROLLBACK, by(data().put("environment", "staging"))),
                Arguments.of(CommandKind.REDEPLOY, by(data().put("environment", "staging"))),
                Arguments.of(CommandKind.UNDEPLOY, by(data().put("environment", "staging"))),
                Arguments.of(CommandKind.UPDATE_APPLICATION, by(data().put("title", "Another"))));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void anyAlterationInAResultIsFound(CommandKind kind, ObjectNode data, ExpectedRefusal code) {
        SentCommand sent = ModelScenario.sent("last", kind, data);
        ExpectedOutcome expected = story.submit(sent);
        JsonNode sound = story.last.result();

        assertThat(expected.code()).isEqualTo(code);
        assertThat(result(sent, expected, sound)).isEmpty();
        for (JsonAlteration bend : JsonAlteration.everyLeaf(sound)) {
            boolean onlyToBeThere = List.of("/problem/title", "/problem/detail").contains(bend.pointer());
            if (!onlyToBeThere) {
                assertThat(result(sent, expected, bend.of(sound)))
                        .as(bend.pointer())
                        .isNotEmpty();
            }
        }
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(CommandKind.DEPLOY, data().put("release", "B").put("environment", "production"), null),
                Arguments.of(CommandKind.DELETE, data().put("release", "A"), ExpectedRefusal.RELEASE_LOCKED),
                Arguments.of(CommandKind.ARCHIVE, data().put("release", "A"), ExpectedRefusal.RELEASE_IN_USE),
                Arguments.of(CommandKind.ARCHIVE_APPLICATION, data(), ExpectedRefusal.APPLICATION_IN_USE),
                Arguments.of(CommandKind.DEPLOY, data().put("release", "B"), ExpectedRefusal.ENVIRONMENT_REQUIRED),
                Arguments.of(
                        CommandKind.DEPLOY,
                        data().put("release", "B").put("from", "production"),
                        ExpectedRefusal.NOT_THERE),
                Arguments.of(
                        CommandKind.UNARCHIVE,
                        data().put("release", "A").put("expectedRevision", 1),
                        ExpectedRefusal.REVISION_CONFLICT));
    }

    @Test
    void anAlteredAnswerToAPromotionIsFound() {
        story.submit(CommandKind.CREATE, described("C"));
        anyAlterationInAResultIsFound(
                CommandKind.DEPLOY,
                data().put("release", "C").put("environment", "production"),
                ExpectedRefusal.PROMOTION_ORDER);
    }

    @Test
    void anIdOrARevisionThatComesTwiceIsFound() {
        story.submit(CommandKind.ROLLBACK, data().put("environment", "staging"));
        JsonNode event = story.last.events().get(0);
        EventLog chronicle = new EventLog();
        String revision = "/customData/lockstep/revision";

        assertThat(chronicle.record(event)).isEmpty();
        assertThat(chronicle.record(event)).hasSize(3);
        assertThat(chronicle.record(new JsonAlteration(revision).of(event))).hasSize(2);
        JsonNode otherId = new JsonAlteration("/context/id").of(event);
        assertThat(new EventLog().record(new JsonAlteration("/context/timestamp").without(otherId)))
                .hasSize(1);
        assertThat(chronicle.record(new JsonAlteration(revision).of(new JsonAlteration(revision).of(otherId))))
                .singleElement()
                .asString()
                .contains("deployment");
    }

    @Test
    void aMissingAnExtraAndADoubledRecordAreFound() {
        SentCommand create = ModelScenario.sent("last", CommandKind.CREATE, described("C"));
        ExpectedOutcome expected = story.submit(create);
        List<JsonNode> doubled = new ArrayList<>(story.last.events());
        doubled.addAll(story.last.events());

        assertThat(Comparison.events(create, expected, doubled, story.subject.chronicle))
                .hasSize(1);
        assertThat(differences(new Published())).hasSize(8);
        assertThat(StatusComparison.application(
                        new ReferenceModel(), APPLICATION, story.subject.published(APPLICATION), new EventLog()))
                .hasSize(8);
    }

    @Test
    void aTombstoneForAnotherReasonIsFound() {
        story.submit(CommandKind.CREATE, described("gone"));
        story.submit(CommandKind.DELETE, data().put("release", "gone"));
        story.submit(CommandKind.CREATE, described("kept"));
        story.submit(CommandKind.ARCHIVE, data().put("release", "kept"));
        story.submit(CommandKind.DEFINE, dropping());

        assertThat(differences(story.subject.published(APPLICATION))).isEmpty();
        assertThat(differences(withTombstone("release", "gone", "archived"))).hasSize(1);
        assertThat(differences(withTombstone("release", "gone", null))).hasSize(1);
        assertThat(differences(withTombstone("release", "kept", "deleted"))).hasSize(1);
        assertThat(differences(withTombstone("environment", "qa", "archived"))).hasSize(1);
        assertThat(differences(withTombstone("environment", "staging", "dropped")))
                .hasSize(1);
        assertThat(differences(withTombstone("application", APPLICATION, "archived")))
                .hasSize(1);
    }

    private List<String> differences(Published published) {
        return StatusComparison.application(story.model, APPLICATION, published, story.subject.chronicle);
    }

    private List<String> event(SentCommand sent, ExpectedOutcome.ExpectedEvent expected, JsonNode event) {
        return Comparison.event(sent, APPLICATION, expected, event, story.subject.chronicle);
    }

    private List<String> result(SentCommand sent, ExpectedOutcome expected, JsonNode result) {
        return Comparison.result(sent, expected, result, false, story.subject.chronicle);
    }

    private JsonNode status(String topic, String id) {
        Published published = story.subject.published(APPLICATION);
        return switch (topic) {
            case "application" -> published.application(id).value();
            case "release" -> published.releases(APPLICATION).get(id).value();
            default -> published.environments(APPLICATION).get(id).value();
        };
    }

    private Published withStatus(String topic, String id, JsonNode value) {
        return with(topic, id, new LatestRecord(value, null));
    }

    private Published withTombstone(String topic, String id, String reason) {
        return with(topic, id, new LatestRecord(null, reason));
    }

    private Published with(String topic, String id, LatestRecord latest) {
        Published published = story.subject.published(APPLICATION);
        String key = APPLICATION + "/" + id;
        switch (topic) {
            case "application" -> published.keepApplication(id, latest.value(), latest.reason());
            case "release" -> published.keepRelease(key, latest.value(), latest.reason());
            default -> published.keepEnvironment(key, latest.value(), latest.reason());
        }
        return published;
    }

    private static ObjectNode described(String release) {
        ObjectNode data = by(data()).put("release", release).put("title", "T").put("description", "D");
        data.put("artifactId", "pkg:oci/shop@1")
                .put("chainId", "chain-" + release)
                .putObject("labels")
                .put("team", "x");
        data.putObject("source")
                .put("repoUrl", "https://git.example.org/shop.git")
                .put("ref", "main");
        return data;
    }

    private static ObjectNode by(ObjectNode data) {
        return data.put("actor", "somebody").put("reason", "because");
    }

    private static ObjectNode facts() {
        return data().put("title", "T")
                .put("description", "D")
                .put("owner", "O")
                .put("url", "https://example.org/");
    }

    private static ObjectNode pipeline() {
        ObjectNode data = data();
        ArrayNode stops = data.putArray("environments");
        stops.addObject().put("id", "development").put("title", "Dev");
        stops.addObject()
                .put("id", "staging")
                .put("title", "Stage")
                .putObject("policy")
                .put("onlyNewer", true);
        stops.addObject()
                .put("id", "qa")
                .put("tier", "testing")
                .putArray("after")
                .add("development");
        stops.addObject().put("id", "production").putArray("after").add("staging");
        data.set("keep", new ModelKeepPolicy(30, 14).json());
        return data;
    }

    /** One is added, one changes, one is removed. */
    private static ObjectNode dropping() {
        ObjectNode data = pipeline();
        ArrayNode stops = (ArrayNode) data.get("environments");
        stops.remove(2);
        stops.addObject()
                .put("id", "demo")
                .put("title", "Demo")
                .put("tier", "testing")
                .putObject("policy")
                .put("onlyNewer", true);
        return data;
    }
}
