package dev.lockstep.board.tables;

import dev.lockstep.config.Settings;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** Deletes history beyond its retention. Any process may do so at any time; blocks. */
@ApplicationScoped
public class HistoryRetention {

    private static final int BATCH_SIZE = 5_000;

    private static final int MAX_BATCHES = 100;

    /**
     * A browser that reconnects within this time continues where it left off. The latest change stays: a process that no longer
     * finds the one that it has read last has missed some ({@link ChangeLog}).
     */
    private static final String DELETE_OLD_CHANGES = """
            delete from board.change where at < now() - interval '1 hour' and number < (select max(number) from board.change)""";

    /** Each deletes this many rows at a time. What ran last in an environment stays, however long ago it began. */
    private static final List<String> DELETE_EXPIRED = List.of("""
            delete from board.event where ctid = any(array(
                select ctid from board.event where at < now() - make_interval(secs => $1) limit $2))""", """
            delete from board.activity where ctid = any(array(
                select ctid from board.activity where at < now() - make_interval(secs => $1) limit $2))""", """
            delete from board.deployment where ctid = any(array(
                select ctid from board.deployment d where created_at < now() - make_interval(secs => $1)
                  and status in ('succeeded', 'failed', 'cancelled', 'superseded', 'expired') limit $2))""", """
            delete from board.run where ctid = any(array(
                select ctid from board.run r where since < now() - make_interval(secs => $1)
                  and exists (select from board.run later
                              where later.application = r.application and later.environment = r.environment
                                and later.revision > r.revision and later.since < now() - make_interval(secs => $1)) limit $2))""");

    private final Pool pool;
    private final Duration retention;
    private final Duration timeout;

    HistoryRetention(@ReactiveDataSource("board") Pool pool, Settings settings) {
        this.pool = pool;
        this.retention = settings.board().history();
        this.timeout = settings.database().silence().multipliedBy(2);
    }

    /** In steps, up to half a million rows per table: more than arrive in a minute. */
    public void deleteExpired() {
        pool.query(DELETE_OLD_CHANGES).execute().await().atMost(timeout);
        for (String sql : DELETE_EXPIRED) {
            for (int steps = 0, deletedCount = BATCH_SIZE; deletedCount == BATCH_SIZE && steps < MAX_BATCHES; steps++) {
                deletedCount = pool.preparedQuery(sql)
                        .execute(Tuple.of((double) retention.toSeconds(), BATCH_SIZE))
                        .await()
                        .atMost(timeout)
                        .rowCount();
            }
        }
    }
}
