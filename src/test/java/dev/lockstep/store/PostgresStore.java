package dev.lockstep.store;

import static org.awaitility.Awaitility.await;

import dev.lockstep.intake.CommandsTopic;
import dev.lockstep.setup.Setup;
import io.agroal.api.AgroalDataSource;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The store on the real database, as a plain thread sees it. */
@Singleton
public final class PostgresStore {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    final BatchApplier batchApplier;
    final PublishedOffsets upkeep;
    final Retention retention;
    private final Vertx vertx;
    private final Setup setup;
    private final CommandsTopic commandsTopic;
    private final AgroalDataSource database;
    private final Pool pool;

    PostgresStore(
            BatchApplier batchApplier,
            PublishedOffsets upkeep,
            Retention retention,
            Vertx vertx,
            Setup setup,
            CommandsTopic commandsTopic,
            AgroalDataSource database,
            Pool pool) {
        this.batchApplier = batchApplier;
        this.upkeep = upkeep;
        this.retention = retention;
        this.vertx = vertx;
        this.setup = setup;
        this.commandsTopic = commandsTopic;
        this.database = database;
        this.pool = pool;
    }

    /** A batch applier with limits other than the worker's. */
    BatchApplier newBatchApplier(int maxReleases, long maxBytes) {
        return newBatchApplier(maxReleases, maxBytes, 1);
    }

    BatchApplier newBatchApplier(int maxReleases, long maxBytes, int pageSize) {
        return newBatchApplier(
                new BatchLimits(maxReleases, Math.max(1, maxBytes / 2), maxBytes, pageSize, Math.max(1, maxBytes / 8)));
    }

    BatchApplier newBatchApplier(BatchLimits limits) {
        return new BatchApplier(pool, limits);
    }

    /** A batch applier with a commands topic of its own, on a database that has its schema. */
    BatchApplierRig rig() {
        awaitReady();
        return new BatchApplierRig(this);
    }

    /** Waits until the database has its schema. */
    public void awaitReady() {
        await().atMost(PATIENCE).until(() -> setup.notReadyReason() == null);
    }

    /** Runs the work on a context to which a reactive session can be bound, and waits; its failure is rethrown unchanged. */
    public <T> T run(Supplier<Uni<T>> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Context context = VertxContext.getOrCreateDuplicatedContext(vertx);
        VertxContextSafetyToggle.setContextSafe(context, true);
        context.runOnContext(ignored -> work.get().subscribe().with(done::complete, done::completeExceptionally));
        try {
            return done.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    /**
     * Lets two tasks begin while the progress of all partitions is locked, and unlocks it when both have got as
     * far as they can: from there on they race.
     */
    public <T> List<Future<T>> race(ExecutorService workers, Callable<T> one, Callable<T> other) {
        try (Connection gate = database.getConnection();
                Statement sql = gate.createStatement()) {
            gate.setAutoCommit(false);
            sql.execute("lock table progress in exclusive mode");
            List<Future<T>> racing = List.of(workers.submit(one), workers.submit(other));
            await().pollInterval(Duration.ofMillis(5))
                    .atMost(PATIENCE)
                    .until(() -> number("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") == 2);
            gate.rollback();
            return racing;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whatever the statement locks stays locked until the connection is closed. */
    Connection hold(String statement) {
        try {
            Connection connection = database.getConnection();
            connection.setAutoCommit(false);
            connection.createStatement().execute(statement);
            return connection;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public void sql(String statement) {
        try (Connection connection = database.getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public long number(String query) {
        return Long.parseLong(text(query));
    }

    public String text(String query) {
        try (Connection connection = database.getConnection();
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery(query)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Differs whenever anything in the database does, except for what the worker running alongside the tests writes. */
    String everything() {
        String topicOfTheWorker =
                commandsTopic.whenAvailable().await().indefinitely().id();
        StringBuilder all = new StringBuilder();
        for (String table : new String[] {
            "application",
            "release",
            "environment",
            "line",
            "known_command",
            "ended_deployment",
            "timer",
            "progress",
            "outbox"
        }) {
            all.append(table)
                    .append('=')
                    .append(text("select md5(string_agg(t::text, chr(10) order by t::text)) from " + table
                            + " t where t::text not like '(" + topicOfTheWorker + ",%'"))
                    .append('\n');
        }
        return all.toString();
    }
}
