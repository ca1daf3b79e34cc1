package dev.lockstep.model;

import static dev.lockstep.model.ModelScenario.APPLICATION;
import static dev.lockstep.model.ModelScenario.data;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves that the comparison finds differences when deployments are in progress, wait and end. */
class DeploymentComparisonTest {

    private static final List<String> TEXTS = List.of("/title", "/detail");

    private final ModelScenario story = ModelScenario.withClock();
    private ExpectedOutcome inProgress;
    private ExpectedOutcome superseded;

    @BeforeEach
    void oneIsCurrentOneInProgressAndThreeWait() {
        List.of("A", "B", "C", "D")
                .forEach(release -> story.submit(
                        CommandKind.CREATE,
                        data().put("release", release).put("title", "T").put("actor", "builder")));
        story.policy("staging", "completion", "reported", "timeout", "PT1H", "onFailure", "restore");
        story.report(story.deploy("A", "staging"), "succeeded");
        inProgress = story.after(1).deploy("B", "staging");
        ObjectNode told =
                ModelScenario.ofDeployment(inProgress.made().revision()).put("status", "in_progress");
        told.put("url", "https://example.org/7").put("message", "M").put("at", story.in(-1));
        story.after(1).submit(CommandKind.REPORT, told);
        superseded = story.after(1).deploy("D", "staging");
        ObjectNode later = deployment("C").put("notBefore", story.in(60)).put("expiresAt", story.in(90));
        story.after(1).submit(CommandKind.DEPLOY, later.put("actor", "somebody"));
        story.policy("production", "soakTime", "PT1H");
        story.deploy("A", "production");
    }

    @ParameterizedTest
    @ValueSource(strings = {"environment staging", "environment production", "release B", "release C"})
    void anyAlterationOrOmissionInAStatusIsFound(String which) {
        JsonNode sound = status(which);

        assertThat(differences(story.subject.published(APPLICATION))).isEmpty();
        for (JsonAlteration bend : JsonAlteration.everyLeaf(sound)) {
            if (!isText(bend)) {
                assertThat(differences(with(which, bend.of(sound))))
                        .as(bend.pointer())
                        .isNotEmpty();
            }
        }
        for (JsonAlteration bend : JsonAlteration.everyMember(sound)) {
            assertThat(differences(with(which, bend.without(sound))))
                    .as("without " + bend.pointer())
                    .isNotEmpty();
        }
    }

    @Test
    void anyAlterationInAnEventIsFound() {
        SentCommand queued = ModelScenario.sent("rollback", CommandKind.ROLLBACK, data().put("environment", "staging"));
        found(queued, story.after(1).submit(queued));
        ObjectNode failed =
                ModelScenario.ofDeployment(inProgress.made().revision()).put("status", "errored");
        SentCommand report = ModelScenario.sent("report", CommandKind.REPORT, failed);
        ExpectedOutcome ended = story.after(1).submit(report);

        assertThat(ModelScenario.facts(ended)).contains("DEPLOYMENT_FINISHED", "DEPLOYMENT_STARTED");
        found(report, ended);
    }

    private void found(SentCommand sent, ExpectedOutcome expected) {
        List<JsonNode> events = story.last.events();
        for (int i = 0; i < events.size(); i++) {
            JsonNode sound = events.get(i);
            ExpectedOutcome.ExpectedEvent event = expected.events().get(i);
            assertThat(Comparison.event(sent, APPLICATION, event, sound, story.subject.chronicle))
                    .isEmpty();
            for (JsonAlteration bend : JsonAlteration.everyLeaf(sound)) {
                if (!isText(bend) && !bend.pointer().equals("/context/id")) {
                    assertThat(Comparison.event(sent, APPLICATION, event, bend.of(sound), story.subject.chronicle))
                            .as(event.fact() + bend.pointer())
                            .isNotEmpty();
                }
            }
        }
    }

    @Test
    void anyAlterationInAResultIsFound() {
        bent(ModelScenario.sent("waits", CommandKind.ROLLBACK, data().put("environment", "staging")), null);
        bent(
                ModelScenario.sent(
                        "dry",
                        CommandKind.UNDEPLOY,
                        data().put("environment", "staging").put("dryRun", true)),
                null);
        bent(ModelScenario.sent("again", CommandKind.DEPLOY, deployment("B")), ExpectedRefusal.ALREADY_ON_ITS_WAY);
        bent(
                ModelScenario.sent(
                        "blocked",
                        CommandKind.UNDEPLOY,
                        data().put("environment", "staging").put("ifBlocked", "reject")),
                ExpectedRefusal.BLOCKED);
        bent(
                ModelScenario.sent(
                        "expected", CommandKind.DEPLOY, deployment("D").put("expectedReleaseRevision", 1)),
                ExpectedRefusal.REVISION_CONFLICT);
        ObjectNode over =
                ModelScenario.ofDeployment(superseded.made().revision()).put("status", "succeeded");
        bent(ModelScenario.sent("over", CommandKind.REPORT, over), ExpectedRefusal.DEPLOYMENT_NOT_ACTIVE);
        story.policy("staging", "whenBusy", "reject");
        bent(
                ModelScenario.sent("busy", CommandKind.UNDEPLOY, data().put("environment", "staging")),
                ExpectedRefusal.ENVIRONMENT_BUSY);
    }

    private void bent(SentCommand command, ExpectedRefusal code) {
        SentCommand sent = story.now(command);
        ExpectedOutcome expected = story.submit(sent);
        JsonNode sound = story.last.result();

        assertThat(expected.code()).isEqualTo(code);
        assertThat(result(sent, expected, sound)).isEmpty();
        for (JsonAlteration bend : JsonAlteration.everyLeaf(sound)) {
            if (!isText(bend)) {
                assertThat(result(sent, expected, bend.of(sound)))
                        .as(code + bend.pointer())
                        .isNotEmpty();
            }
        }
    }

    private List<String> result(SentCommand sent, ExpectedOutcome expected, JsonNode result) {
        return Comparison.result(sent, expected, result, false, story.subject.chronicle);
    }

    @Test
    void anotherCorrelationIdIsFound() {
        SentCommand report = ModelScenario.sent(
                "report",
                CommandKind.REPORT,
                ModelScenario.ofDeployment(inProgress.made().revision()).put("status", "failed"));
        ExpectedOutcome expected = story.submit(report);

        assertThat(Comparison.correlations(report, expected, story.last.correlations()))
                .isEmpty();
        List<String> available =
                expected.events().stream().map(event -> "report").toList();
        assertThat(Comparison.correlations(report, expected, available)).isNotEmpty();
    }

    private static boolean isText(JsonAlteration bend) {
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
