package dev.lockstep.local;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what is still open when the JVM ends, the latest first: a worker before its broker, a broker before the database. */
final class ShutdownCloser {

    private static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();

    private static volatile boolean begun;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ShutdownCloser::closeAll, "close-embedded-parts"));
    }

    private ShutdownCloser() {}

    static void close(AutoCloseable part) {
        synchronized (OPEN) {
            OPEN.push(part);
        }
    }

    static void forget(AutoCloseable part) {
        synchronized (OPEN) {
            OPEN.remove(part);
        }
    }

    /** Whether the JVM is shutting down. */
    static boolean hasBegun() {
        return begun;
    }

    private static void closeAll() {
        begun = true;
        for (AutoCloseable part = next(); part != null; part = next()) {
            try {
                part.close();
            } catch (Exception e) {
                System.err.println("Could not close " + part + ": " + e.getMessage());
            }
        }
    }

    private static AutoCloseable next() {
        synchronized (OPEN) {
            return OPEN.poll();
        }
    }
}
