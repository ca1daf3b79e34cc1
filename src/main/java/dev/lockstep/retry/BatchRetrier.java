package dev.lockstep.retry;

import dev.lockstep.config.Settings;
import dev.lockstep.config.Ticker;
import dev.lockstep.database.PostgresErrors;
import dev.lockstep.failure.KafkaErrors;
import dev.lockstep.failure.RetryCause;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener.Step;
import dev.lockstep.partition.GroupConflictException;
import dev.lockstep.store.DataLossException;
import dev.lockstep.store.format.NewerFormatException;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/** Retries work until it succeeds, however long that takes, with growing backoff, and meanwhile reports what blocks it. */
@ApplicationScoped
public class BatchRetrier {

    private static final Logger LOG = Logger.getLogger(BatchRetrier.class);

    private static final Duration INITIAL_BACKOFF = Duration.ofMillis(20);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(2);

    private final Duration initialBackoff;
    private final Duration maxBackoff;
    private final Duration dataLossGrace;
    private final Ticker ticker;
    private final Listeners listeners;
    private final Set<FailingWork> failing = ConcurrentHashMap.newKeySet();

    /** Whether the problem was logged, so that its end is logged too. */
    private final AtomicBoolean isTroubleLogged = new AtomicBoolean();

    private volatile boolean isStopping;

    @Inject
    BatchRetrier(Settings settings, Ticker ticker, Listeners listeners) {
        this(INITIAL_BACKOFF, MAX_BACKOFF, settings.kafka().sessionTimeout(), ticker, listeners);
    }

    /**
     * @param initialBackoff about how long to wait after a failure; doubled each time, up to {@code longest}
     * @param dataLossGrace how long apparent data loss may be a mistake: a worker that was overtaken while paused sees others'
     *     progress until it learns that they own the partitions
     */
    BatchRetrier(
            Duration initialBackoff, Duration maxBackoff, Duration dataLossGrace, Ticker ticker, Listeners listeners) {
        this.initialBackoff = initialBackoff;
        this.maxBackoff = maxBackoff;
        this.dataLossGrace = dataLossGrace;
        this.ticker = ticker;
        this.listeners = listeners;
    }

    /** Why current work is being retried, in words; null while all is well. */
    public String notReadyReason() {
        return failing.stream()
                .map(failingWork -> failingWork.reason)
                .findFirst()
                .orElse(null);
    }

    /**
     * Whether nothing else may begin: the stores disagree about what was done, or hold what this version cannot read. Ends
     * when that is found to be over.
     */
    public boolean isHalted() {
        return failing.stream().anyMatch(failingWork -> failingWork.haltedSince != null);
    }

    /** Whether the worker is stopping: then failed work is not retried. */
    public boolean isStopping() {
        return isStopping;
    }

    void stop(@Observes ShutdownEvent event) {
        isStopping = true;
    }

    /**
     * Fails only when the worker stops. Retries run on a different thread.
     *
     * @param what identifies the work to listeners
     */
    public <T> Uni<T> retryUntilDone(Object what, Supplier<Uni<T>> work) {
        FailingWork failingWork = new FailingWork();
        return Uni.createFrom()
                .deferred(() -> {
                    listeners.notifyListeners(listener -> listener.attemptStarted(Step.APPLY, what));
                    return work.get();
                })
                .onFailure()
                .invoke(failingWork::recordFailure)
                .onFailure(failure -> !isStopping)
                .retry()
                .withBackOff(initialBackoff, maxBackoff)
                .indefinitely()
                .invoke(() -> {
                    if (failing.remove(failingWork) && failing.isEmpty() && isTroubleLogged.getAndSet(false)) {
                        LOG.info("Applying batches works again");
                    }
                    listeners.notifyListeners(listener -> listener.attemptsFinished(Step.APPLY, what));
                });
    }

    /** A piece of work that has failed at least once and is being retried. */
    private final class FailingWork {
        private volatile String reason;
        private volatile Long haltedSince;
        private boolean announced;

        void recordFailure(Throwable failure) {
            String what = PostgresErrors.reason(failure);
            boolean isNew = failing.stream().noneMatch(failingWork -> what.equals(failingWork.reason));
            reason = what;
            failing.add(this);
            if (haltsProcessing(failure)) {
                haltedSince = haltedSince == null ? ticker.nanos() : haltedSince;
                boolean sure = failure instanceof NewerFormatException
                        || ticker.since(haltedSince).compareTo(dataLossGrace) >= 0;
                if (sure && !announced) {
                    announced = true;
                    isTroubleLogged.set(true);
                    LOG.errorf("Stopped processing reason=%s", what);
                }
            } else if (isNew) {
                isTroubleLogged.set(true);
                LOG.warnf("Applying a batch failed, retrying reason=%s", what);
                LOG.debug("Applying a batch failed", failure);
            }
            listeners.notifyListeners(listener -> listener.attemptFailed(Step.APPLY, cause(failure)));
            listeners.notifyIfUnloadable(failure);
        }
    }

    /** Whether nothing else may begin until that is over. */
    public static boolean haltsProcessing(Throwable failure) {
        return failure instanceof DataLossException
                || failure instanceof GroupConflictException
                || failure instanceof NewerFormatException;
    }

    private static RetryCause cause(Throwable failure) {
        if (failure instanceof DataLossException || failure instanceof GroupConflictException) {
            return RetryCause.DATA_LOSS;
        }
        if (failure instanceof NewerFormatException) {
            return RetryCause.NEWER_FORMAT;
        }
        if (failure instanceof KafkaException) {
            return KafkaErrors.retryCause(failure);
        }
        return PostgresErrors.retryCause(failure);
    }
}
