package dev.lockstep.e2e;

import static dev.lockstep.e2e.BoardClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The board of a packaged worker: what it shows of the commands it was sent. */
class BoardIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int OK = 200;

    /** The response to this is not changed by any test. */
    private static final String UNCHANGED = "/api/applications/shop/deployments?status=cancelled";

    @TempDir
    static Path folder;

    private static TestInstallation stage;
    private static BoardClient board;

    @BeforeAll
    static void start() {
        stage = TestInstallation.open("board");
        var worker =
                stage.start(stage.worker().env("LOCKSTEP_BOARD_ENABLED", true).env("LOCKSTEP_BOARD_COMMANDS", true));
        worker.awaitReady(PATIENCE);
        board = new BoardClient(worker.httpPort());
        accepted(
                "release.create",
                "{'application':'shop','release':'1.0','title':'Summer <b>sale</b>','source':{'commitSha':'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334'}}");
        accepted("release.create", "{'application':'shop','release':'1.1','title':'Autumn'}");
        accepted("release.create", "{'application':'shop','release':'1.2','title':'Winter'}");
        accepted("release.deploy", "{'application':'shop','release':'1.0','actor':'ana','reason':'go'}");
        accepted("release.deploy", "{'application':'shop','release':'1.0'}");
        accepted("release.deploy", "{'application':'shop','release':'1.2'}");
        assertThat(json(board.command("release.delete", "{'application':'shop','release':'1.0'}"))
                        .at("/problem/code")
                        .textValue())
                .isEqualTo("RELEASE_LOCKED");
        accepted("release.create", "{'application':'api','release':'v1/2','title':'With a slash'}");
        accepted("release.create", "{'application':'api','release':'2','title':'To try'}");
        accepted("release.delete", "{'application':'api','release':'v1/2'}");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        board.get("/api/applications/api/releases/v1/2").statusCode())
                .isEqualTo(410));
    }

    private static void accepted(String type, String data) {
        HttpResponse<String> answer = board.command(type, data);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(OK);
        assertThat(json(answer).at("/outcome").textValue()).as(answer.body()).isEqualTo("accepted");
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    @Test
    void theOverviewShowsWhatRunsWhere() {
        JsonNode overview = board.read("/api/overview?q=sh");

        assertThat(overview.at("/counts/applications").intValue()).isGreaterThanOrEqualTo(2);
        assertThat(overview.get("items")).hasSize(1);
        assertThat(overview.at("/items/0/application").textValue()).isEqualTo("shop");
        assertThat(overview.at("/items/0/environments").findValuesAsText("id"))
                .containsSubsequence("development", "staging", "production");
        assertThat(overview.at("/items/0/environments/1/current/release").textValue())
                .isEqualTo("1.2");
        assertThat(overview.at("/items/0/environments/2/current/release").textValue())
                .isEqualTo("1.0");
        assertThat(board.read("/api/overview?show=failed").get("items")).isEmpty();
        assertThat(board.read("/api/overview?tier=production").at("/items/0/environments"))
                .hasSize(1);
    }

    /** Transaction markers count as read too: otherwise nobody could tell whether a record is missing. */
    @Test
    void thePositionsReachTheEndsOfTheTopics() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            Map<TopicPartition, Long> ends = stage.wire.ends();
            ends.forEach((partition, end) -> assertThat(stage.number(
                            "select coalesce(sum(next_offset), 0) from board.progress where topic = '%s' and partition = %d"
                                    .formatted(partition.topic(), partition.partition())))
                    .as(partition.toString())
                    .isEqualTo(end));
        });
    }

    @Test
    void anOwnerHasApplicationsAndCountsOfTheirOwn() {
        accepted("release.create", "{'application':'owned','release':'1','title':'One'}");
        accepted("application.update", "{'application':'owned','owner':'Team Two'}");
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode hers = board.read("/api/overview?owner=Team%20Two");
            assertThat(hers.get("items").findValuesAsText("application")).containsExactly("owned");
            assertThat(hers.at("/counts/applications").intValue()).isOne();
            assertThat(hers.at("/counts/moving").intValue()).isZero();
        });

        assertThat(board.read("/api/overview?owner=Team").get("items")).isEmpty();
        assertThat(board.read("/api/overview?owner=Team%20Two&q=shop").get("items"))
                .isEmpty();
    }

    @Test
    void pagesAreFollowedByTheirCursor() {
        JsonNode first = board.read("/api/applications/shop/releases?limit=2");
        JsonNode second = board.read("/api/applications/shop/releases?limit=2&cursor="
                + first.get("next").textValue());

        assertThat(first.get("items").findValuesAsText("release")).containsExactly("1.2", "1.1");
        assertThat(second.get("items").findValuesAsText("release")).containsExactly("1.0");
        assertThat(second.get("next").isNull()).isTrue();
        assertThat(board.read("/api/applications/shop/releases?q=summ%201.0").get("items"))
                .hasSize(1);
        assertThat(board.read("/api/applications/shop/releases?q=a1b2c3").get("items"))
                .hasSize(1);
        assertThat(board.get("/api/applications/shop/releases?cursor=x").statusCode())
                .isEqualTo(400);
    }

    @Test
    void aReleaseIsItsStatus() {
        JsonNode release = board.read("/api/applications/shop/releases/1.0");

        assertThat(release.get("deletable").booleanValue()).isFalse();
        assertThat(release.get("lockReasons")).hasSize(2);
        assertThat(json(board.get("/api/applications/api/releases/v1/2"))
                        .get("code")
                        .textValue())
                .isEqualTo("RELEASE_DELETED");
        assertThat(board.get("/api/applications/shop/releases/9").statusCode()).isEqualTo(404);
        assertThat(board.get("/api/applications/nobody").statusCode()).isEqualTo(404);
        assertThat(board.read("/api/applications/shop").get("environments")).hasSize(3);
    }

    @Test
    void activityShowsWhoDidWhatAndItsOutcome() {
        JsonNode mine = board.read("/api/activity?application=shop&actor=ana");
        JsonNode refused = board.read("/api/activity?application=shop&outcome=rejected");

        assertThat(mine.get("items")).hasSize(1);
        assertThat(mine.at("/items/0/reason").textValue()).isEqualTo("go");
        assertThat(mine.at("/items/0/events").findValuesAsText("type"))
                .containsExactly("dev.cdeventsx.lockstep-release.locked.0.1.0", "dev.cdevents.service.deployed.0.3.0");
        assertThat(refused.at("/items/0/code").textValue()).isEqualTo("RELEASE_LOCKED");
        assertThat(refused.at("/items/0/detail").textValue()).isNotBlank();
        assertThat(board.read("/api/activity?application=api&until="
                                + mine.at("/items/0/time").textValue())
                        .get("items"))
                .isEmpty();
    }

    @Test
    void whatRanAtAGivenTimeIsKnown() {
        JsonNode deployments = board.read("/api/applications/shop/deployments?environment=staging");
        Instant second = Instant.parse(deployments.at("/items/0/finishedAt").textValue());

        assertThat(deployments.get("items").findValuesAsText("release")).containsExactly("1.2", "1.0");
        assertThat(board.read("/api/at?application=shop&time=" + second.minusMillis(1))
                        .at("/items/0/environments")
                        .findValuesAsText("release"))
                .contains("1.0")
                .doesNotContain("1.2");
        assertThat(json(board.get("/api/at?time=2020-01-01T00:00:00Z"))
                        .get("knownSince")
                        .textValue())
                .isNotBlank();
        assertThat(board.read("/api/diff?application=shop&from=staging&to=production")
                        .get("brings")
                        .findValuesAsText("release"))
                .containsExactly("1.2", "1.1");
        assertThat(board.read("/api/diff?application=shop&from=staging&time=" + second.minusMillis(1))
                        .get("brings")
                        .findValuesAsText("release"))
                .containsExactly("1.2", "1.1");
    }

    @Test
    void aReleaseACommitAndAnArtefactAreFound() {
        assertThat(board.read("/api/where?release=1.2").at("/items/0/environments"))
                .extracting(JsonNode::textValue)
                .containsExactly("staging");
        assertThat(board.read("/api/where?commit=A1B2C3D")
                        .at("/items/0/release")
                        .textValue())
                .isEqualTo("1.0");
        assertThat(board.get("/api/where?commit=a").statusCode()).isEqualTo(400);
        assertThat(board.get("/api/where").statusCode()).isEqualTo(400);
    }

    @Test
    void changesAreStreamedFromTheResponsesPosition() throws IOException {
        HttpResponse<String> answer = board.get(UNCHANGED);
        String position = answer.headers().firstValue("Lockstep-Position").orElseThrow();
        accepted("release.annotate", "{'application':'shop','release':'1.1','notes':'seen'}");
        Path told = folder.resolve("stream");

        board.listen(position, told);

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(Files.readString(told))
                .contains("event:changes")
                .contains("\"shop\":[")
                .contains("releases"));
        assertThat(board.get(
                                UNCHANGED,
                                "If-None-Match",
                                answer.headers().firstValue("etag").orElseThrow())
                        .statusCode())
                .isEqualTo(304);
    }

    @Test
    void commandsAreAcceptedOnlyFromThisPageAndOnlyAsCloudEvents() {
        String json = "application/json";
        String data = "{'application':'api','release':'2'}";

        assertThat(board.command("release.deploy", data, "Origin", "http://evil.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(board.command("release.deploy", data, "Sec-Fetch-Site", "cross-site")
                        .statusCode())
                .isEqualTo(403);
        assertThat(board.post("{}", "content-type", "text/plain").statusCode()).isEqualTo(415);
        assertThat(json(board.post("{\"application\":\"shop\"}", "content-type", json))
                        .get("detail")
                        .textValue())
                .isEqualTo("The CloudEvent has no id. Nothing was sent.");
        assertThat(board.post(
                                "{\"application\":\"api\",\"release\":\"2\"}",
                                "content-type",
                                json,
                                "ce-id",
                                "binary-1",
                                "ce-source",
                                "/test",
                                "ce-type",
                                "dev.lockstep.release.deploy.v1",
                                "ce-specversion",
                                "1.0",
                                "Prefer",
                                "wait=20")
                        .body())
                .contains("\"outcome\":\"accepted\"");
    }

    @Test
    void anInvalidAddressIsAProblem() throws IOException {
        assertThat(board.raw("/api/applications/%zz"))
                .startsWith("HTTP/1.1 400")
                .contains("INVALID_REQUEST");
        assertThat(board.raw("/board/%zz")).startsWith("HTTP/1.1 400");
    }

    @Test
    void aWaitingClientAlsoLearnsWhatIsWrongWithAName() {
        HttpResponse<String> answer =
                board.command("release.create", "{'application':'bad app!','release':'1','title':'Never'}");

        assertThat(answer.statusCode()).isEqualTo(OK);
        assertThat(json(answer).at("/problem/code").textValue()).isEqualTo("INVALID_COMMAND");
    }

    @Test
    void wordsAreFoundByTheirPrefixesWhateverSeparatesThem() {
        accepted("release.create", "{'application':'user-1a','release':'api/v1.2.3','title':'Sub-words'}");

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        board.read("/api/overview?q=user-1").get("items"))
                .hasSize(1));
        assertThat(board.read("/api/applications/user-1a/releases?q=v1.2").get("items"))
                .hasSize(1);
        assertThat(board.read("/api/overview?q=!").get("items")).isEmpty();
    }

    @Test
    void whatWasBeforeAnythingIsKnownIsNotCompared() {
        assertThat(json(board.get("/api/diff?application=shop&from=staging&time=2020-01-01T00:00:00Z"))
                        .get("code")
                        .textValue())
                .isEqualTo("NOT_KNOWN");
    }

    @Test
    void aDryRunIsAnsweredAndLeavesNoTrace() {
        HttpResponse<String> answer =
                board.command("release.create", "{'application':'shop','release':'9','title':'Never','dryRun':true}");

        assertThat(json(answer).get("dryRun").booleanValue()).isTrue();
        assertThat(board.get("/api/applications/shop/releases/9").statusCode()).isEqualTo(404);
    }
}
