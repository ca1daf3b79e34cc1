package dev.lockstep.ops;

import dev.lockstep.board.FeedHandover;
import dev.lockstep.config.Settings;
import dev.lockstep.config.Ticker;
import dev.lockstep.failure.RetryCause;
import dev.lockstep.intake.PartitionOwnership;
import dev.lockstep.intake.PartitionPositions;
import dev.lockstep.listener.WorkerListener;
import dev.lockstep.setup.StartFailure;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.ThreadUtils;
import org.jboss.logging.Logger;

/**
 * Ends the process of a worker that
 *
 * <ul>
 *   <li>lacks code or a native library;
 *   <li>has met a fault that it cannot survive; or
 *   <li>cannot work while others can: they take over its partitions, and setup, which meets the same problem after a restart,
 *       keeps the process out of the group.
 * </ul>
 *
 * If the database is down for everyone, nobody commits, and all workers stay, while each process that serves only the board
 * ends once ({@link FeedHandover}).
 *
 * <p>A problem that setup would not detect is no reason: the worker would rejoin again and again, and the troubled
 * partition would take down one worker after another. A worker that cannot reach Kafka loses its partitions anyway.
 */
@ApplicationScoped
public class SelfTermination implements WorkerListener {

    /** Exit code {@code EX_TEMPFAIL}: try again later. */
    public static final int EXIT_TEMPFAIL = StartFailure.EXIT_TEMPFAIL;

    /** Exit code of a process that cannot load what it needs; {@code EX_OSFILE}: restarting does not help. */
    public static final int EXIT_UNLOADABLE = 72;

    private static final Logger LOG = Logger.getLogger(SelfTermination.class);
    private static final int CHECKS_PER_PERIOD = 6;

    private final Duration maxBlocked;
    private final Ticker ticker;
    private final Supplier<Map<Integer, Long>> offsetsOfOthers;
    private final BooleanSupplier isBoardHandoverDue;
    private final ProcessExit processExit;
    private final Map<Step, Long> blockedSince = new ConcurrentHashMap<>();
    private final AtomicBoolean isTerminating = new AtomicBoolean();
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(ThreadUtils.createThreadFactory("lockstep-leaving", true));

    /**
     * What other workers had committed at the last check, and when they were first and next seen to make progress; for
     * the checks only.
     */
    private Map<Integer, Long> lastSeenOffsets = Map.of();

    private Long othersFirstAdvancedAt;
    private Long othersAdvancedAgainAt;

    /** Ends the process soon with this code. */
    @FunctionalInterface
    interface ProcessExit {
        void exit(int exitCode, String why);
    }

    @Inject
    SelfTermination(
            Settings settings,
            Ticker ticker,
            PartitionOwnership ownership,
            PartitionPositions partitionPositions,
            FeedHandover feedHandover) {
        this(
                settings.leaveAfter(),
                ticker,
                () -> partitionPositions.committedByOthers(ownership.snapshot()),
                feedHandover::isDue,
                SelfTermination::exit);
    }

    /**
     * @param offsetsOfOthers asks Kafka what the group has committed in other workers' partitions
     * @param isBoardHandoverDue whether another process should fill the board's tables
     * @param processExit called once
     */
    SelfTermination(
            Duration maxBlocked,
            Ticker ticker,
            Supplier<Map<Integer, Long>> offsetsOfOthers,
            BooleanSupplier isBoardHandoverDue,
            ProcessExit processExit) {
        this.maxBlocked = maxBlocked;
        this.ticker = ticker;
        this.offsetsOfOthers = offsetsOfOthers;
        this.isBoardHandoverDue = isBoardHandoverDue;
        this.processExit = processExit;
    }

    private static void exit(int code, String why) {
        LOG.error(why);
        Quarkus.asyncExit(code);
    }

    void start(@Observes StartupEvent event) {
        long pause = Math.max(1, maxBlocked.toMillis() / CHECKS_PER_PERIOD);
        executor.scheduleWithFixedDelay(this::checkSafely, pause, pause, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        isTerminating.set(true);
        executor.shutdownNow();
    }

    @Override
    public void attemptFailed(Step step, RetryCause cause) {
        if (step == Step.HOUSEKEEPING || step == Step.RETENTION) {
            return; // done rarely: its last failure says little about the present
        }
        if (step == Step.TIMERS) {
            return; // whatever blocks it also blocks the main work, or is no reason to leave
        }
        if (cause == RetryCause.NEWER_FORMAT && step == Step.APPLY) {
            terminateForTakeover("a newer version has written rows that this one cannot read");
        } else if (cause == RetryCause.DATABASE_UNREACHABLE || step == Step.SETUP && cause == RetryCause.UNSUITABLE) {
            blockedSince.putIfAbsent(step, ticker.nanos());
        } else {
            blockedSince.remove(step);
        }
    }

    @Override
    public void unloadable(String description) {
        terminate(EXIT_UNLOADABLE, "Shutting down, code or a native library cannot be loaded reason=" + description);
    }

    @Override
    public void workAbandoned(String fault) {
        terminate(
                EXIT_TEMPFAIL,
                "Shutting down, so that another process takes over what this one cannot finish reason=" + fault);
    }

    @Override
    public void attemptsFinished(Step step, Object work) {
        if (step == Step.APPLY) {
            blockedSince.clear(); // a worker that applies batches can work, whatever else fails
        }
        blockedSince.remove(step);
    }

    private void checkSafely() {
        try {
            check();
        } catch (Throwable e) { // an Error must not end the checks
            LOG.debug("Looking at the progress of other processes failed", e);
        }
    }

    /**
     * Others must be seen making progress twice, half the time apart, and all attempts must keep failing for the other
     * half: the first worker that reaches the database again after an outage must not make all others leave.
     */
    void check() {
        if (isBoardHandoverDue.getAsBoolean()) {
            terminateForTakeover(
                    "the board's tables have been out of reach, and this is not the only process that fills them");
        }
        if (blockedSince.isEmpty()) {
            lastSeenOffsets = Map.of();
            othersFirstAdvancedAt = null;
            othersAdvancedAgainAt = null;
            return;
        }
        long now = ticker.nanos();
        long since = Collections.min(blockedSince.values());
        long half = maxBlocked.toNanos() / 2;
        if (othersFirstAdvancedAt != null && othersFirstAdvancedAt < since) {
            othersFirstAdvancedAt = null;
            othersAdvancedAgainAt = null;
        }
        if (othersAdvanced()) {
            if (othersFirstAdvancedAt == null) {
                othersFirstAdvancedAt = now;
            } else if (othersAdvancedAgainAt == null && now - othersFirstAdvancedAt >= half) {
                othersAdvancedAgainAt = now;
            }
        }
        if (othersAdvancedAgainAt != null && now - othersAdvancedAgainAt >= half) {
            terminateForTakeover("it has been blocked for "
                    + ticker.since(since).toSeconds() + " s while other workers of the group make progress");
        }
    }

    private boolean othersAdvanced() {
        Map<Integer, Long> before = lastSeenOffsets;
        lastSeenOffsets = offsetsOfOthers.get();
        return lastSeenOffsets.entrySet().stream()
                .anyMatch(now -> before.containsKey(now.getKey()) && before.get(now.getKey()) < now.getValue());
    }

    private void terminateForTakeover(String why) {
        terminate(
                EXIT_TEMPFAIL,
                "Shutting down, so that other processes take over the partitions of this one reason=" + why);
    }

    private void terminate(int exitCode, String why) {
        if (isTerminating.compareAndSet(false, true)) {
            processExit.exit(exitCode, why);
        }
    }
}
