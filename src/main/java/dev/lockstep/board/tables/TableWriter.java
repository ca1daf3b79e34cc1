package dev.lockstep.board.tables;

import dev.lockstep.board.tables.FeedProgress.Position;
import dev.lockstep.board.tables.Rows.ProgressRow;
import dev.lockstep.config.Settings;
import dev.lockstep.wire.Topics;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes records to the tables and, in the same transaction, the read position. Records already written, by this process
 * or another one, are skipped, so starting too early does no harm. So are records of a topic other than the one whose
 * position is stored: only {@link FeedProgress#restart} changes from one topic to another.
 */
@ApplicationScoped
public class TableWriter {

    /** Allows one board transaction at a time, so that changes are numbered in commit order. */
    static final String LOCK_WRITES = "select pg_advisory_xact_lock(hashtext('lockstep.board'))";

    private final Pool pool;
    private final Topics topics;
    private final Clock clock;

    TableWriter(@ReactiveDataSource("board") Pool pool, Settings settings, Clock clock) {
        this.pool = pool;
        this.topics = Topics.of(settings.topics());
        this.clock = clock;
    }

    /** @param records in offset order within each partition */
    public Uni<Void> write(List<ConsumerRecord<byte[], byte[]>> records) {
        return applyAndWrite(records, Projection::apply);
    }

    /** Moves the read position past a record that the tables reject. */
    public Uni<Void> skip(ConsumerRecord<byte[], byte[]> record) {
        return applyAndWrite(List.of(record), Projection::markRead);
    }

    private Uni<Void> applyAndWrite(
            List<ConsumerRecord<byte[], byte[]>> records,
            BiConsumer<Projection, ConsumerRecord<byte[], byte[]>> apply) {
        return pool.withTransaction(connection -> connection
                .query(LOCK_WRITES)
                .execute()
                .chain(() -> FeedProgress.read(connection))
                .map(read -> project(records, read, apply))
                .chain(projection ->
                        projection.isEmpty() ? Uni.createFrom().voidItem() : writeProjection(connection, projection)));
    }

    /** Writes records that were read again, in the caller's transaction, without the read position. */
    Uni<Void> rewrite(SqlConnection connection, List<ConsumerRecord<byte[], byte[]>> records) {
        return writeRows(connection, project(records, new HashMap<>(), Projection::apply));
    }

    private Projection project(
            List<ConsumerRecord<byte[], byte[]>> records,
            Map<TopicPartition, Position> read,
            BiConsumer<Projection, ConsumerRecord<byte[], byte[]>> apply) {
        Projection projection = new Projection(topics);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            String topicId = FeedProgress.topicId(record);
            Position position = read.get(partition);
            if (position == null || position.isUnread(record.offset(), topicId)) {
                apply.accept(projection, record);
                read.put(partition, new Position(record.offset() + 1, topicId));
            }
        }
        return projection;
    }

    /** The statements are sent without waiting for each other's answers. */
    private Uni<Void> writeProjection(SqlConnection connection, Projection projection) {
        return Uni.join()
                .all(
                        writeRows(connection, projection),
                        writeProgress(connection, projection.progress()),
                        writeChange(connection, projection))
                .andFailFast()
                .replaceWithVoid();
    }

    /** Writing it twice has no further effect. */
    private static Uni<Void> writeRows(SqlConnection connection, Projection projection) {
        return Uni.join()
                .all(
                        StatusTables.write(connection, projection.status()),
                        HistoryTables.write(connection, projection.history()))
                .andFailFast()
                .replaceWithVoid();
    }

    private static Uni<Void> writeProgress(SqlConnection connection, Collection<ProgressRow> rows) {
        return Columns.of(rows)
                .texts(ProgressRow::topic)
                .with(ProgressRow::partition, Integer[]::new)
                .longs(ProgressRow::nextOffset)
                .texts(ProgressRow::topicId)
                .execute(connection, """
                        insert into board.progress (topic, partition, next_offset, topic_id)
                        select * from unnest($1::text[], $2::int4[], $3::int8[], $4::text[])
                        on conflict (topic, partition) do update
                        set next_offset = excluded.next_offset,
                            topic_id = coalesce(excluded.topic_id, progress.topic_id)""");
    }

    /** No row if nothing visible has changed: a row without applications makes every client reload everything. */
    private Uni<Void> writeChange(SqlConnection connection, Projection projection) {
        if (projection.changesNothing()) {
            return Uni.createFrom().voidItem();
        }
        Duration behind = Duration.ofMillis(Math.max(0, clock.millis() - projection.latestTimestamp()));
        return connection
                .preparedQuery("insert into board.change (behind_millis, applications) values ($1, $2)")
                .execute(Tuple.of(behind.toMillis(), projection.changedPartsAsJson()))
                .replaceWithVoid();
    }
}
