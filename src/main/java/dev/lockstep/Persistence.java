package dev.lockstep;

import dev.lockstep.store.DataLoss;
import dev.lockstep.store.SqlStates;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** Tries until it works, however long that takes, with a growing pause; and says meanwhile what is in the way. */
@ApplicationScoped
public class Persistence {

    private static final Logger LOG = Logger.getLogger(Persistence.class);

    private final Duration first;
    private final Duration longest;
    private volatile String waitingFor;

    /** A worker that was overtaken while it was paused sees others' progress once, before it learns that they own it. */
    private volatile boolean suspects;

    private volatile boolean refuses;
    private volatile boolean stopping;

    @Inject
    Persistence(Settings settings) {
        this(settings.batch().backoff(), settings.batch().maxBackoff());
    }

    /** @param first how long it waits after a failure; doubled with each, up to {@code longest} */
    Persistence(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
    }

    /** The Vert.x context that the work began on: a reactive session is bound to it, so work must come back to it. */
    interface OnContext extends Executor {

        /** That of the work that asks. */
        static OnContext current() {
            return on(Vertx.currentContext());
        }

        private static OnContext on(Context context) {
            return task -> context.runOnContext(ignored -> task.run());
        }
    }

    /** Why the work at hand is being tried again, for people; null while all is well. */
    public String waitingFor() {
        return waitingFor;
    }

    /** Whether it waits for people: the stores disagree about what was done. */
    public boolean refuses() {
        return refuses;
    }

    void stop(@Observes ShutdownEvent event) {
        stopping = true;
    }

    /** Fails only when the worker stops. */
    <T> Uni<T> untilDone(Function<OnContext, Uni<T>> work) {
        Context context = Vertx.currentContext();
        OnContext onContext = OnContext.on(context);
        long[] pause = {first.toMillis()};
        return Uni.createFrom()
                .deferred(() -> work.apply(onContext))
                .onFailure()
                .retry()
                .when(failures -> failures.onItem().transformToUniAndConcatenate(failure -> {
                    note(failure);
                    long millis = pause[0];
                    pause[0] = Math.min(longest.toMillis(), 2 * millis);
                    return pause(context, millis, failure);
                }))
                .invoke(() -> {
                    waitingFor = null;
                    suspects = false;
                    refuses = false;
                });
    }

    private Uni<Long> pause(Context context, long millis, Throwable failure) {
        if (stopping) {
            return Uni.createFrom().failure(failure);
        }
        return Uni.createFrom().emitter(emitter -> context.owner()
                .setTimer(millis, timer -> context.runOnContext(ignored -> emitter.complete(timer))));
    }

    private void note(Throwable failure) {
        String reason = reason(failure);
        boolean isNew = !reason.equals(waitingFor);
        boolean lost = failure instanceof DataLoss;
        boolean confirmed = lost && suspects;
        if (confirmed && (isNew || !refuses)) {
            LOG.errorf("Refusing to work: %s", reason);
        } else if (!lost && isNew) {
            LOG.warnf("A batch could not be applied, trying again: %s", reason);
            LOG.debug("A batch could not be applied", failure);
        }
        suspects = lost;
        refuses = confirmed;
        waitingFor = reason;
    }

    private static String reason(Throwable failure) {
        String sqlState = SqlStates.of(failure);
        if (sqlState != null) {
            return "Postgres answers SQLSTATE " + sqlState;
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }
}
