package dev.lockstep.e2e;

import static dev.lockstep.e2e.TopicClient.EVENTS;
import static dev.lockstep.e2e.TopicClient.RESULTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.local.WorkerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What blocks one partition does not block any other, however much is waiting for it. */
@Tag("slow")
class PartitionIsolationIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Several times what a worker buffers. */
    private static final int MANY = 8_000;

    private static final int ROUNDS = 10;

    private TestInstallation stage;
    private WorkerProcess worker;

    @BeforeEach
    void set() {
        stage = TestInstallation.open("partition");
        worker = stage.startReady();
    }

    @AfterEach
    void strike() {
        stage.close();
    }

    @Test
    void thousandsWaitForALockWhileAllOthersAreAnswered() throws Exception {
        int stuck = create("shop", 0);
        stage.wire.result("shop-0");
        try (Connection held = stage.hold("select 1 from progress where partition = " + stuck + " for update")) {
            create("shop", 1);
            await().pollInterval(Duration.ofMillis(20))
                    .atMost(PATIENCE)
                    .until(() ->
                            stage.number("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") > 0);
            sendMany("shop", 2);

            assertTheOthersAreAnswered(stuck);
            assertThat(results("shop")).hasSize(1);
        }
        assertAllAreAnsweredInOrder("shop");
    }

    /** They were polled together, and so taken into a batch together. */
    @Test
    void commandsBatchedWithALockedPartitionAreAnsweredWithoutIt() throws Exception {
        int stuck = create("shop", 0);
        stage.wire.result("shop-0");
        List<String> others = IntStream.range(0, 6)
                .filter(partition -> partition != stuck)
                .mapToObj(partition -> IntStream.range(0, 100)
                        .mapToObj(i -> "app-" + i)
                        .filter(application -> TopicClient.home(application) == partition)
                        .findFirst()
                        .orElseThrow())
                .toList();
        try (Connection held = stage.hold("select 1 from progress where partition = " + stuck + " for update")) {
            worker.pause();
            others.forEach(other -> create(other, 0));
            create("shop", 1);
            others.forEach(other -> create(other, 1));
            worker.resume();

            others.forEach(other -> stage.wire.result(other + "-1"));
            assertThat(results("shop")).hasSize(1);
        }
        stage.wire.result("shop-1");
    }

    @Test
    void thousandsWaitForATopicThatRefusesWhileAllOthersAreAnswered() throws Exception {
        int refused = create("shop", 0);
        stage.wire.result("shop-0");
        stage.wire.configure(EVENTS, "max.message.bytes", "3000");
        byte[] incompressible = new byte[2_900];
        new Random(1).nextBytes(incompressible);
        String text = Base64.getEncoder().encodeToString(incompressible);
        stage.wire.send(
                "shop",
                TopicClient.structured(
                        "shop-1",
                        "release.create.v1",
                        "{'application':'shop','release':'1','title':'T','description':'" + text + "'}"),
                Map.of());
        String reason = "partition " + refused + ": topic " + EVENTS + " rejects a record as too large";
        await().atMost(PATIENCE).until(() -> health("ready").contains(reason));
        sendMany("shop", 2);

        assertTheOthersAreAnswered(refused);
        assertThat(results("shop")).hasSize(1);
        assertThat(health("live")).contains("\"status\": \"UP\"").doesNotContain("DOWN");

        stage.wire.configure(EVENTS, "max.message.bytes", "1048588");
        assertAllAreAnsweredInOrder("shop");
        stage.wire.readToTheEnd();
        assertThat(stage.wire.seen(EVENTS, record -> TopicClient.header(record, "ce_partitionkey")
                        .equals("shop")))
                .extracting(record -> Integer.parseInt(TopicClient.header(record, "ce_apprevision")))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, MANY + 5).boxed().toList());
        await().atMost(PATIENCE).until(() -> worker.readiness() == 200);
    }

    private void assertTheOthersAreAnswered(int but) {
        List<String> others = IntStream.range(0, 100)
                .mapToObj(i -> "app-" + i)
                .filter(application -> TopicClient.home(application) != but)
                .limit(20)
                .toList();
        assertThat(others.stream().map(TopicClient::home).distinct()).hasSize(5);
        for (int round = 0; round < ROUNDS; round++) {
            for (String application : others) {
                create(application, round);
            }
            for (String application : others) {
                assertThat(stage.wire
                                .result(application + "-" + round)
                                .path("outcome")
                                .asText())
                        .isEqualTo("accepted");
            }
        }
    }

    private void assertAllAreAnsweredInOrder(String application) {
        stage.wire.await(RESULTS, MANY + 2, record -> application.equals(TopicClient.key(record)));
        assertThat(results(application))
                .extracting(record -> TopicClient.json(record).path("commandId").asText())
                .containsExactlyElementsOf(IntStream.range(0, MANY + 2)
                        .mapToObj(i -> application + "-" + i)
                        .toList());
    }

    private List<ConsumerRecord<byte[], byte[]>> results(String application) {
        return stage.wire.seen(RESULTS, record -> application.equals(TopicClient.key(record)));
    }

    private void sendMany(String application, int from) {
        for (int i = from; i < from + MANY; i++) {
            stage.wire.sendAsync(application, creation(application, i));
        }
        stage.wire.flush();
    }

    /** @return the partition of the command, whose id consists of application and release */
    private int create(String application, int release) {
        return stage.wire
                .send(application, creation(application, release), Map.of())
                .partition();
    }

    private static byte[] creation(String application, int release) {
        String data = "{'application':'" + application + "','release':'" + release + "','title':'T'}";
        return TopicClient.structured(application + "-" + release, "release.create.v1", data);
    }

    private String health(String which) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("http://localhost:" + worker.httpPort() + "/q/health/" + which))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
