package dev.lockstep.local;

import java.util.List;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.jboss.logmanager.Logger;

/**
 * Keeps the embedded components' chatter out of the output. Client logs are kept, except about connections: the broker has
 * clients too.
 */
public final class QuietLogs {

    /** Held here because a logger's level is lost when the logger is garbage-collected. */
    private static final List<Logger> QUIET = Stream.of(
                    "io.zonky.test",
                    "kafka",
                    "state.change.logger",
                    "org.apache.kafka.clients.NetworkClient",
                    "org.apache.kafka.common.config",
                    "org.apache.kafka.common.metrics",
                    "org.apache.kafka.common.network",
                    "org.apache.kafka.common.utils",
                    "org.apache.kafka.controller",
                    "org.apache.kafka.coordinator",
                    "org.apache.kafka.image",
                    "org.apache.kafka.metadata",
                    "org.apache.kafka.queue",
                    "org.apache.kafka.raft",
                    "org.apache.kafka.server",
                    "org.apache.kafka.snapshot",
                    "org.apache.kafka.storage")
            .map(Logger::getLogger)
            .toList();

    /** It logs every partition that is added to a topic as an error. */
    private static final Logger STATE_CHANGES = Logger.getLogger("state.change.logger");

    private QuietLogs() {}

    /** For a program whose output is a story. */
    public static void everything() {
        Stream.of("", "org.apache.kafka", "dev.lockstep")
                .map(Logger::getLogger)
                .forEach(logger -> logger.setLevel(Level.OFF));
    }

    static void quiet() {
        QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
        STATE_CHANGES.setLevel(Level.OFF);
    }
}
