package dev.lockstep.board;

import dev.lockstep.config.Settings;
import dev.lockstep.database.DatabasePoolCreator;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Singleton;

/**
 * Creates the pool of the board's connections. Like the worker's, they are closed when they stay silent too long, so a process
 * that died in the middle of a transaction does not block the others for longer than that.
 */
@Singleton
@ReactiveDataSource("board")
class BoardPoolCreator implements PgPoolCreator {

    private final Settings settings;

    BoardPoolCreator(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Pool create(Input input) {
        return DatabasePoolCreator.createPool(input, settings);
    }
}
