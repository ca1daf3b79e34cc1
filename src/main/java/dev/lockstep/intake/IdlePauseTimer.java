package dev.lockstep.intake;

import dev.lockstep.config.Ticker;
import java.time.Duration;

/**
 * Limits how long partitions with nothing to fetch are left out of fetches: for a second at most, and then they are fetched for a
 * second at least, so that a fetch has the time to find something in them. Read by any thread, updated by the polling thread.
 */
final class IdlePauseTimer {

    private static final Duration MAX_PAUSE = Duration.ofSeconds(1);

    /** Longer than a fetch waits at the broker. */
    private static final Duration MIN_FETCH_TIME = Duration.ofSeconds(1);

    private final Ticker ticker;

    /** When they began to be left out, until {@link #update} ends that; null while they need not be. */
    private volatile Long pausedAt;

    IdlePauseTimer(Ticker ticker) {
        this.ticker = ticker;
    }

    boolean mayPause() {
        return elapsed().compareTo(MAX_PAUSE) < 0 || mayPauseAgain();
    }

    /**
     * @param arePaused whether some are paused from now on
     * @param isPartitionWaiting whether a full partition still waits for capacity; if not, all partitions are fetched
     */
    void update(boolean arePaused, boolean isPartitionWaiting) {
        if (!arePaused && !isPartitionWaiting) {
            pausedAt = null;
        } else if (arePaused && (pausedAt == null || mayPauseAgain())) {
            pausedAt = ticker.nanos();
        }
    }

    private boolean mayPauseAgain() {
        return elapsed().compareTo(MAX_PAUSE.plus(MIN_FETCH_TIME)) >= 0;
    }

    private Duration elapsed() {
        Long begin = pausedAt;
        return begin == null ? Duration.ZERO : ticker.since(begin);
    }
}
