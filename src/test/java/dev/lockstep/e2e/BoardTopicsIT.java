package dev.lockstep.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.local.TcpProxy;
import dev.lockstep.local.WorkerProcess;
import dev.lockstep.ops.metrics.Scrape;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Boards and the topics that they read: deleted and created again, read after a long time, left unread by one of them. */
class BoardTopicsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOPIC = TopicClient.APPLICATIONS;
    private static final int PARTITIONS = 6;

    /** How often a board looks after its tables. */
    private static final Duration MAINTENANCE = Duration.ofSeconds(60);

    private TestInstallation stage;
    private WorkerProcess process;
    private BoardClient board;
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void start() throws ExecutionException, InterruptedException {
        stage = TestInstallation.open("board-topics");
        stage.wire.create();
        startBoard();
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", stage.kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private void startBoard() {
        process = stage.start(board());
        process.awaitReady(PATIENCE);
        board = new BoardClient(process.httpPort());
    }

    private WorkerProcess.Options board() {
        return stage.worker().env("LOCKSTEP_BOARD_ENABLED", true).env("LOCKSTEP_WORKER_ENABLED", false);
    }

    @AfterEach
    void stop() {
        producer.close();
        stage.close();
    }

    @Test
    void aTopicRecreatedWhileTheBoardRunsIsReadFromTheBeginning() throws ExecutionException, InterruptedException {
        publish("one", 5, "As it is");
        publish("two", 1, "Two");
        publish("three", 1, "Three");
        awaitShown("three");

        createAgain();
        publish("one", 4, "As it was before");
        publish("four", 1, "Behind fewer records than were read of the old one");
        awaitShown("four");

        assertThat(board.read("/api/applications/one").at("/application/title").textValue())
                .isEqualTo("As it is");

        createAgain();
        List<String> many =
                IntStream.rangeClosed(1, 20).mapToObj(i -> "many-" + i).toList();
        for (String one : many) {
            publish(one, 1, "Among more records than were read of the old one");
        }
        many.forEach(this::awaitShown);
    }

    @Test
    void aRecreatedTopicThatHasNoCommittedRecordIsReadCompletely() throws ExecutionException, InterruptedException {
        publish("one", 1, "One");
        publish("two", 1, "Two");
        publish("three", 1, "Three");
        awaitShown("three");

        createAgain();
        try (KafkaProducer<byte[], byte[]> aborting = new KafkaProducer<>(
                Map.of("bootstrap.servers", stage.kafka.bootstrapServers(), "transactional.id", "aborting"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            aborting.initTransactions();
            aborting.beginTransaction();
            aborting.send(record(0, "four", 1, "Aborted")).get();
            aborting.abortTransaction();
        }

        await().atMost(PATIENCE)
                .until(() -> stage.number("select next_offset from board.progress where partition = 0 and topic = '"
                                + TOPIC + "'")
                        == 2);
        await().atMost(PATIENCE).until(() -> secondsBehind() == 0);
        assertThat(board.get("/api/applications/four").statusCode()).isEqualTo(404);
    }

    /** Earlier versions wrote no ids: what they read is assumed to be of the topic that exists when its partition is assigned. */
    @Test
    @Tag("slow")
    void aRecreatedTopicIsReadFromTheBeginningEvenIfItsOldIdWasNotStored()
            throws ExecutionException, InterruptedException {
        publish("one", 1, "One");
        publish("two", 1, "Two");
        publish("three", 1, "Three");
        awaitShown("three");
        process.kill();
        stage.sql("update board.progress set topic_id = null");

        startBoard();
        await().atMost(PATIENCE)
                .until(() -> stage.number("select count(*) from board.progress where topic_id is null") == 0);
        createAgain();
        publish("four", 1, "Behind fewer records than were read of the old one");
        awaitShown("four");
    }

    /** What was deleted meanwhile is in no topic any more, not even as a tombstone. */
    @Test
    @Tag("slow")
    void afterAnAbsenceLongerThanTombstonesAreKeptTheStateIsReadAnew() throws ExecutionException, InterruptedException {
        publish("one", 1, "One");
        awaitShown("one");
        process.kill();
        stage.sql("update board.progress set read_at = now() - interval '2 days'");
        stage.sql(
                "insert into board.application (id, revision, archived, state, words) values ('gone', 1, false, '{}', '')");

        startBoard();

        awaitShown("gone");
        await().atMost(MAINTENANCE.plus(PATIENCE))
                .until(() -> board.get("/api/applications/gone").statusCode() == 404);
        awaitShown("one");
        await().atMost(PATIENCE)
                .until(() ->
                        stage.number("select count(*) from board.progress where read_at < now() - interval '1 day'")
                                == 0);
    }

    /** It keeps its share of the partitions until it ends. */
    @Test
    @Tag("slow")
    void whatOneBoardCannotWriteTheOtherReportsAndThenWrites() throws ExecutionException, InterruptedException {
        try (TcpProxy toDatabase = TcpProxy.to(stage.database.host(), stage.database.port())) {
            WorkerProcess cutOff = stage.start(
                    board().env("LOCKSTEP_DATABASE_PORT", toDatabase.port()).env("LOCKSTEP_LEAVE_AFTER", "20s"));
            cutOff.awaitReady(PATIENCE);
            await().atMost(PATIENCE).ignoreExceptions().until(this::bothReadApplications);
            publishEverywhere("before");
            awaitShownEverywhere("before");
            await().atMost(PATIENCE).until(() -> secondsBehind() == 0);

            toDatabase.ignoreNew();
            toDatabase.freeze();
            publishEverywhere("after");
            await().atMost(PATIENCE).until(() -> secondsBehind() >= 5);
            assertThat(cutOff.isAlive()).isTrue();
            assertThat(process.readiness()).isEqualTo(200);

            await().atMost(PATIENCE).until(() -> cutOff.hasExitedWith(75));
            awaitShownEverywhere("after");
            await().atMost(PATIENCE).until(() -> secondsBehind() == 0);
        }
    }

    private boolean bothReadApplications() throws ExecutionException, InterruptedException {
        return stage
                        .wire
                        .admin()
                        .describeConsumerGroups(List.of("lockstep-board"))
                        .all()
                        .get()
                        .get("lockstep-board")
                        .members()
                        .stream()
                        .filter(member -> member.assignment().topicPartitions().stream()
                                .anyMatch(
                                        topicPartition -> topicPartition.topic().equals(TOPIC)))
                        .count()
                == 2;
    }

    private double secondsBehind() {
        return Scrape.of(process.metrics().orElseThrow()).sum("lockstep_board_behind_seconds");
    }

    private void publishEverywhere(String prefix) throws ExecutionException, InterruptedException {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            publish(partition, prefix + "-" + partition, 1, prefix);
        }
    }

    private void awaitShownEverywhere(String prefix) {
        IntStream.range(0, PARTITIONS).forEach(partition -> awaitShown(prefix + "-" + partition));
    }

    private void createAgain() throws ExecutionException, InterruptedException {
        stage.wire.admin().deleteTopics(List.of(TOPIC)).all().get();
        await().ignoreExceptions().atMost(PATIENCE).until(() -> {
            stage.wire
                    .admin()
                    .createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                    .all()
                    .get();
            return true;
        });
    }

    private void publish(String application, int revision, String title)
            throws ExecutionException, InterruptedException {
        publish(0, application, revision, title);
    }

    private void publish(int partition, String application, int revision, String title)
            throws ExecutionException, InterruptedException {
        producer.send(record(partition, application, revision, title)).get();
    }

    private static ProducerRecord<byte[], byte[]> record(
            int partition, String application, int revision, String title) {
        String value = "{\"application\":\"%s\",\"revision\":%d,\"title\":\"%s\",\"archived\":false}"
                .formatted(application, revision, title);
        return new ProducerRecord<>(TOPIC, partition, application.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    private void awaitShown(String application) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        board.get("/api/applications/" + application).statusCode())
                .as(application)
                .isEqualTo(200));
    }
}
