package dev.lockstep.setup;

import dev.lockstep.Settings;
import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The pool, with connections that close when nothing comes for long. A network that lost its way without a word would
 * otherwise leave a batch waiting for an answer for ever.
 */
@Singleton
class DatabasePool implements PgPoolCreator {

    /** Connections beside the lanes': progress is noted, outcomes are forgotten. */
    private static final int HOUSEKEEPING = 2;

    private final Settings settings;

    DatabasePool(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Pool create(Input input) {
        int silence = Math.toIntExact(settings.database().silence().toMillis());
        input.pgConnectOptionsList().forEach(options -> options.setTcpKeepAlive(true)
                .setIdleTimeout(silence)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS));
        return PgBuilder.pool()
                .with(input.poolOptions().setMaxSize(settings.batch().lanes() + HOUSEKEEPING))
                .connectingTo(new ArrayList<>(input.pgConnectOptionsList()))
                .using(input.vertx())
                .build();
    }
}
