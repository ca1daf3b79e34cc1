package dev.lockstep;

import dev.lockstep.publish.Cursor;
import dev.lockstep.setup.Setup;
import dev.lockstep.store.Upkeep;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Looks after what is old, and after what is done while there is nothing to do. Never in the way of the work. */
@ApplicationScoped
public class Housekeeping {

    private static final Logger LOG = Logger.getLogger(Housekeeping.class);
    private static final long IDLE_MILLIS = 1_000;

    /** How many silences of Postgres one step may take, whatever it waits for. */
    private static final int PATIENCE = 10;

    private final Vertx vertx;
    private final Setup setup;
    private final Cursor cursor;
    private final Upkeep upkeep;
    private final Settings.Retention retention;
    private final Clock clock;
    private final Duration patience;
    private Map<Integer, Long> seen = Map.of();
    private final Map<Integer, Long> noted = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    Housekeeping(Vertx vertx, Setup setup, Cursor cursor, Upkeep upkeep, Settings settings, Clock clock) {
        this.vertx = vertx;
        this.setup = setup;
        this.cursor = cursor;
        this.upkeep = upkeep;
        this.retention = settings.retention();
        this.clock = clock;
        this.patience = settings.database().silence().multipliedBy(PATIENCE);
    }

    void start(@Observes StartupEvent event) {
        after(IDLE_MILLIS, this::note);
        after(retention.every().toMillis(), this::forget);
    }

    void stop(@Observes ShutdownEvent event) {
        stopping = true;
    }

    /** A partition that has not moved since the last look is idle: what was published of it is noted. */
    private Uni<Void> note() {
        Map<Integer, Long> now = cursor.published();
        Map<Integer, Long> idle = new HashMap<>(now);
        idle.entrySet()
                .removeIf(e -> !e.getValue().equals(seen.get(e.getKey()))
                        || e.getValue().equals(noted.get(e.getKey())));
        seen = now;
        if (idle.isEmpty() || setup.waitingFor() != null) {
            return Uni.createFrom().voidItem();
        }
        return setup.ground()
                .chain(ground -> bounded(upkeep.published(ground.topicId(), idle)))
                .invoke(() -> noted.putAll(idle));
    }

    private Uni<Void> forget() {
        if (setup.waitingFor() != null) {
            return Uni.createFrom().voidItem();
        }
        Instant before = clock.instant().minus(retention.outcomes());
        return bounded(upkeep.forget(before, retention.step())).chain(count -> {
            if (count > 0) {
                LOG.debugf("Forgot outcomes beyond their age count=%d", count);
            }
            return count < retention.step() || stopping ? Uni.createFrom().voidItem() : forget();
        });
    }

    /** What never ends would never be done again. */
    private <T> Uni<T> bounded(Uni<T> step) {
        return step.ifNoItem().after(patience).fail();
    }

    /** Runs the work after a pause, and again, each time on a context that a reactive session may be bound to. */
    private void after(long millis, Supplier<Uni<Void>> work) {
        vertx.setTimer(millis, timer -> {
            Context context = VertxContext.getOrCreateDuplicatedContext(vertx);
            VertxContextSafetyToggle.setContextSafe(context, true);
            context.runOnContext(ignored -> work.get().subscribe().with(done -> again(millis, work), failure -> {
                LOG.debugf(
                        "Housekeeping has to wait reason=%s", failure.getClass().getSimpleName());
                again(millis, work);
            }));
        });
    }

    private void again(long millis, Supplier<Uni<Void>> work) {
        if (!stopping) {
            after(millis, work);
        }
    }
}
