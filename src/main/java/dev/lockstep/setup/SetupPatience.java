package dev.lockstep.setup;

import io.agroal.api.AgroalPoolInterceptor;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.flywaydb.core.Flyway;

/** For how long setup waits for an answer on its connections: not long for a look, which comes again, longer for a migration. */
@Singleton
final class SetupPatience implements AgroalPoolInterceptor {

    static final Duration LOOK = Duration.ofSeconds(10);

    /** An index on hundreds of millions of rows is one statement. */
    static final Duration MIGRATION = Duration.ofHours(1);

    private volatile Duration patience = LOOK;

    void migrate(Flyway flyway) {
        if (flyway.info().pending().length > 0) {
            patience = MIGRATION;
        }
        try {
            flyway.migrate();
        } finally {
            patience = LOOK;
        }
    }

    @Override
    public void onConnectionAcquire(Connection connection) {
        try {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(patience.toMillis()));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
