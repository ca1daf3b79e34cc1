package dev.lockstep.intake;

import dev.lockstep.config.Ticker;
import java.time.Duration;

/**
 * How long partitions with nothing to fetch may be left out of fetches: not for long at a time, and then not before a fetch has
 * had the time to find something in them. Read by any thread, updated by the polling thread.
 */
final class IdlePauseTimer {

    private static final Duration MAX_PAUSE = Duration.ofSeconds(1);

    /** Longer than a fetch waits at the broker. */
    private static final Duration REST = Duration.ofSeconds(1);

    private final Ticker ticker;

    /** When they began to be left out, until {@link #update} ends that; null while they need not be. */
    private volatile Long since;

    IdlePauseTimer(Ticker ticker) {
        this.ticker = ticker;
    }

    boolean allows() {
        return length().compareTo(MAX_PAUSE) < 0 || mayPauseAgain();
    }

    /**
     * @param areLeftOut whether some are left out from now on
     * @param areNeeded whether a full partition still waits for room; if not, all partitions are fetched
     */
    void update(boolean areLeftOut, boolean areNeeded) {
        if (!areLeftOut && !areNeeded) {
            since = null;
        } else if (areLeftOut && (since == null || mayPauseAgain())) {
            since = ticker.nanos();
        }
    }

    private boolean mayPauseAgain() {
        return length().compareTo(MAX_PAUSE.plus(REST)) >= 0;
    }

    private Duration length() {
        Long begin = since;
        return begin == null ? Duration.ZERO : ticker.since(begin);
    }
}
