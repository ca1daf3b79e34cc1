package dev.lockstep.board.tables;

import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Counts the environments of all applications in which something is going on. */
@ApplicationScoped
public class EnvironmentCounter {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Pool pool;

    EnvironmentCounter(@ReactiveDataSource("board") Pool pool) {
        this.pool = pool;
    }

    /**
     * @param inProgress environments with a deployment in progress
     * @param waiting environments with a deployment that waits
     * @param failed environments whose last deployment failed in the last 24 hours
     */
    public record EnvironmentCounts(long inProgress, long waiting, long failed) {}

    /** Blocks until Postgres answers. */
    public EnvironmentCounts count() {
        Row row = pool.query("""
                        select (select count(*) from board.environment where moving) as in_progress,
                               (select count(*) from board.environment where waiting) as waiting,
                               (select count(*) from board.environment where failed_at > now() - interval '24 hours') as failed""").execute().await().atMost(TIMEOUT).iterator().next();
        return new EnvironmentCounts(row.getLong("in_progress"), row.getLong("waiting"), row.getLong("failed"));
    }
}
