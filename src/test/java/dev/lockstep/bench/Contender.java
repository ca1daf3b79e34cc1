package dev.lockstep.bench;

import java.time.Duration;

/**
 * A process that takes commands and publishes results. It keeps its {@link ContenderResources} when it is stopped and started
 * again.
 */
interface Contender extends AutoCloseable {

    ContenderResources place();

    /** Starts the process; it may not be ready yet. */
    void start();

    /** Waits until it takes commands. */
    void awaitReady(Duration atMost);

    long pid();

    /** Shuts the process down cleanly. */
    void stop();

    @Override
    default void close() {
        stop();
    }
}
