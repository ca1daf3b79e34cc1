package dev.lockstep.board.tables;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.RealStores;
import dev.lockstep.board.tables.FeedProgress.Position;
import dev.lockstep.board.tables.FeedProgress.ReachedEnd;
import io.quarkus.flyway.FlywayDataSource;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(RealStores.class)
class FeedProgressTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final TopicPartition ONE = new TopicPartition("t", 1);
    private static final TopicPartition TWO = new TopicPartition("t", 2);
    private static final TopicPartition THREE = new TopicPartition("t", 3);

    @Inject
    FeedProgress progress;

    @Inject
    TableWriter tableWriter;

    @Inject
    @FlywayDataSource("board")
    Flyway flyway;

    @Inject
    @ReactiveDataSource("board")
    Pool pool;

    @BeforeEach
    void empty() {
        flyway.migrate();
        run("truncate board.progress");
    }

    @Test
    void aPositionMovesPastWhatIsNoRecordOnceAllThatWasPolledIsWritten() {
        store(ONE, 5, "id");
        store(TWO, 5, "id");

        progress.recordEnds(List.of(new ReachedEnd(ONE, "id", 7, 4), new ReachedEnd(TWO, "id", 7, 5)));

        assertThat(progress.read()).isEqualTo(Map.of(ONE, new Position(7, "id"), TWO, new Position(5, "id")));
    }

    @Test
    void aPartitionWithoutAnyRecordGetsAPositionToo() {
        progress.recordEnds(
                List.of(new ReachedEnd(ONE, "id", 7, ReachedEnd.NOTHING_POLLED), new ReachedEnd(TWO, "id", 7, 4)));

        assertThat(progress.read()).isEqualTo(Map.of(ONE, new Position(7, "id")));
    }

    @Test
    void aPositionOfAnOlderVersionGetsItsTopicWhenItMoves() {
        store(ONE, 5, null);

        progress.recordEnds(List.of(new ReachedEnd(ONE, "id", 7, 4)));

        assertThat(progress.read()).isEqualTo(Map.of(ONE, new Position(7, "id")));
    }

    /** Which has read on, or has noticed that the topic was recreated. */
    @Test
    void whatAnotherProcessHasStoredMeanwhileStays() throws Exception {
        store(ONE, 5, "id");
        store(TWO, 5, "id");
        SqlConnection other = pool.getConnection().await().atMost(PATIENCE);
        try {
            run(other, "begin");
            run(other, TableWriter.LOCK_WRITES);
            CompletableFuture<Void> moving = CompletableFuture.runAsync(() -> progress.recordEnds(List.of(
                    new ReachedEnd(ONE, "id", 7, 4),
                    new ReachedEnd(TWO, "id", 7, ReachedEnd.NOTHING_POLLED),
                    new ReachedEnd(THREE, "id", 7, ReachedEnd.NOTHING_POLLED))));
            await().atMost(PATIENCE).until(this::isSomebodyWaitingToWrite);
            run(other, "update board.progress set next_offset = 9 where partition = 1");
            run(other, "update board.progress set next_offset = 3, topic_id = 'another' where partition = 2");
            run(other, "insert into board.progress (topic, partition, next_offset, topic_id) values ('t', 3, 8, 'id')");
            run(other, "commit");
            moving.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } finally {
            run(other, "rollback"); // does nothing after a commit
            other.close().await().atMost(PATIENCE);
        }

        assertThat(progress.read())
                .isEqualTo(Map.of(
                        ONE, new Position(9, "id"), TWO, new Position(3, "another"), THREE, new Position(8, "id")));
    }

    @Test
    void onlyMissingTopicIdsAreAdded() {
        store(ONE, 5, null);
        store(TWO, 5, "another");

        progress.setMissingTopicIds(Map.of(ONE, "id", TWO, "id", THREE, "id"));

        assertThat(progress.read()).isEqualTo(Map.of(ONE, new Position(5, "id"), TWO, new Position(5, "another")));
    }

    /** As what a process still holds of a partition that has gone to another one, which was quicker. */
    @Test
    void recordsBeforeTheStoredPositionAreNotWritten() {
        store(ONE, 5, "id");

        tableWriter.write(List.of(polled(4, "id"))).await().atMost(PATIENCE);
        tableWriter.write(List.of(polled(3, null))).await().atMost(PATIENCE);
        assertThat(progress.read()).isEqualTo(Map.of(ONE, new Position(5, "id")));

        tableWriter.write(List.of(polled(4, "id"), polled(5, "id"))).await().atMost(PATIENCE);
        assertThat(progress.read()).isEqualTo(Map.of(ONE, new Position(6, "id")));
    }

    @Test
    void afterARestartARecreatedTopicIsWrittenFromTheBeginning() {
        store(ONE, 5, "id");
        store(TWO, 5, "id");

        progress.restart(ONE, new Position(5, "id"), "another");
        tableWriter.write(List.of(polled(0, "another"))).await().atMost(PATIENCE);

        assertThat(progress.read()).isEqualTo(Map.of(ONE, new Position(1, "another"), TWO, new Position(5, "id")));
    }

    @Test
    void afterARestartTheSameTopicIsWrittenFromTheBeginning() {
        store(ONE, 5, "id");

        progress.restart(ONE, new Position(5, "id"), null);
        tableWriter.write(List.of(polled(0, "id"))).await().atMost(PATIENCE);

        assertThat(progress.read()).isEqualTo(Map.of(ONE, new Position(1, "id")));
    }

    /** As what a process still holds when another one already reads the topic that was created in its place. */
    @Test
    void recordsOfAFormerTopicAreNotWritten() {
        store(ONE, 5, "id");

        tableWriter
                .write(List.of(polled(7, "former"), polled(8, "former")))
                .await()
                .atMost(PATIENCE);
        tableWriter.write(List.of(polled(9, null))).await().atMost(PATIENCE);
        assertThat(progress.read()).isEqualTo(Map.of(ONE, new Position(5, "id")));

        tableWriter.write(List.of(polled(9, "former"), polled(5, "id"))).await().atMost(PATIENCE);
        assertThat(progress.read()).isEqualTo(Map.of(ONE, new Position(6, "id")));
    }

    @Test
    void aTopicIsRestartedOnlyOnce() {
        store(ONE, 3, "another");
        store(TWO, 3, "id");

        progress.restart(ONE, new Position(5, "id"), "another");
        progress.restart(TWO, new Position(5, "id"), "id");
        progress.restart(THREE, new Position(5, "id"), "another");

        assertThat(progress.read()).isEqualTo(Map.of(ONE, new Position(3, "another"), TWO, new Position(3, "id")));
    }

    /** Which has read the positions already. */
    @Test
    void aRestartWaitsForAWriteUnderWay() throws Exception {
        store(ONE, 5, "id");
        SqlConnection other = pool.getConnection().await().atMost(PATIENCE);
        try {
            run(other, "begin");
            run(other, TableWriter.LOCK_WRITES);
            CompletableFuture<Void> restart =
                    CompletableFuture.runAsync(() -> progress.restart(ONE, new Position(5, "id"), "another"));
            await().atMost(PATIENCE).until(this::isSomebodyWaitingToWrite);
            run(other, "update board.progress set next_offset = 9");
            run(other, "commit");
            restart.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } finally {
            run(other, "rollback"); // does nothing after a commit
            other.close().await().atMost(PATIENCE);
        }

        assertThat(progress.read()).isEqualTo(Map.of(ONE, new Position(0, "another")));
    }

    @Test
    void aPositionIsOfAnotherTopicOnlyIfBothAreKnown() {
        assertThat(new Position(5, "id").isOfOtherTopic("another")).isTrue();
        assertThat(new Position(5, "id").isOfOtherTopic("id")).isFalse();
        assertThat(new Position(5, "id").isOfOtherTopic(null)).isFalse();
        assertThat(new Position(5, null).isOfOtherTopic("id")).isFalse();
    }

    @Test
    void aRecordCannotSayWhichTopicItIsOf() {
        ConsumerRecord<byte[], byte[]> record = polled(0, "forged");
        record.headers().add("another", new byte[0]);

        FeedProgress.tagWithTopicId(record, null);
        assertThat(FeedProgress.topicId(record)).isNull();

        FeedProgress.tagWithTopicId(record, "id");
        FeedProgress.tagWithTopicId(record, "id");
        assertThat(FeedProgress.topicId(record)).isEqualTo("id");
        assertThat(record.headers()).hasSize(2);
    }

    /** Of no topic that the tables show: only the position tells whether it was written. */
    private static ConsumerRecord<byte[], byte[]> polled(long offset, String topicId) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                ONE.topic(), ONE.partition(), offset, "key".getBytes(UTF_8), "value".getBytes(UTF_8));
        FeedProgress.tagWithTopicId(record, topicId);
        return record;
    }

    private void store(TopicPartition partition, long nextOffset, String topicId) {
        run("insert into board.progress (topic, partition, next_offset, topic_id) values ('%s', %d, %d, %s)"
                .formatted(
                        partition.topic(),
                        partition.partition(),
                        nextOffset,
                        topicId == null ? "null" : "'" + topicId + "'"));
    }

    private boolean isSomebodyWaitingToWrite() {
        return pool.query("select exists (select from pg_locks where locktype = 'advisory' and not granted)")
                .execute()
                .await()
                .atMost(PATIENCE)
                .iterator()
                .next()
                .getBoolean(0);
    }

    private void run(String sql) {
        pool.query(sql).execute().await().atMost(PATIENCE);
    }

    private static void run(SqlConnection connection, String sql) {
        connection.query(sql).execute().await().atMost(PATIENCE);
    }
}
