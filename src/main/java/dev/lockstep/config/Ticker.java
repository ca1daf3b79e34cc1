package dev.lockstep.config;

import java.time.Duration;

/** What durations are measured with: unlike a clock, nobody sets it. */
@FunctionalInterface
public interface Ticker {

    Ticker SYSTEM = System::nanoTime;

    /** Nanoseconds since some moment or other: only differences mean something. */
    long nanos();

    /** @param nanos an earlier answer of {@link #nanos} */
    default Duration since(long nanos) {
        return Duration.ofNanos(nanos() - nanos);
    }
}
