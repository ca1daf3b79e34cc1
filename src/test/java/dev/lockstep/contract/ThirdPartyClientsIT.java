package dev.lockstep.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.local.EmbeddedDatabase;
import dev.lockstep.local.EmbeddedKafka;
import dev.lockstep.local.LogEnds;
import dev.lockstep.local.WorkerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Third-party clients against the packaged worker. None of them uses a class of the project. */
class ThirdPartyClientsIT {

    private static final Duration START = Duration.ofSeconds(120);
    private static final long PATIENCE_SECONDS = 120;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path dir;

    private static EmbeddedKafka kafka;
    private static EmbeddedDatabase database;
    private static WorkerProcess worker;

    /**
     * What every client must see.
     *
     * @param outcomes of create, deploy and delete: {@code accepted}, or the code of the refusal
     * @param events by type
     * @param deletable whether the release is deletable, in its last status
     * @param current the release in the second environment
     */
    record Observed(List<String> outcomes, List<String> events, boolean deletable, String current) {

        static final Observed EXPECTED = new Observed(
                List.of("accepted", "accepted", "RELEASE_LOCKED"),
                List.of(
                        "dev.cdevents.environment.created.0.3.0",
                        "dev.cdevents.environment.created.0.3.0",
                        "dev.cdevents.environment.created.0.3.0",
                        "dev.cdeventsx.lockstep-release.created.0.1.0",
                        "dev.cdeventsx.lockstep-release.locked.0.1.0",
                        "dev.cdevents.service.deployed.0.3.0"),
                false,
                "1.0.0");
    }

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0);
        database = EmbeddedDatabase.start(dir.resolve("postgres"), 0, false);
        worker = WorkerProcess.on(kafka.bootstrapServers(), database)
                .env("LOCKSTEP_TOPICS_REPLICATION", 1)
                .log(dir.resolve("worker.log"))
                .start();
        worker.awaitReady(START);
    }

    @AfterAll
    static void stop() {
        try {
            assertThatEveryRecordIsAsTheContractSays();
        } finally {
            worker.close();
            database.close();
            kafka.close();
        }
    }

    @Test
    void kcatInStructuredMode() {
        if (!NodeTool.Commands.exists("kcat")) {
            NodeTool.skip("kcat is not installed: it is the Debian package kcat.");
        }
        assertThat(new KcatClient(kafka.bootstrapServers(), "by-kcat").journey())
                .isEqualTo(Observed.EXPECTED);
    }

    @Test
    void theCloudEventsSdkForJavaInBinaryMode() {
        assertThat(new JavaSdkClient(kafka.bootstrapServers(), "by-java").journey())
                .isEqualTo(Observed.EXPECTED);
    }

    @Test
    void theCloudEventsSdkForJavaScriptInBinaryMode() throws JsonProcessingException {
        assertThatItSees(
                NodeTool.orSkip().run("stranger.mjs", "platformatic", kafka.bootstrapServers(), "by-javascript"));
    }

    /** It decompresses nothing but gzip without a plug-in. */
    @Test
    void kafkajsAsItIsInstalled() throws JsonProcessingException {
        assertThatItSees(NodeTool.orSkip().run("stranger.mjs", "kafkajs", kafka.bootstrapServers(), "by-kafkajs"));
    }

    /** It decompresses nothing but gzip without further packages. */
    @Test
    void kafkaPythonAsItIsInstalled() throws JsonProcessingException {
        assertThatItSees(PythonTool.orSkip("kafka", "the Debian package python3-kafka")
                .run("stranger.py", kafka.bootstrapServers(), "by-python"));
    }

    private static void assertThatItSees(NodeTool.ProcessResult ended) throws JsonProcessingException {
        assertThat(ended.code()).as(ended.output()).isZero();
        String told = ended.output().lines().reduce((before, last) -> last).orElse("");
        assertThat(JSON.readValue(told, Observed.class)).isEqualTo(Observed.EXPECTED);
    }

    @Test
    void theContractIsServedByTheWorkerWithItsPage() throws Exception {
        for (String path : List.of(
                "/contract/",
                "/contract/index.html",
                "/contract/page.js",
                "/contract/asyncapi.yaml",
                "/contract/react-component/index.js",
                "/contract/react-component/default.min.css")) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(200);
        }
        for (String file : Schemas.files()) {
            JsonNode served = JSON.readTree(get("/contract/schemas/" + file).body());
            assertThat(served).as(file).isEqualTo(Schemas.file(file));
        }
    }

    /** Scripts may be slow, or disabled. */
    @Test
    void theContractsPageSaysWhereEverythingIsBeforeItsScriptHasRun() throws Exception {
        String page = get("/contract/").body().replaceAll("(?s)<script.*", "");
        assertThat(page).contains("<h1>The contract</h1>", "<noscript>");
        assertThat(links(page))
                .contains("asyncapi.yaml", "../docs/contract.md")
                .containsAll(Schemas.files().stream().map("schemas/"::concat).toList());
    }

    @Test
    void everyLinkOfThePagesLeadsSomewhere() throws Exception {
        for (String path : List.of("/", "/contract/")) {
            for (String link : links(get(path).body())) {
                HttpResponse<String> linked = get(url(path).resolve(link).getPath());
                assertThat(linked.statusCode()).as(link).isEqualTo(200);
                assertThat(linked.body()).as(link).isNotEmpty();
            }
        }
        assertThat(get("/docs/operations.md").body()).isEqualTo(Files.readString(Path.of("docs/operations.md")));
        assertThat(get("/docs/operations.md").headers().firstValue("content-type"))
                .contains("text/plain;charset=utf-8");
    }

    @Test
    void whereOthersHaveHealthAndMetricsTheyAreFoundToo() throws Exception {
        for (String guessed : List.of("/metrics", "/health", "/health/live", "/health/ready")) {
            assertThat(get(guessed).headers().firstValue("location")).contains("/q" + guessed);
        }
    }

    private static List<String> links(String page) {
        return Pattern.compile("<a href=\"([^\"]+)\"")
                .matcher(page)
                .results()
                .map(link -> link.group(1))
                .toList();
    }

    /** Their names stay the same when the worker is updated, so nobody may cache them without revalidation. */
    @Test
    void pagesAreAskedForAgainAndSentOnlyWhenTheyHaveChanged() throws Exception {
        for (String path :
                List.of("/", "/contract/", "/contract/asyncapi.yaml", "/contract/react-component/index.js")) {
            HttpResponse<String> first = get(path);
            String tag = first.headers().firstValue("etag").orElseThrow();
            assertThat(first.statusCode()).as(path).isEqualTo(200);
            assertThat(first.headers().firstValue("cache-control")).as(path).contains("no-cache");

            HttpResponse<String> again = get(path, "if-none-match", tag);
            assertThat(again.statusCode()).as(path).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(get(path, "if-none-match", "\"another\"").statusCode()).isEqualTo(200);
        }
        assertThat(get("/contract/schemas").statusCode()).isEqualTo(404);
        assertThat(get("/contract").statusCode()).isEqualTo(302);
        assertThat(get("/contract").headers().firstValue("location")).contains("/contract/");
        assertThat(get("/contract/nothing").statusCode()).isEqualTo(404);
        assertThat(get("/contract/../application.properties").statusCode()).isEqualTo(404);
    }

    @Test
    void theServedContractIsThisWorkers() throws Exception {
        assertThat(get("/contract/asyncapi.yaml").body())
                .contains("host: " + kafka.bootstrapServers())
                .contains("version: " + System.getProperty("project.version", "0."))
                .doesNotContain("localhost:9092");
    }

    /** Every other host is unreachable, so whatever is shown came from the worker. */
    @Test
    void thePagesRenderInABrowserThatReachesNobodyElse() {
        NodeTool.ProcessResult ended = NodeTool.withBrowserOrSkip().run("pages.mjs", url("").toString());
        assertThat(ended.code()).as(ended.output()).isZero();
    }

    private static HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(url(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI url(String path) {
        return URI.create("http://localhost:" + worker.httpPort() + path);
    }

    private static void assertThatEveryRecordIsAsTheContractSays() {
        ContractSchemas contract = new ContractSchemas();
        List<ConsumerRecord<byte[], byte[]>> records = everyRecord();
        assertThat(records).hasSizeGreaterThan(10);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            assertThat(contract.validate(record)).as(record.toString()).isEmpty();
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> everyRecord() {
        Map<String, Object> config =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = ContractDocument.packaged().messages().keySet().stream()
                    .filter(topic -> !topic.equals("lockstep.commands.v1"))
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = LogEnds.of(kafka.bootstrapServers(), partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }
}
