package dev.lockstep.publish;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits that double up to a limit, and end at once when the worker stops. */
final class Backoff {

    private static final long INITIAL_MILLIS = 10;

    private final CountDownLatch stopped;
    private final long maxMillis;
    private long nextMillis;

    /** @param max the longest single wait */
    Backoff(Duration max, CountDownLatch stopped) {
        this.maxMillis = max.toMillis();
        this.stopped = stopped;
        this.nextMillis = INITIAL_MILLIS;
    }

    void pause() {
        try {
            stopped.await(nextDelayMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // interrupted only at the stop, which the caller checks
        }
    }

    /** For callers that wait by other means. */
    long nextDelayMillis() {
        long millis = nextMillis;
        nextMillis = Math.min(nextMillis * 2, maxMillis);
        return millis;
    }
}
