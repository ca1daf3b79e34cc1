package dev.lockstep.listener;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How far the work lags behind the polled records. */
@FunctionalInterface
public interface LagSource {

    /** The timestamp of the oldest polled record that is not published yet; null if there is none. Thread-safe. */
    @Nullable
    Instant oldestUnpublishedTimestamp();
}
