package dev.lockstep.intake;

import dev.lockstep.config.Ticker;
import dev.lockstep.listener.Listeners;
import java.time.Duration;
import java.util.logging.Handler;
import java.util.logging.LogRecord;

/**
 * Why the consumer's polls fail. The connector keeps polling whatever happens, and reports a failure only in its
 * log, so it is taken from there.
 */
final class PollFailures extends Handler {

    /** The connector's logger, and the id of the message by which it reports a failed poll. */
    static final String CONNECTOR = "io.smallrye.reactive.messaging.kafka";

    private static final String POLL_FAILED = "SRMSG18285";

    /** Longer than the connector waits between two failing polls: {@code retry-max-wait}, half as much again, and a poll. */
    static final Duration RECENT_PERIOD = Duration.ofSeconds(10);

    private record Failure(String reason, long at, boolean isFirst) {}

    private final Ticker ticker;
    private final Listeners listeners;
    private volatile Failure last;

    PollFailures(Ticker ticker, Listeners listeners) {
        this.ticker = ticker;
        this.listeners = listeners;
    }

    /** Why the last polls failed, in words; null if they did not fail, or only one did. */
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
        return failure != null && ticker.since(failure.at()).compareTo(RECENT_PERIOD) < 0;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
