package dev.lockstep.publish;

import dev.lockstep.config.Ticker;
import java.time.Duration;

/**
 * How much one Kafka transaction may send. A path to Kafka that is too narrow for a whole batch (a quota, a slow link) would
 * otherwise never let it through: each attempt would time out and begin again. Used on one thread.
 */
final class TransactionLimit {

    /** In bytes of keys and values. */
    static final long MIN_BYTES = 64 << 10;

    static final long UNLIMITED = Long.MAX_VALUE;
    private static final long MAX_LIMITED = 64 << 20;
    private static final int FACTOR = 4;

    private final Ticker ticker;
    private final Duration slow;
    private long maxBytes = UNLIMITED;
    private long startedAt;

    /** @param slow how long an attempt takes that was too large: it fails after that, or nearly did */
    TransactionLimit(Ticker ticker, Duration slow) {
        this.ticker = ticker;
        this.slow = slow;
    }

    /** @return the most bytes to send in the attempt that begins now */
    long start() {
        startedAt = ticker.nanos();
        return maxBytes;
    }

    /** @param bytes how much the attempt was to send */
    void recordFailure(long bytes) {
        if (bytes > 0 && ticker.since(startedAt).compareTo(slow) >= 0) {
            maxBytes = Math.max(MIN_BYTES, Math.min(bytes, maxBytes) / FACTOR);
        }
    }

    /** @param bytes how much was sent: little says nothing about more */
    void recordSuccess(long bytes) {
        boolean isTelling = maxBytes < UNLIMITED && bytes >= maxBytes / FACTOR;
        if (isTelling && ticker.since(startedAt).multipliedBy(FACTOR).compareTo(slow) < 0) {
            maxBytes = maxBytes >= MAX_LIMITED ? UNLIMITED : maxBytes * FACTOR;
        }
    }
}
