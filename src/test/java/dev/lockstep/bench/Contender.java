package dev.lockstep.bench;

import java.time.Duration;

/** A process that takes commands and gives results. It keeps its place when it is stopped and started again. */
interface Contender extends AutoCloseable {

    Place place();

    /** Starts the process; it may not be ready yet. */
    void start();

    /** Waits until it takes commands. */
    void awaitReady(Duration atMost);

    long pid();

    /** Ends the process in good order. */
    void stop();

    @Override
    default void close() {
        stop();
    }
}
