package dev.lockstep.listener;

import java.time.Instant;

/** How far the work lags behind the polled records. */
@FunctionalInterface
public interface Lag {

    /** The timestamp of the oldest polled record that is not published yet; null if there is none. Thread-safe. */
    Instant oldestUnpublished();
}
