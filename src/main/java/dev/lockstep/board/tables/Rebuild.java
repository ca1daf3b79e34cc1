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
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Empties the tables and reads them anew, up to where they were, in one transaction. How far the topics are read stays as it is,
 * so that whoever else fills the tables goes on where they are, and nobody sees them half full. Blocks.
 */
@ApplicationScoped
public class Rebuild {

    private static final Logger LOG = Logger.getLogger(Rebuild.class);

    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private static final List<String> STATE = List.of("application", "environment", "release");
    private static final List<String> HISTORY = List.of("event", "activity", "deployment", "run");

    private static final int STEP = 20_000;

    /** A row without applications: whoever looks on asks anew. */
    private static final String RESET = "insert into board.change (behind_millis, applications) values (0, '{}')";

    /** What the topics hold. */
    public interface Published {

        /**
         * All of it that lies before those offsets, piece by piece, each partition in its order. Others are left out, and what is not
         * there any longer.
         */
        void before(Map<TopicPartition, Long> offsets, Consumer<List<ConsumerRecord<byte[], byte[]>>> piece);
    }

    /**
     * When the history begins that the tables have; null for none at all.
     *
     * @param before the rebuild
     * @param now after it
     */
    public record Beginning(Instant before, Instant now) {

        /** In a sentence, for people. */
        public String inWords() {
            boolean isLost = before != null && (now == null || now.isAfter(before));
            return isLost
                    ? "History is known from " + (now == null ? "now" : now) + " on, it was known from " + before
                            + " on"
                    : "No history was lost";
        }
    }

    private final Pool pool;
    private final Tables tables;

    Rebuild(@ReactiveDataSource("board") Pool pool, Tables tables) {
        this.pool = pool;
        this.tables = tables;
    }

    /** @param withHistory whether that is emptied too; otherwise it is completed */
    public Beginning run(boolean withHistory, Published published) {
        SqlConnection connection = await(pool.getConnection());
        try {
            run(connection, "begin"); // not the client's own transactions, which know no savepoints
            try {
                Beginning beginning = rebuilt(connection, withHistory, published);
                run(connection, "commit");
                return beginning;
            } catch (RuntimeException failed) {
                connection
                        .query("rollback")
                        .execute()
                        .onFailure()
                        .recoverWithNull()
                        .await()
                        .atMost(PATIENCE);
                throw failed;
            }
        } finally {
            await(connection.close());
        }
    }

    private Beginning rebuilt(SqlConnection connection, boolean withHistory, Published published) {
        run(connection, "set local statement_timeout = 0");
        run(connection, "set local idle_in_transaction_session_timeout = 0");
        run(connection, Tables.TURN);
        Map<TopicPartition, Long> read = new HashMap<>();
        await(Progress.read(connection)).forEach((partition, position) -> read.put(partition, position.next()));
        Instant before = beginning(connection);
        STATE.forEach(table -> empty(connection, table));
        if (withHistory) {
            HISTORY.forEach(table -> empty(connection, table));
        }
        published.before(read, piece -> write(connection, piece, withHistory));
        run(connection, RESET);
        return new Beginning(before, beginning(connection));
    }

    /** In steps: a connection on which nothing comes for long breaks. */
    private static void empty(SqlConnection connection, String table) {
        String step = "delete from board.%1$s where ctid = any(array(select ctid from board.%1$s limit %2$d))"
                .formatted(table, STEP);
        while (await(connection.query(step).execute()).rowCount() > 0) {
            // on to the next
        }
    }

    /** What Postgres refuses is passed over, as when it was read first. An empty piece says that Kafka has nothing yet. */
    private void write(SqlConnection connection, List<ConsumerRecord<byte[], byte[]>> piece, boolean withHistory) {
        run(connection, "savepoint piece");
        try {
            await(tables.rewrite(connection, piece, withHistory));
            run(connection, "release savepoint piece");
        } catch (RuntimeException refused) {
            if (!Refusals.isRefused(refused)) {
                throw refused;
            }
            run(connection, "rollback to savepoint piece");
            if (piece.size() > 1) {
                piece.forEach(one -> write(connection, List.of(one), withHistory));
            } else {
                LOG.warnf(
                        "Skipped a record that the board's tables reject: %s-%d@%d (%s)",
                        piece.get(0).topic(),
                        piece.get(0).partition(),
                        piece.get(0).offset(),
                        Refusals.name(refused));
            }
        }
    }

    private static Instant beginning(SqlConnection connection) {
        OffsetDateTime first = await(
                        connection.query("select min(at) from board.event").execute())
                .iterator()
                .next()
                .getOffsetDateTime(0);
        return first == null ? null : first.toInstant();
    }

    private static void run(SqlConnection connection, String sql) {
        await(connection.query(sql).execute());
    }

    private static <T> T await(Uni<T> answer) {
        return answer.await().atMost(PATIENCE);
    }
}
