package dev.lockstep.publish;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits that double up to a limit, and end at once when the worker stops. */
final class Backoff {

    private static final long FIRST_MILLIS = 10;

    private final CountDownLatch stopped;
    private final long mostMillis;
    private long nextMillis;

    /** @param most the longest single wait */
    Backoff(Duration most, CountDownLatch stopped) {
        this.mostMillis = most.toMillis();
        this.stopped = stopped;
        this.nextMillis = FIRST_MILLIS;
    }

    void pause() {
        try {
            stopped.await(nextMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // interrupted only at the stop, which the caller checks
        }
    }

    /** For callers that wait by other means. */
    long nextMillis() {
        long millis = nextMillis;
        nextMillis = Math.min(nextMillis * 2, mostMillis);
        return millis;
    }
}
