package dev.lockstep.intake;

import dev.lockstep.config.Ticker;
import dev.lockstep.listener.Listeners;
import java.time.Duration;
import java.util.logging.Handler;
import java.util.logging.LogRecord;

/**
 * Why the consumer's polls fail. The connector keeps polling whatever happens, and reports a failure nowhere but in its
 * log: that is where it is taken from.
 */
final class PollFailures extends Handler {

    /** The logger of the connector, and the id of the message with which it says that a poll failed. */
    static final String CONNECTOR = "io.smallrye.reactive.messaging.kafka";

    private static final String POLL_FAILED = "SRMSG18285";

    /** Longer than the connector waits between two polls that fail: {@code retry-max-wait}, half as much again, and a poll. */
    static final Duration RECENT = Duration.ofSeconds(10);

    private record Failure(String reason, long at, boolean isFirst) {}

    private final Ticker ticker;
    private final Listeners listeners;
    private volatile Failure last;

    PollFailures(Ticker ticker, Listeners listeners) {
        this.ticker = ticker;
        this.listeners = listeners;
    }

    /** What the last polls failed of, for people; null when they did not fail, or only one did. */
    String reason() {
        Failure failure = last;
        return isRecent(failure) && !failure.isFirst() ? failure.reason() : null;
    }

    @Override
    public synchronized void publish(LogRecord record) {
        Throwable thrown = record.getThrown();
        if (thrown == null
                || record.getMessage() == null
                || !record.getMessage().startsWith(POLL_FAILED)) {
            return;
        }
        String reason = thrown.getClass().getSimpleName() + ": " + thrown.getMessage();
        last = new Failure(reason, ticker.nanos(), !isRecent(last));
        listeners.notifyIfUnloadable(thrown);
    }

    private boolean isRecent(Failure failure) {
        return failure != null && ticker.since(failure.at()).compareTo(RECENT) < 0;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
