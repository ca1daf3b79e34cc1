package dev.lockstep.config;

import java.time.Duration;

/** Measures durations: unlike a clock, it is never set. */
@FunctionalInterface
public interface Ticker {

    Ticker SYSTEM = System::nanoTime;

    /** Nanoseconds since an arbitrary moment: only differences are meaningful. */
    long nanos();

    /** @param nanos an earlier result of {@link #nanos} */
    default Duration since(long nanos) {
        return Duration.ofNanos(nanos() - nanos);
    }
}
