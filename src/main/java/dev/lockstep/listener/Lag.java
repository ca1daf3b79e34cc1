package dev.lockstep.listener;

import java.time.Instant;

/** How far the work lags behind what was polled. */
@FunctionalInterface
public interface Lag {

    /** The timestamp of the oldest record that was polled and is not published yet; null when there is none. Thread-safe. */
    Instant oldestUnpublished();
}
