package dev.lockstep.database;

import dev.lockstep.config.Settings;
import dev.lockstep.config.SettingsCheck;
import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.ClientBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Creates the connection pool. Its connections are closed when they stay silent too long: a network that silently drops
 * packets would otherwise leave a batch waiting for an answer for ever.
 */
@Singleton
public class DatabasePoolCreator implements PgPoolCreator {

    /**
     * Connections besides the lanes' own: for recording offsets, retention, reading pages to be published, and timers.
     */
    private static final int EXTRA_CONNECTIONS = 4;

    private final Settings settings;

    DatabasePoolCreator(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Pool create(Input input) {
        SettingsCheck.requireConsistent(settings);
        input.poolOptions().setMaxSize(settings.batch().lanes() + EXTRA_CONNECTIONS);
        return createPool(input, settings);
    }

    /** Any pool for the worker's database. */
    public static Pool createPool(Input input, Settings settings) {
        return pool(input.vertx(), input.pgConnectOptionsList(), input.poolOptions(), PostgresTimeouts.of(settings));
    }

    static Pool pool(
            Vertx vertx, List<PgConnectOptions> databases, PoolOptions options, PostgresTimeouts postgresTimeouts) {
        int silence = Math.toIntExact(postgresTimeouts.silence().toMillis());
        databases.forEach(database -> {
            database.setTcpKeepAlive(true).setConnectTimeout(silence);
            postgresTimeouts.sessionSettings().forEach(database::addProperty);
        });
        return ClientBuilder.pool(new AbortingPgDriver(postgresTimeouts.silence()))
                .with(options.setIdleTimeout(
                                (int) postgresTimeouts.idleTimeout().toMillis())
                        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS))
                .connectingTo(new ArrayList<>(databases))
                .using(vertx)
                .build();
    }
}
