package dev.lockstep.setup;

import io.agroal.api.AgroalPoolInterceptor;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.flywaydb.core.Flyway;

/** How long setup waits for an answer on its connections: briefly for a check, which is repeated, longer for a migration. */
@Singleton
final class SetupTimeouts implements AgroalPoolInterceptor {

    static final Duration CHECK = Duration.ofSeconds(10);

    /** Building an index on hundreds of millions of rows is one statement. */
    static final Duration MIGRATION = Duration.ofHours(1);

    private volatile Duration timeout = CHECK;

    void migrate(Flyway flyway) {
        if (flyway.info().pending().length > 0) {
            timeout = MIGRATION;
        }
        try {
            flyway.migrate();
        } finally {
            timeout = CHECK;
        }
    }

    @Override
    public void onConnectionAcquire(Connection connection) {
        try {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(timeout.toMillis()));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
