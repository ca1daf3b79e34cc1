package dev.lockstep.board;

import dev.lockstep.config.Settings;
import dev.lockstep.database.DatabasePool;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Singleton;

/**
 * The board's connections, which break like the worker's when nothing comes for long; and a process that was lost in the midst of a
 * transaction keeps the others from their turn no longer than that.
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
