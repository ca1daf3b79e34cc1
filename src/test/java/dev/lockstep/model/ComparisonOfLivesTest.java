package dev.lockstep.model;

import static dev.lockstep.model.Story.APPLICATION;
import static dev.lockstep.model.Story.data;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves that the comparison bites where deployments run, wait and end. */
class ComparisonOfLivesTest {

    private static final List<String> TEXTS = List.of("/title", "/detail");

    private final Story story = Story.withClock();
    private Expected inProgress;
    private Expected superseded;

    @BeforeEach
    void oneIsCurrentOneInProgressAndTwoWait() {
        List.of("A", "B", "C", "D")
                .forEach(release -> story.tell(
                        Kind.CREATE,
                        data().put("release", release).put("title", "T").put("actor", "builder")));
        story.policy("staging", "completion", "reported", "timeout", "PT1H", "onFailure", "restore");
        story.report(story.deploy("A", "staging"), "succeeded");
        inProgress = story.after(1).deploy("B", "staging");
        ObjectNode told = Story.ofDeployment(inProgress.made().revision()).put("status", "in_progress");
        told.put("url", "https://example.org/7").put("message", "M").put("at", story.in(-1));
        story.after(1).tell(Kind.REPORT, told);
        superseded = story.after(1).deploy("D", "staging");
        ObjectNode later = deployment("C").put("notBefore", story.in(60)).put("expiresAt", story.in(90));
        story.after(1).tell(Kind.DEPLOY, later.put("actor", "somebody"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"environment staging", "release B", "release C"})
    void whateverIsBentOrLeftOutOfAStatusIsFound(String which) {
        JsonNode sound = status(which);

        assertThat(differences(story.subject.published(APPLICATION))).isEmpty();
        for (Bend bend : Bend.everything(sound)) {
            if (!isText(bend)) {
                assertThat(differences(with(which, bend.of(sound))))
                        .as(bend.pointer())
                        .isNotEmpty();
            }
        }
        for (Bend bend : Bend.everyMember(sound)) {
            assertThat(differences(with(which, bend.without(sound))))
                    .as("without " + bend.pointer())
                    .isNotEmpty();
        }
    }

    @Test
    void whateverIsBentInAnEventIsFound() {
        Sent queued = Story.sent("rollback", Kind.ROLLBACK, data().put("environment", "staging"));
        found(queued, story.after(1).tell(queued));
        ObjectNode failed = Story.ofDeployment(inProgress.made().revision()).put("status", "errored");
        Sent report = Story.sent("report", Kind.REPORT, failed);
        Expected ended = story.after(1).tell(report);

        assertThat(Story.facts(ended)).contains("DEPLOYMENT_FINISHED", "DEPLOYMENT_STARTED");
        found(report, ended);
    }

    private void found(Sent sent, Expected expected) {
        List<JsonNode> events = story.last.events();
        for (int i = 0; i < events.size(); i++) {
            JsonNode sound = events.get(i);
            Expected.ExpectedEvent event = expected.events().get(i);
            assertThat(Comparison.event(sent, APPLICATION, event, sound, story.subject.chronicle))
                    .isEmpty();
            for (Bend bend : Bend.everything(sound)) {
                if (!isText(bend) && !bend.pointer().equals("/context/id")) {
                    assertThat(Comparison.event(sent, APPLICATION, event, bend.of(sound), story.subject.chronicle))
                            .as(event.fact() + bend.pointer())
                            .isNotEmpty();
                }
            }
        }
    }

    @Test
    void whateverIsBentInAResultIsFound() {
        bent(Story.sent("waits", Kind.ROLLBACK, data().put("environment", "staging")), null);
        bent(
                Story.sent(
                        "dry",
                        Kind.UNDEPLOY,
                        data().put("environment", "staging").put("dryRun", true)),
                null);
        bent(Story.sent("again", Kind.DEPLOY, deployment("B")), Code.ALREADY_ON_ITS_WAY);
        bent(
                Story.sent(
                        "blocked",
                        Kind.UNDEPLOY,
                        data().put("environment", "staging").put("ifBlocked", "reject")),
                Code.BLOCKED);
        bent(
                Story.sent("expected", Kind.DEPLOY, deployment("D").put("expectedReleaseRevision", 1)),
                Code.REVISION_CONFLICT);
        ObjectNode over = Story.ofDeployment(superseded.made().revision()).put("status", "succeeded");
        bent(Story.sent("over", Kind.REPORT, over), Code.DEPLOYMENT_NOT_ACTIVE);
        story.policy("staging", "whenBusy", "reject");
        bent(Story.sent("busy", Kind.UNDEPLOY, data().put("environment", "staging")), Code.ENVIRONMENT_BUSY);
    }

    private void bent(Sent command, Code code) {
        Sent sent = story.now(command);
        Expected expected = story.tell(sent);
        JsonNode sound = story.last.result();

        assertThat(expected.code()).isEqualTo(code);
        assertThat(result(sent, expected, sound)).isEmpty();
        for (Bend bend : Bend.everything(sound)) {
            if (!isText(bend)) {
                assertThat(result(sent, expected, bend.of(sound)))
                        .as(code + bend.pointer())
                        .isNotEmpty();
            }
        }
    }

    private List<String> result(Sent sent, Expected expected, JsonNode result) {
        return Comparison.result(sent, expected, result, false, story.subject.chronicle);
    }

    @Test
    void anotherCorrelationIdIsFound() {
        Sent report = Story.sent(
                "report",
                Kind.REPORT,
                Story.ofDeployment(inProgress.made().revision()).put("status", "failed"));
        Expected expected = story.tell(report);

        assertThat(Comparison.correlations(report, expected, story.last.correlations()))
                .isEmpty();
        List<String> athand = expected.events().stream().map(event -> "report").toList();
        assertThat(Comparison.correlations(report, expected, athand)).isNotEmpty();
    }

    private static boolean isText(Bend bend) {
        return TEXTS.stream().anyMatch(bend.pointer()::endsWith);
    }

    private List<String> differences(Published published) {
        return StatusComparison.application(story.model, APPLICATION, published, story.subject.chronicle);
    }

    private JsonNode status(String which) {
        Published published = story.subject.published(APPLICATION);
        String id = which.substring(which.indexOf(' ') + 1);
        return which.startsWith("release")
                ? published.releases(APPLICATION).get(id).value()
                : published.environments(APPLICATION).get(id).value();
    }

    private Published with(String which, JsonNode value) {
        Published published = story.subject.published(APPLICATION);
        String key = APPLICATION + "/" + which.substring(which.indexOf(' ') + 1);
        if (which.startsWith("release")) {
            published.keepRelease(key, value, null);
        } else {
            published.keepEnvironment(key, value, null);
        }
        return published;
    }

    private static ObjectNode deployment(String release) {
        return data().put("release", release).put("environment", "staging");
    }
}
