package dev.lockstep.e2e;

import static dev.lockstep.e2e.TopicClient.DEAD_LETTERS;
import static dev.lockstep.e2e.TopicClient.DEPLOYMENTS;
import static dev.lockstep.e2e.TopicClient.EVENTS;
import static dev.lockstep.e2e.TopicClient.RELEASES;
import static dev.lockstep.e2e.TopicClient.RESULTS;
import static dev.lockstep.e2e.TopicClient.header;
import static dev.lockstep.e2e.TopicClient.json;
import static dev.lockstep.e2e.TopicClient.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One packaged worker with a real broker and a real database, seen from outside; each test has its own applications. */
class EndToEndIT {

    private static final Header[] ODD = {
        new RecordHeader("__smallrye_generationId", "7".getBytes(StandardCharsets.UTF_8)),
        new RecordHeader("behind", new byte[0])
    };

    private static TestInstallation stage;
    private static TopicClient wire;

    @BeforeAll
    static void start() {
        stage = TestInstallation.open("e2e");
        stage.startReady();
        wire = stage.wire;
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    @Test
    void aReleasesStory() {
        assertThat(accepted("release.create.v1", "story", "'release':'1','title':'One','description':'First'"))
                .isEqualTo(4);
        assertThat(accepted("release.delete.v1", "story", "'release':'1'")).isEqualTo(5);
        assertThat(wire.await(RELEASES, record -> key(record).equals("story/1") && record.value() == null))
                .satisfies(tombstone ->
                        assertThat(header(tombstone, "ce_apprevision")).isEqualTo("5"));

        assertThat(accepted("release.create.v1", "story", "'release':'1','title':'One'"))
                .isEqualTo(6);
        assertThat(accepted("release.deploy.v1", "story", "'release':'1'")).isEqualTo(8);
        JsonNode staging = status("story/1", 8).path("placements").get(1);
        assertThat(staging.path("status").asText()).isEqualTo("current");
        assertThat(staging.path("linkedFrom").asText()).isEqualTo("development");
        assertThat(locked("story", "1")).hasSize(1);

        assertThat(accepted("release.deploy.v1", "story", "'release':'1'")).isEqualTo(9);
        assertThat(locked("story", "1")).hasSize(2);
        JsonNode production = json(wire.await(
                DEPLOYMENTS,
                record -> key(record).equals("story/production")
                        && json(record).path("revision").asLong() == 9));
        assertThat(production.path("current").path("release").asText()).isEqualTo("1");
        assertThat(production.path("environment").path("position").asInt()).isEqualTo(2);

        List<ConsumerRecord<byte[], byte[]>> events =
                wire.await(EVENTS, 9, record -> key(record).equals("story"));
        assertThat(events.stream().map(record -> header(record, "ce_apprevision")))
                .containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9");
        assertThat(events.stream().map(record -> header(record, "ce_type")).skip(6))
                .containsExactly(
                        "dev.cdeventsx.lockstep-release.locked.0.1.0",
                        "dev.cdevents.service.deployed.0.3.0",
                        "dev.cdevents.service.deployed.0.3.0");
    }

    @Test
    void binaryModeIsEquivalentAndPropagatesItsContext() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        wire.send(
                "binary",
                "{\"application\":\"binary\",\"release\":\"1+2\",\"title\":\"One\"}".getBytes(StandardCharsets.UTF_8),
                Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "b-1",
                        "ce_source", "/ci",
                        "ce_type", "dev.lockstep.release.create.v1",
                        "ce_correlationid", "flow-7",
                        "traceparent", trace,
                        "content-type", "application/json"));
        ConsumerRecord<byte[], byte[]> result = wire.await(RESULTS, r -> key(r).equals("binary"));
        assertThat(json(result).path("outcome").asText()).isEqualTo("accepted");
        for (String topic : List.of(RESULTS, EVENTS, RELEASES)) {
            ConsumerRecord<byte[], byte[]> record =
                    wire.await(topic, r -> List.of("binary", "binary/1+2").contains(String.valueOf(key(r))));
            assertThat(header(record, "ce_partitionkey")).isEqualTo("binary");
            assertThat(header(record, "ce_correlationid")).isEqualTo("flow-7");
            assertThat(header(record, "ce_causationid")).isEqualTo("b-1");
            assertThat(header(record, "traceparent")).isEqualTo(trace);
            assertThat(header(record, "ce_specversion")).isEqualTo("1.0");
            assertThat(header(record, "content-type")).isEqualTo("application/json");
            assertThat(record.partition()).isEqualTo(TopicClient.home("binary"));
        }
    }

    @Test
    void aNonCommandIsCountedByItsKindAndLoggedWithItsPosition() {
        RecordMetadata sent = wire.send("shop", "no json, and a secret".getBytes(StandardCharsets.UTF_8), Map.of());

        String place = TopicClient.COMMANDS + "-" + sent.partition() + "@" + sent.offset();
        await().untilAsserted(() -> assertThat(stage.log(0))
                .contains(
                        "Dead letter record=" + place + " kind=NO_CLOUD_EVENT reason=The record is not a CloudEvent:"));
        assertThat(stage.log(0)).doesNotContain("a secret");
        assertThat(stage.scrape(0).sum("lockstep_dead_letters_total", Map.of("reason", "no_cloud_event")))
                .isPositive();
        assertThat(stage.scrape(0).sum("lockstep_ready")).isEqualTo(1);
    }

    @Test
    void aReSendRepeatsTheFirstOutcomeAndDifferentContentIsRefused() {
        String id = wire.send("release.create.v1", "again", "'release':'1','title':'One'");
        assertThat(wire.result(id).path("duplicate").asBoolean()).isFalse();
        wire.sendAs(id, "release.create.v1", "again", "'title':'One','release':'1'");
        JsonNode second = json(
                wire.await(RESULTS, 2, r -> json(r).path("commandId").asText().equals(id))
                        .get(1));
        assertThat(second.path("duplicate").asBoolean()).isTrue();
        assertThat(second.path("revision").asLong()).isEqualTo(4);
        wire.sendAs(id, "release.create.v1", "again", "'release':'1','title':'Two'");
        JsonNode third = json(
                wire.await(RESULTS, 3, r -> json(r).path("commandId").asText().equals(id))
                        .get(2));
        assertThat(code(third)).isEqualTo("ID_REUSED");
        wire.readToTheEnd();
        assertThat(wire.seen(EVENTS, r -> key(r).equals("again"))).hasSize(4);
    }

    @Test
    void aRememberedRefusalIsRepeated() {
        String id = wire.send("release.deploy.v1", "later", "'release':'1'");
        assertThat(code(wire.result(id))).isEqualTo("APPLICATION_NOT_FOUND");
        accepted("release.create.v1", "later", "'release':'1','title':'One'");
        wire.sendAs(id, "release.deploy.v1", "later", "'release':'1'");
        JsonNode again = json(
                wire.await(RESULTS, 2, r -> json(r).path("commandId").asText().equals(id))
                        .get(1));
        assertThat(code(again)).isEqualTo("APPLICATION_NOT_FOUND");
        assertThat(again.path("duplicate").asBoolean()).isTrue();
    }

    @Test
    void inABatchOfGoodAndBadRecordsEachGetsItsOwnAnswer() {
        byte[] noJson = "\u0001 no json \u00ff".getBytes(StandardCharsets.ISO_8859_1);
        String first = wire.send("release.create.v1", "mixed", "'release':'1','title':'One'");
        long offset = wire.send("mixed", noJson, Map.of("x", "kept")).offset();
        String unknown = wire.send("release.launch.v1", "mixed", "'release':'1'");
        String invalid = wire.send("release.create.v1", "mixed", "'release':'2','titel':'Two'");
        wire.send(
                "other",
                TopicClient.structured("foreign", "release.delete.v1", "{'application':'mixed','release':'1'}"),
                Map.of());
        String last = wire.send("release.deploy.v1", "mixed", "'release':'1'");

        wire.awaitAccepted(first);
        assertThat(code(wire.result(unknown))).isEqualTo("UNKNOWN_COMMAND");
        JsonNode violations = wire.result(invalid).path("problem").path("violations");
        assertThat(violations.findValuesAsText("pointer")).contains("/data/titel", "/data/title");
        assertThat(code(wire.result("foreign"))).isEqualTo("KEY_MISMATCH");
        wire.awaitAccepted(last);
        ConsumerRecord<byte[], byte[]> dead = wire.await(DEAD_LETTERS, r -> "mixed".equals(key(r)));
        assertThat(dead.value()).isEqualTo(noJson);
        assertThat(header(dead, "x")).isEqualTo("kept");
        assertThat(header(dead, "dead-letter-topic")).isEqualTo(TopicClient.COMMANDS);
        assertThat(header(dead, "dead-letter-partition")).isEqualTo(Integer.toString(TopicClient.home("mixed")));
        assertThat(header(dead, "dead-letter-offset")).isEqualTo(Long.toString(offset));
        assertThat(header(dead, "dead-letter-reason")).isNotBlank();
    }

    @Test
    void commandsInTheWrongPartitionAreJudgedInTheRightOneInOrder() {
        int wrong = (TopicClient.home("moved") + 1) % 6;
        for (int i = 1; i <= 20; i++) {
            byte[] create = TopicClient.structured(
                    "m-" + i, "release.create.v1", "{'application':'moved','release':'" + i + "','title':'T'}");
            wire.send(wrong, "moved", create, Map.of());
        }
        List<ConsumerRecord<byte[], byte[]>> results = wire.await(RESULTS, 20, r -> "moved".equals(key(r)));
        assertThat(results.stream().map(r -> json(r).path("commandId").asText()))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 20).mapToObj(i -> "m-" + i).toList());
        assertThat(results).allSatisfy(r -> assertThat(r.partition()).isEqualTo(TopicClient.home("moved")));
    }

    /** The smallest limit on results with which the worker starts. */
    @Test
    void aKeyAsLargeAsARecordDoesNotMakeAResultThatIsTooLarge() {
        wire.configure(RESULTS, "max.message.bytes", "262144");
        byte[] key = new byte[262_144];
        new Random(3).nextBytes(key);
        String data = "{'application':'Not one','release':'1','title':'T'}";
        int partition = wire.send(new ProducerRecord<>(
                        TopicClient.COMMANDS, key, TopicClient.structured("huge-key", "release.create.v1", data)))
                .partition();

        assertThat(code(wire.result("huge-key"))).isEqualTo("INVALID_COMMAND");
        ConsumerRecord<byte[], byte[]> result =
                wire.await(RESULTS, r -> json(r).path("commandId").asText().equals("huge-key"));
        assertThat(result.key()).isEqualTo(Arrays.copyOf(key, 256));
        assertThat(result.partition()).isEqualTo(partition);
    }

    /** The connector reserves a header of that name for itself. */
    @Test
    void aHeaderNamedLikeTheConnectorsIsForwardedUnchanged() {
        ProducerRecord<byte[], byte[]> noCommand = withOddHeaders("odd", "no json".getBytes(StandardCharsets.UTF_8));
        String create = "{'application':'oddly','release':'1','title':'T'}";
        ProducerRecord<byte[], byte[]> misplaced = withOddHeaders(
                "oddly",
                TopicClient.structured("oddly-1", "release.create.v1", create),
                (TopicClient.home("oddly") + 1) % 6);
        wire.send(noCommand);
        wire.send(misplaced);

        ConsumerRecord<byte[], byte[]> dead = wire.await(DEAD_LETTERS, r -> "odd".equals(key(r)));
        assertThat(Arrays.stream(dead.headers().toArray()).limit(2)).containsExactly(ODD);
        wire.awaitAccepted("oddly-1");
        ConsumerRecord<byte[], byte[]> moved = wire.commands().stream()
                .filter(r -> "oddly".equals(key(r)) && r.partition() == TopicClient.home("oddly"))
                .findFirst()
                .orElseThrow();
        assertThat(moved.headers().toArray()).containsExactly(ODD);
    }

    private static ProducerRecord<byte[], byte[]> withOddHeaders(String key, byte[] value, Integer... partition) {
        return new ProducerRecord<>(
                TopicClient.COMMANDS,
                partition.length == 0 ? null : partition[0],
                key.getBytes(StandardCharsets.UTF_8),
                value,
                List.of(ODD));
    }

    @Test
    void aCommandThatTheDatabaseRefusesIsIsolated() {
        stage.sql("""
                create or replace function refuse() returns trigger language plpgsql as $$
                begin
                  if new.state like '%poison%' then raise exception using errcode = '22021', message = 'refused'; end if;
                  return new;
                end $$;
                create or replace trigger refuse before insert or update on release
                  for each row execute function refuse();""");
        List<String> good = IntStream.range(0, 30)
                .mapToObj(i -> wire.send("release.create.v1", "poisoned", "'release':'g" + i + "','title':'Good'"))
                .toList();
        String bad = wire.send("release.create.v1", "poisoned", "'release':'bad','title':'poison'");
        List<String> more = IntStream.range(30, 60)
                .mapToObj(i -> wire.send("release.create.v1", "poisoned", "'release':'g" + i + "','title':'Good'"))
                .toList();
        assertThat(code(wire.result(bad))).isEqualTo("UNPROCESSABLE");
        good.forEach(wire::awaitAccepted);
        more.forEach(wire::awaitAccepted);
        assertThat(wire.await(DEAD_LETTERS, r -> "poisoned".equals(key(r)))).isNotNull();
        stage.sql("drop trigger refuse on release");
    }

    private static long accepted(String type, String application, String data) {
        return wire.awaitAccepted(wire.send(type, application, data))
                .path("revision")
                .asLong();
    }

    private static JsonNode locked(String application, String release) {
        JsonNode result = wire.outcome("release.delete.v1", application, "'release':'" + release + "'");
        assertThat(code(result)).isEqualTo("RELEASE_LOCKED");
        return result.path("problem").path("lockReasons");
    }

    private static JsonNode status(String key, long revision) {
        return json(wire.await(
                RELEASES,
                record -> key(record).equals(key)
                        && record.value() != null
                        && json(record).path("revision").asLong() == revision));
    }

    private static String code(JsonNode result) {
        return result.path("problem").path("code").asText();
    }
}
