package dev.lockstep.board.tables;

import dev.lockstep.config.Settings;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** Forgets what is not kept for ever. Any process may do so at any time; blocks. */
@ApplicationScoped
public class History {

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** As the statements below have it. */
    private static final int STEP = 5_000;

    private static final int MOST_STEPS = 100;

    /** Within this time a browser that comes back goes on where it was. */
    private static final String CHANGES = "delete from board.change where at < now() - interval '1 hour'";

    /** Of each, so many at once. What ran last in an environment stays, however long ago it began. */
    private static final List<String> OLD = List.of(
            "delete from board.event where ctid = any(array(select ctid from board.event where at < now() - $1 limit 5000))",
            """
            delete from board.activity where ctid = any(array(
                select ctid from board.activity where at < now() - $1 limit 5000))""",
            """
            delete from board.deployment where ctid = any(array(
                select ctid from board.deployment d where created_at < now() - $1
                  and status in ('succeeded', 'failed', 'cancelled', 'superseded', 'expired') limit 5000))""",
            """
            delete from board.run where ctid = any(array(
                select ctid from board.run r where since < now() - $1
                  and exists (select from board.run later
                              where later.application = r.application and later.environment = r.environment
                                and later.revision > r.revision and later.since < now() - $1) limit 5000))""");

    private final Pool pool;
    private final Duration kept;

    History(@ReactiveDataSource("board") Pool pool, Settings settings) {
        this.pool = pool;
        this.kept = settings.board().history();
    }

    /** In steps, up to half a million rows of each table: as much as comes in a minute, and then some. */
    public void forget() {
        pool.query(CHANGES).execute().await().atMost(PATIENCE);
        for (String old : OLD) {
            String step = old.replace("$1", "make_interval(secs => $1)");
            for (int steps = 0, forgotten = STEP; forgotten == STEP && steps < MOST_STEPS; steps++) {
                forgotten = pool.preparedQuery(step)
                        .execute(Tuple.of((double) kept.toSeconds()))
                        .await()
                        .atMost(PATIENCE)
                        .rowCount();
            }
        }
    }
}
