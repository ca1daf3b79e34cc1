package dev.lockstep.board;

import dev.lockstep.config.Settings;
import dev.lockstep.database.DatabasePool;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Singleton;

/**
 * The board's connections, which are closed like the worker's when they stay silent too long; so a process that died in the
 * middle of a transaction blocks the others no longer than that.
 */
@Singleton
@ReactiveDataSource("board")
class BoardPool implements PgPoolCreator {

    private final Settings settings;

    BoardPool(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Pool create(Input input) {
        return DatabasePool.of(input, settings);
    }
}
