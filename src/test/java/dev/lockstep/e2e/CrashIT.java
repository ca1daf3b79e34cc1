package dev.lockstep.e2e;

import static dev.lockstep.e2e.TopicClient.EVENTS;
import static dev.lockstep.e2e.TopicClient.RESULTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.local.KafkaRequest;
import dev.lockstep.local.WorkerProcess;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens to workers that crash, share partitions, or find their stores or settings not as they should be. */
class CrashIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration LONGER_THAN_A_LANE_WAITS = Duration.ofSeconds(3);
    private TestInstallation stage;

    @BeforeEach
    void setUp() {
        stage = TestInstallation.open("crash");
    }

    @AfterEach
    void tearDown() {
        stage.close();
    }

    @Test
    @Tag("slow")
    void aCrashBetweenTheTwoCommitsPublishesWhatWasStored() {
        WorkerProcess worker = stage.startReady();
        assertThat(stage.wire
                        .outcome("release.create.v1", "shop", "'release':'0','title':'Before'")
                        .path("outcome")
                        .asText())
                .isEqualTo("accepted");

        stage.proxy.holdResponsesTo(request -> request.apiKey() == KafkaRequest.PRODUCE);
        List<String> ids = IntStream.rangeClosed(1, 50)
                .mapToObj(i -> stage.wire.send("release.create.v1", "shop", "'release':'" + i + "','title':'T'"))
                .toList();
        await().atMost(PATIENCE).until(() -> stage.number("select count(*) from release") > 1);
        long decided = stage.number("select revision from application where id = 'shop'");
        worker.kill();
        stage.proxy.heal();
        stage.wire.readToTheEnd();
        assertThat(stage.wire.seen(RESULTS, r -> true)).hasSize(1);

        stage.startReady();
        ids.forEach(stage.wire::result);
        stage.wire.readToTheEnd();
        assertThat(stage.wire.seen(RESULTS, r -> true)).hasSize(51);
        assertThat(stage.wire.seen(EVENTS, r -> true).stream().map(r -> TopicClient.header(r, "ce_apprevision")))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 54).mapToObj(Integer::toString).toList());
        assertThat(decided).isGreaterThan(4);
        assertThat(stage.log(1)).contains("Publishing the stored output of records that were applied earlier");
    }

    @Test
    @Tag("slow")
    void aSecondWorkerSharesThePartitions() {
        stage.startReady();
        stage.startReady();
        await().atMost(PATIENCE).untilAsserted(() -> {
            var members = stage.wire
                    .admin()
                    .describeConsumerGroups(List.of("lockstep"))
                    .describedGroups()
                    .get("lockstep")
                    .get()
                    .members();
            assertThat(members).hasSize(2).allSatisfy(member -> assertThat(
                            member.assignment().topicPartitions())
                    .hasSize(3));
        });
        for (int i = 0; i < 30; i++) {
            assertThat(stage.wire
                            .outcome("release.create.v1", "app-" + i, "'release':'1','title':'T'")
                            .path("outcome")
                            .asText())
                    .isEqualTo("accepted");
        }
    }

    /** Nothing else arrives that would make the worker check again. */
    @Test
    void nothingWaitsForAStuckPartition() throws Exception {
        stage.startReady();
        int stuck = create("shop", "1");
        int other = create("blog", "1");
        assertThat(other).isNotEqualTo(stuck);
        stage.wire.result("shop-1");
        stage.wire.result("blog-1");

        try (Connection held = stage.hold("select 1 from progress where partition = " + stuck + " for update")) {
            create("shop", "2");
            await().pollInterval(Duration.ofMillis(20))
                    .atMost(PATIENCE)
                    .until(() ->
                            stage.number("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") > 0);
            create("blog", "2");

            stage.wire.awaitAccepted("blog-2");
            assertThat(stage.wire.seen(RESULTS, r -> TopicClient.header(r, "ce_causationid")
                            .equals("shop-2")))
                    .isEmpty();
        }
        stage.wire.awaitAccepted("shop-2");
    }

    /** @return the partition of the command, whose id consists of application and release */
    private int create(String application, String release) {
        String data = "{'application':'" + application + "','release':'" + release + "','title':'T'}";
        byte[] command = TopicClient.structured(application + "-" + release, "release.create.v1", data);
        return stage.wire.send(application, command, Map.of()).partition();
    }

    /** Postgres restored from an older backup: nobody knows what else is missing, so nothing is decided in other partitions. */
    @Test
    void aWorkerThatRefusesToWorkDecidesNothingElseUntilTheDatabaseIsRepaired() {
        WorkerProcess worker = stage.startReady();
        stage.wire.outcome("release.create.v1", "shop", "'release':'1','title':'T'");
        stage.sql("create table backup as select * from progress");
        stage.sql("update progress set applied = 0, published = 0");

        List<String> ids = new ArrayList<>();
        ids.add(stage.wire.send("release.create.v1", "shop", "'release':'2','title':'T'"));
        await().pollDelay(LONGER_THAN_A_LANE_WAITS).atMost(PATIENCE).until(() -> stage.log(0)
                .contains("Stopped processing"));
        for (int i = 0; i < 10; i++) {
            ids.add(stage.wire.send("release.create.v1", "app-" + i, "'release':'1','title':'T'"));
        }
        await().during(Duration.ofSeconds(3))
                .atMost(PATIENCE)
                .until(() -> stage.number("select count(*) from release") == 1);
        assertThat(worker.isAlive()).isTrue();

        stage.sql("update progress p set applied = b.applied, published = b.published from backup b"
                + " where p.topic_id = b.topic_id and p.partition = b.partition");
        ids.forEach(stage.wire::awaitAccepted);
    }

    @Test
    void unsuitableTopicsAreNamed() throws Exception {
        stage.wire.create(
                new NewTopic(TopicClient.RELEASES, 6, (short) 1).configs(Map.of("cleanup.policy", "delete")),
                new NewTopic(RESULTS, 6, (short) 1).configs(Map.of("max.message.bytes", "1000")),
                new NewTopic(TopicClient.COMMANDS, 6, (short) 1).configs(Map.of("max.message.bytes", "900000")));
        WorkerProcess worker = stage.start(stage.worker().env("LOCKSTEP_PUBLISH_BATCH_BYTES", 1_000_000));
        await().atMost(PATIENCE).until(() -> stage.log(0).contains("Topics are not suitable"));
        assertThat(stage.log(0))
                .contains(
                        "topic lockstep.release-status.v1 has cleanup.policy=delete: a status topic must be compacted",
                        "topic lockstep.results.v1 has max.message.bytes=1000: raise it",
                        "topic lockstep.commands.v1 has max.message.bytes=900000: raise it to 1000000 at least");
        assertThat(worker.isAlive()).isTrue();
    }

    @Test
    void anInvalidValueStopsTheStartWithASentence() throws Exception {
        WorkerProcess worker = stage.start(
                stage.worker().env("LOCKSTEP_TOPICS_PARTITIONS", "many").env("LOCKSTEP_BATCH_LANES", "0"));
        assertThat(worker.awaitExit()).isNotZero();
        assertThat(stage.log(0))
                .contains("lockstep.topics.partitions", "lockstep.batch.lanes", "must be 1 or more")
                .doesNotContain("\tat ");
    }

    @Test
    void valuesThatDoNotFitTogetherStopTheStartWithASentence() throws Exception {
        WorkerProcess worker = stage.start(stage.worker().env("LOCKSTEP_DATABASE_SILENCE", "20s"));
        assertThat(worker.awaitExit()).isNotZero();
        assertThat(stage.log(0))
                .contains("lockstep.database.silence (20s) must be shorter than lockstep.publish.transaction-timeout")
                .doesNotContain("\tat ");
    }
}
