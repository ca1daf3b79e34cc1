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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Tries until it works, however long that takes, with a growing pause; and says meanwhile what is in the way. */
@ApplicationScoped
public class Persistence {

    private static final Logger LOG = Logger.getLogger(Persistence.class);

    private final Duration first;
    private final Duration longest;
    private final Set<Work> inTrouble = ConcurrentHashMap.newKeySet();
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

    /** Why work at hand is being tried again, for people; null while all is well. */
    public String waitingFor() {
        return inTrouble.stream().map(work -> work.reason).findFirst().orElse(null);
    }

    /** Whether it waits for people: the stores disagree about what was done. */
    public boolean refuses() {
        return inTrouble.stream().anyMatch(work -> work.refuses);
    }

    void stop(@Observes ShutdownEvent event) {
        stopping = true;
    }

    /** Fails only when the worker stops. */
    <T> Uni<T> untilDone(Supplier<Uni<T>> work) {
        Context context = Vertx.currentContext();
        Work tried = new Work();
        return Uni.createFrom()
                .deferred(work::get)
                .onFailure()
                .retry()
                .when(failures -> failures.onItem().transformToUniAndConcatenate(failure -> {
                    tried.note(failure);
                    return pause(context, tried.nextPause(), failure);
                }))
                .invoke(() -> inTrouble.remove(tried));
    }

    private Uni<Long> pause(Context context, long millis, Throwable failure) {
        if (stopping) {
            return Uni.createFrom().failure(failure);
        }
        return Uni.createFrom().emitter(emitter -> context.owner()
                .setTimer(millis, timer -> context.runOnContext(ignored -> emitter.complete(timer))));
    }

    /** A piece of work that failed at least once, while it is tried again. */
    private final class Work {
        private long pauseMillis = first.toMillis();
        private volatile String reason;
        private volatile boolean refuses;

        /** A worker that was overtaken while it was paused sees others' progress once, before it learns that they own it. */
        private boolean suspects;

        void note(Throwable failure) {
            String what = reason(failure);
            boolean isNew = inTrouble.stream().noneMatch(work -> what.equals(work.reason));
            boolean lost = failure instanceof DataLoss;
            boolean confirmed = lost && suspects;
            if (confirmed && (isNew || !refuses)) {
                LOG.errorf("Refusing to work: %s", what);
            } else if (!lost && isNew) {
                LOG.warnf("A batch could not be applied, trying again: %s", what);
                LOG.debug("A batch could not be applied", failure);
            }
            suspects = lost;
            refuses = confirmed;
            reason = what;
            inTrouble.add(this);
        }

        long nextPause() {
            long millis = pauseMillis;
            pauseMillis = Math.min(longest.toMillis(), 2 * millis);
            return millis;
        }
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
