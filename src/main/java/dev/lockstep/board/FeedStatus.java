package dev.lockstep.board;

import dev.lockstep.board.tables.PermanentErrors;
import dev.lockstep.config.Settings;
import dev.lockstep.config.Ticker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** What this process's feed has done, and what is blocking it. */
@ApplicationScoped
public class FeedStatus {

    /** A Postgres fail-over takes less time than this. */
    private static final Duration SLOW = Duration.ofSeconds(15);

    /** Kafka is asked every five seconds, and has five seconds to answer. */
    private static final Duration SILENT = Duration.ofSeconds(30);

    /** @param reason why the last attempt failed */
    private record OngoingFailure(String reason, long since) {}

    private final boolean isEnabled;
    private final Ticker ticker;
    private final LongAdder written = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private volatile OngoingFailure ongoingFailure;
    private volatile Long kafkaAnsweredAt;
    private volatile Supplier<Duration> lagSupplier = () -> Duration.ZERO;

    @Inject
    FeedStatus(Settings settings, Ticker ticker) {
        this(settings.board().enabled(), ticker);
    }

    public FeedStatus(boolean isEnabled, Ticker ticker) {
        this.isEnabled = isEnabled;
        this.ticker = ticker;
    }

    /** @param lagSupplier supplies how long the feed has been stuck */
    void setLagSupplier(Supplier<Duration> lagSupplier) {
        this.lagSupplier = lagSupplier;
    }

    /** Whether this process has a board. */
    public boolean isEnabled() {
        return isEnabled;
    }

    /**
     * How long the feed has been stuck behind unread records of this process's partitions, or has not been able to ask for any;
     * zero if it has caught up.
     */
    public Duration lag() {
        Duration silence = silence();
        Duration lag = lagSupplier.get();
        return silence.compareTo(SILENT) >= 0 && silence.compareTo(lag) > 0 ? silence : lag;
    }

    /** Called at each answer, also if there is nothing to read: without it, nobody knows whether there is. */
    void recordAnswer() {
        kafkaAnsweredAt = ticker.nanos();
    }

    private Duration silence() {
        Long answeredAt = kafkaAnsweredAt;
        return answeredAt == null ? Duration.ZERO : ticker.since(answeredAt);
    }

    /** Called once per batch. */
    void recordWritten(int records) {
        written.add(records);
        ongoingFailure = null;
    }

    void recordRetry(Throwable failure) {
        retried.increment();
        OngoingFailure before = ongoingFailure;
        ongoingFailure =
                new OngoingFailure(PermanentErrors.describe(failure), before == null ? ticker.nanos() : before.since());
    }

    /** Counts a record that Postgres will never accept. */
    void recordRejection() {
        rejected.increment();
        ongoingFailure = null;
    }

    /** Records that have been written to the tables, or were already there. */
    public long written() {
        return written.sum();
    }

    /** Attempts that failed and are retried. */
    public long retries() {
        return retried.sum();
    }

    /** Records that were skipped because Postgres will never accept them. */
    public long rejections() {
        return rejected.sum();
    }

    /** Why nothing gets into the tables, in words; null when reading and writing work, or have not been failing for long. */
    public String notReadyReason() {
        Duration silence = silence();
        if (silence.compareTo(SILENT) >= 0) {
            return "Kafka has not answered the board for " + silence.toSeconds() + " s";
        }
        OngoingFailure now = ongoingFailure;
        Duration since = now == null ? Duration.ZERO : ticker.since(now.since());
        return since.compareTo(SLOW) < 0
                ? null
                : "the board's tables could not be written for " + since.toSeconds() + " s: " + now.reason();
    }
}
