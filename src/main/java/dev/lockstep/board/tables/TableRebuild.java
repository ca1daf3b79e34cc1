package dev.lockstep.board.tables;

import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Empties the tables and rebuilds them up to where they were, in one transaction. The stored read positions stay as they are,
 * so that other processes continue from there, and nobody sees half-filled tables. Blocks.
 */
@ApplicationScoped
public class TableRebuild {

    private static final Logger LOG = Logger.getLogger(TableRebuild.class);

    private static final Duration TIMEOUT = Duration.ofMinutes(30);

    private static final List<String> STATE_TABLES = List.of("application", "environment", "release");
    private static final List<String> HISTORY_TABLES = List.of("event", "activity", "deployment", "run");

    private static final int DELETE_BATCH_SIZE = 20_000;

    /** A row without applications: every watching client reloads everything. */
    private static final String INSERT_RESET =
            "insert into board.change (behind_millis, applications) values (0, '{}')";

    /** The records that the topics hold. */
    public interface TopicHistory {

        /**
         * Everything before those offsets, chunk by chunk, each partition in order. Other partitions are left out, and so is what
         * no longer exists.
         */
        void readUpTo(Map<TopicPartition, Long> offsets, Consumer<List<ConsumerRecord<byte[], byte[]>>> chunk);
    }

    /**
     * When the history in the tables begins; null if there is none at all.
     *
     * @param before where it began before the rebuild
     * @param after where it begins after the rebuild
     */
    public record HistoryChange(HistoryStart before, HistoryStart after) {

        /** A sentence for people to read. */
        public String describe() {
            String lost = Stream.of(
                            lost("Events", before.events, after.events), lost("Results", before.results, after.results))
                    .filter(Objects::nonNull)
                    .collect(Collectors.joining(". "));
            return lost.isEmpty() ? "No history was lost" : lost;
        }

        private static String lost(String what, Instant before, Instant after) {
            return before == null || after != null && !after.isAfter(before)
                    ? null
                    : what + " before " + (after == null ? "now" : after) + " are lost (previously kept from " + before
                            + " on)";
        }
    }

    /** When each part of the history begins; null without any. */
    public record HistoryStart(Instant events, Instant results) {}

    private final Pool pool;
    private final TableWriter tableWriter;

    TableRebuild(@ReactiveDataSource("board") Pool pool, TableWriter tableWriter) {
        this.pool = pool;
        this.tableWriter = tableWriter;
    }

    /** @param withHistory whether the history is emptied too; otherwise it is completed */
    public HistoryChange rebuild(boolean withHistory, TopicHistory topicHistory) {
        return rebuildIfDue(withHistory, topicHistory, () -> true);
    }

    /**
     * @param isDue asked once nobody else writes: another process may have done it meanwhile
     * @return null if it was not due any more
     */
    public HistoryChange rebuildIfDue(boolean withHistory, TopicHistory topicHistory, BooleanSupplier isDue) {
        SqlConnection connection = await(pool.getConnection());
        try {
            execute(connection, "begin"); // not the client's own transactions, which do not support savepoints
            try {
                HistoryChange historyChange = rebuildTables(connection, withHistory, topicHistory, isDue);
                execute(connection, "commit");
                return historyChange;
            } catch (RuntimeException failed) {
                connection
                        .query("rollback")
                        .execute()
                        .onFailure()
                        .recoverWithNull()
                        .await()
                        .atMost(TIMEOUT);
                throw failed;
            }
        } finally {
            await(connection.close());
        }
    }

    private HistoryChange rebuildTables(
            SqlConnection connection, boolean withHistory, TopicHistory topicHistory, BooleanSupplier isDue) {
        execute(connection, "set local statement_timeout = 0");
        execute(connection, "set local idle_in_transaction_session_timeout = 0");
        execute(connection, TableWriter.LOCK_WRITES);
        if (!isDue.getAsBoolean()) {
            return null;
        }
        Map<TopicPartition, Long> read = new HashMap<>();
        await(FeedProgress.read(connection))
                .forEach((partition, position) -> read.put(partition, position.nextOffset()));
        HistoryStart before = historyStart(connection);
        STATE_TABLES.forEach(table -> deleteAllRows(connection, table));
        if (withHistory) {
            HISTORY_TABLES.forEach(table -> deleteAllRows(connection, table));
        }
        topicHistory.readUpTo(read, chunk -> writeChunk(connection, chunk));
        execute(connection, INSERT_RESET);
        execute(connection, "update board.progress set read_at = now()");
        return new HistoryChange(before, historyStart(connection));
    }

    /** In batches: a connection that is silent for too long is closed. */
    private static void deleteAllRows(SqlConnection connection, String table) {
        String step = "delete from board.%1$s where ctid = any(array(select ctid from board.%1$s limit %2$d))"
                .formatted(table, DELETE_BATCH_SIZE);
        while (await(connection.query(step).execute()).rowCount() > 0) {
            // continue with the next
        }
    }

    /** Records that Postgres rejects are skipped, as when first read. An empty chunk means that Kafka has nothing yet. */
    private void writeChunk(SqlConnection connection, List<ConsumerRecord<byte[], byte[]>> chunk) {
        execute(connection, "savepoint piece");
        try {
            await(tableWriter.rewrite(connection, chunk));
            execute(connection, "release savepoint piece");
        } catch (RuntimeException failure) {
            if (!PermanentErrors.isPermanent(failure)) {
                throw failure;
            }
            execute(connection, "rollback to savepoint piece");
            if (chunk.size() > 1) {
                chunk.forEach(record -> writeChunk(connection, List.of(record)));
            } else {
                LOG.warnf(
                        "Skipped a record that the board's tables reject record=%s-%d@%d reason=%s",
                        chunk.get(0).topic(),
                        chunk.get(0).partition(),
                        chunk.get(0).offset(),
                        PermanentErrors.describe(failure));
            }
        }
    }

    private static HistoryStart historyStart(SqlConnection connection) {
        return new HistoryStart(
                earliest(connection, "board.event"), earliest(connection, "board.activity where type is not null"));
    }

    private static Instant earliest(SqlConnection connection, String rows) {
        OffsetDateTime first = await(
                        connection.query("select min(at) from " + rows).execute())
                .iterator()
                .next()
                .getOffsetDateTime(0);
        return first == null ? null : first.toInstant();
    }

    private static void execute(SqlConnection connection, String sql) {
        await(connection.query(sql).execute());
    }

    private static <T> T await(Uni<T> answer) {
        return answer.await().atMost(TIMEOUT);
    }
}
