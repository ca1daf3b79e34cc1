package dev.lockstep.ops;

import dev.lockstep.config.Settings;
import dev.lockstep.listener.DeadLetter;
import dev.lockstep.listener.WorkerListener;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/** Logs each dead letter with its origin and reason; if there are many within a minute, only the number of the rest. */
@Singleton
class DeadLetterLog implements WorkerListener {

    private static final Logger LOG = Logger.getLogger(DeadLetterLog.class);
    private static final long MINUTE_MILLIS = 60_000;

    /** This many per minute get a line each. */
    private static final int MAX_LINES_PER_MINUTE = 10;

    private final String topic;
    private final Map<String, Integer> suppressed = new TreeMap<>();
    private int lines;
    private DeadLetter last;

    @Inject
    DeadLetterLog(Settings settings) {
        this(settings.topics().commands());
    }

    /** @param topic the topic that the dead letters come from */
    DeadLetterLog(String topic) {
        this.topic = topic;
    }

    void start(@Observes StartupEvent event, Vertx vertx) {
        vertx.setPeriodic(MINUTE_MILLIS, timer -> endMinute());
    }

    void stop(@Observes ShutdownEvent event) {
        endMinute();
    }

    @Override
    public synchronized void deadLettered(DeadLetter letter) {
        if (lines < MAX_LINES_PER_MINUTE) {
            lines++;
            LOG.warnf("Dead letter record=%s kind=%s reason=%s", location(letter), letter.kind(), letter.reason());
        } else {
            suppressed.merge(String.valueOf(letter.kind()), 1, Integer::sum);
            last = letter;
        }
    }

    synchronized void endMinute() {
        if (!suppressed.isEmpty()) {
            LOG.warnf(
                    "More dead letters within a minute records=%d kinds=%s last=%s",
                    suppressed.values().stream().mapToInt(Integer::intValue).sum(), suppressed, location(last));
        }
        suppressed.clear();
        lines = 0;
    }

    private String location(DeadLetter letter) {
        return topic + "-" + letter.partition() + "@" + letter.offset();
    }
}
