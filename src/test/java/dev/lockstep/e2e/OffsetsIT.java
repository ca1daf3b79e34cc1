package dev.lockstep.e2e;

import static dev.lockstep.e2e.TopicClient.COMMANDS;
import static dev.lockstep.e2e.TopicClient.DEAD_LETTERS;
import static dev.lockstep.e2e.TopicClient.EVENTS;
import static dev.lockstep.e2e.TopicClient.RESULTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.local.KafkaRequest;
import dev.lockstep.local.WorkerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Deleted commands, and offsets set by hand: what is stored is published, and what is lost is reported. */
@Tag("slow")
class OffsetsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String GROUP = "lockstep";
    private static final int MORE_THAN_IS_FETCHED = 300;

    private TestInstallation stage;
    private TopicPartition partition;

    @BeforeEach
    void set() {
        stage = TestInstallation.open("offsets");
    }

    @AfterEach
    void strike() {
        stage.close();
    }

    @Test
    void whatWasAppliedIsPublishedThoughItsCommandIsDeleted() throws Exception {
        killBetweenTheCommits();
        delete(applied());

        stage.startReady();

        assertThatEventsAreWithoutAGap();
    }

    @Test
    void nothingIsSkippedBecauseTheGroupsOffsetIsSetBeyondIt() throws Exception {
        killBetweenTheCommits();
        create("waiting");
        stage.wire.send("shop", "no command".getBytes(), Map.of());
        resetToLatest();

        stage.startReady();

        stage.wire.awaitAccepted("waiting");
        stage.wire.await(DEAD_LETTERS, letter -> true);
        assertThatEventsAreWithoutAGap(4);
        assertThat(stage.log(1)).contains("Ignoring the group's committed offset");
    }

    /** It commits what it has read, as every consumer does by default. */
    @Test
    void aForeignMemberOfTheGroupDoesNotLoseCommands() throws Exception {
        assertThat(stage.startReady().terminate()).isTrue();
        create("1");
        create("2");
        try (var stranger = stage.wire.foreignConsumer(GROUP)) {
            await().atMost(PATIENCE)
                    .until(() -> stranger.poll(Duration.ofMillis(100)).count() > 0);
        }

        stage.startReady();

        stage.wire.awaitAccepted("1");
        assertThatEventsAreWithoutAGap();
    }

    /** Otherwise the latest output would be published again if somebody sets the group's offset. */
    @Test
    void aStoppingWorkerRecordsWhatItHasPublished() {
        WorkerProcess worker = stage.startReady();
        IntStream.range(0, 20).forEach(i -> create("release-" + i));
        stage.wire.result("release-19");
        assertThat(worker.terminate()).isTrue();

        assertThat(stage.number("select count(*) from outbox")).isZero();
        assertThat(stage.number("select sum(applied - published) from progress"))
                .isZero();
    }

    /** Under load, batches are in progress and keep their partitions locked. */
    @Test
    void aWorkerStoppingUnderLoadRecordsWhatItHasPublished() throws Exception {
        WorkerProcess worker = stage.startReady();
        for (int i = 0; i < 20_000; i++) {
            String application = "app-" + i % 50;
            stage.wire.sendAsync(
                    application,
                    TopicClient.structured(
                            "c-" + i,
                            "release.create.v1",
                            "{'application':'" + application + "','release':'" + i + "','title':'T'}"));
        }
        stage.wire.flush();
        await().atMost(PATIENCE).until(() -> stage.number("select count(*) from release") > 1_000);
        assertThat(worker.terminate()).isTrue();

        assertThat(stage.number("select count(*) from release")).isLessThan(20_000);
        stage.wire
                .admin()
                .listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, committed) -> assertThat(stage.number(
                                "select published from progress where partition = " + partition.partition()))
                        .as("%s", partition)
                        .isEqualTo(committed.offset()));
    }

    /** Heartbeats keep the membership alive during an outage that lasts longer than the topic keeps its commands. */
    @Test
    void commandsDeletedWhileAWorkerRunsAreReported() throws Exception {
        WorkerProcess worker =
                stage.start(stage.worker().env("LOCKSTEP_BATCH_MAX_RECORDS", 10).env("LOCKSTEP_BATCH_LANES", 1));
        worker.awaitReady(PATIENCE);
        create("first");
        stage.wire.result("first");
        stage.sql("alter table outbox rename to away");
        IntStream.range(0, MORE_THAN_IS_FETCHED).forEach(i -> create("many-" + i, "x".repeat(3_500)));
        long end = end();
        delete(end - 10);

        stage.sql("alter table away rename to outbox");
        create("last");

        stage.wire.awaitAccepted("last");
        await().atMost(PATIENCE).until(() -> stage.log(0).contains("Commands were deleted before they were read"));
        assertThat(stage.log(0)).contains(" to=" + (end - 10));
        assertThat(stage.number("select count(*) from release")).isBetween(12L, MORE_THAN_IS_FETCHED / 2L);
    }

    /** After the group's committed offset, the topic looks as if nothing had happened. */
    @Test
    void aTruncatedTopicThatHasGrownAgainIsNoticed() throws Exception {
        WorkerProcess worker = stage.startReady();
        List<String> ids =
                IntStream.range(0, 5).mapToObj(i -> create("before-" + i)).toList();
        ids.forEach(stage.wire::result);
        assertThat(worker.terminate()).isTrue();
        stage.kafka.stop();
        truncate();
        stage.kafka.restart();
        IntStream.range(0, 10).forEach(i -> create("again-" + i));

        stage.start(stage.worker());

        await().atMost(PATIENCE).until(() -> stage.log(1).contains("Stopped processing"));
        assertThat(stage.log(1)).contains("the topic was truncated or recreated");
        assertThat(stage.number("select count(*) from release")).isEqualTo(5);
    }

    /** Release 1 is published, release 2 is applied but not published. */
    private void killBetweenTheCommits() {
        WorkerProcess worker = stage.startReady();
        create("1");
        stage.wire.awaitAccepted("1");
        stage.proxy.holdResponsesTo(request -> request.apiKey() == KafkaRequest.PRODUCE);
        create("2");
        await().atMost(PATIENCE).until(() -> stage.number("select count(*) from release") == 2);
        worker.kill();
        stage.proxy.heal();
    }

    private void assertThatEventsAreWithoutAGap() {
        assertThatEventsAreWithoutAGap(3);
    }

    /** @param releases the number of the application's releases, including the one that is created here */
    private void assertThatEventsAreWithoutAGap(int releases) {
        stage.wire.awaitAccepted("2");
        create("3");
        stage.wire.awaitAccepted("3");
        stage.wire.readToTheEnd();
        List<String> revisions = stage.wire.seen(EVENTS, r -> true).stream()
                .map(r -> TopicClient.header(r, "ce_apprevision"))
                .toList();
        assertThat(revisions)
                .as("revisions of three environments and the releases")
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 3 + releases)
                        .mapToObj(Integer::toString)
                        .toList());
        assertThat(stage.wire.seen(RESULTS, r -> true)).hasSize(releases);
    }

    private String create(String release) {
        return create(release, "");
    }

    private String create(String release, String description) {
        String data =
                "{'application':'shop','release':'" + release + "','title':'T','description':'" + description + "'}";
        int number = stage.wire
                .send("shop", TopicClient.structured(release, "release.create.v1", data), Map.of())
                .partition();
        partition = new TopicPartition(COMMANDS, number);
        return release;
    }

    private long applied() {
        return stage.number("select applied from progress where partition = " + partition.partition());
    }

    private long end() throws ExecutionException, InterruptedException {
        return stage.wire
                .admin()
                .listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    private void delete(long before) throws ExecutionException, InterruptedException {
        stage.wire
                .admin()
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before)))
                .all()
                .get();
    }

    /**
     * What {@code kafka-consumer-groups.sh --reset-offsets --to-latest} does; not before the group has removed the dead member.
     */
    private void resetToLatest() throws ExecutionException, InterruptedException {
        OffsetAndMetadata latest = new OffsetAndMetadata(end());
        await().atMost(PATIENCE).until(() -> {
            try {
                stage.wire
                        .admin()
                        .alterConsumerGroupOffsets(GROUP, Map.of(partition, latest))
                        .all()
                        .get();
                return true;
            } catch (ExecutionException groupIsNotEmpty) {
                return false;
            }
        });
    }

    /** Removes everything from the partition's log. */
    private void truncate() {
        try (Stream<Path> files = Files.list(stage.kafkaFolder().resolve(partition.toString()))) {
            for (Path file : files.filter(file -> file.toFile().isFile() && !file.endsWith("partition.metadata"))
                    .toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
