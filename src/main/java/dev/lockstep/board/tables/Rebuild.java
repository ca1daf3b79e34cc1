package dev.lockstep.board.tables;

import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Transaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Empties the tables and reads them anew, up to where they were, in one transaction. How far the topics are read stays as it is,
 * so that whoever else fills the tables goes on where they are, and nobody sees them half full. Blocks.
 */
@ApplicationScoped
public class Rebuild {

    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private static final List<String> STATE = List.of("application", "environment", "release");
    private static final List<String> HISTORY = List.of("event", "activity", "deployment", "run");

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

    /** @param rows by table, how many of history there are fewer than before */
    public record Lost(Map<String, Long> rows) {

        /** In a sentence, for people. */
        public String inWords() {
            String lost = rows.entrySet().stream()
                    .filter(one -> one.getValue() > 0)
                    .map(one -> one.getValue() + " of " + one.getKey())
                    .collect(Collectors.joining(", "));
            return lost.isEmpty() ? "No history was lost" : "Older than what the topics still hold, and lost: " + lost;
        }
    }

    private final Pool pool;
    private final Tables tables;

    Rebuild(@ReactiveDataSource("board") Pool pool, Tables tables) {
        this.pool = pool;
        this.tables = tables;
    }

    /** @param withHistory whether that is emptied too; otherwise it is completed */
    public Lost run(boolean withHistory, Published published) {
        SqlConnection connection = await(pool.getConnection());
        try {
            Transaction transaction = await(connection.begin());
            try {
                Lost lost = rebuilt(connection, withHistory, published);
                await(transaction.commit());
                return lost;
            } catch (RuntimeException failed) {
                transaction.rollback().onFailure().recoverWithNull().await().atMost(PATIENCE);
                throw failed;
            }
        } finally {
            await(connection.close());
        }
    }

    private Lost rebuilt(SqlConnection connection, boolean withHistory, Published published) {
        run(connection, "set local statement_timeout = 0");
        run(connection, "set local idle_in_transaction_session_timeout = 0");
        run(connection, Tables.TURN);
        Map<TopicPartition, Long> read = await(Tables.read(connection));
        Map<String, Long> before = count(connection);
        STATE.forEach(table -> run(connection, "delete from board." + table));
        if (withHistory) {
            HISTORY.forEach(table -> run(connection, "delete from board." + table));
        }
        published.before(read, piece -> await(tables.rewrite(connection, piece, withHistory)));
        run(connection, RESET);
        count(connection).forEach((table, left) -> before.merge(table, -left, Long::sum));
        return new Lost(before);
    }

    private static Map<String, Long> count(SqlConnection connection) {
        Map<String, Long> rows = new TreeMap<>();
        HISTORY.forEach(table -> rows.put(
                table,
                await(connection.query("select count(*) from board." + table).execute())
                        .iterator()
                        .next()
                        .getLong(0)));
        return rows;
    }

    private static void run(SqlConnection connection, String sql) {
        await(connection.query(sql).execute());
    }

    private static <T> T await(Uni<T> answer) {
        return answer.await().atMost(PATIENCE);
    }
}
