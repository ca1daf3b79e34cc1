package dev.lockstep.board;

import dev.lockstep.board.tables.PermanentErrors;
import dev.lockstep.config.Settings;
import dev.lockstep.config.Ticker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** What the feed of this process has done, and what is in its way. */
@ApplicationScoped
public class FeedStatus {

    /** A fail-over of Postgres takes less. */
    private static final Duration SLOW = Duration.ofSeconds(15);

    /** @param reason of the last attempt that failed */
    private record OngoingFailure(String reason, long since) {}

    private final boolean isOn;
    private final Ticker ticker;
    private final LongAdder written = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private volatile OngoingFailure ongoingFailure;
    private volatile Supplier<Duration> behind = () -> Duration.ZERO;

    @Inject
    FeedStatus(Settings settings, Ticker ticker) {
        this(settings.board().enabled(), ticker);
    }

    public FeedStatus(boolean isOn, Ticker ticker) {
        this.isOn = isOn;
        this.ticker = ticker;
    }

    /** @param behind how long the feed has been stuck, whenever it is asked */
    void setLagSupplier(Supplier<Duration> behind) {
        this.behind = behind;
    }

    /** Whether this process has a board. */
    public boolean isEnabled() {
        return isOn;
    }

    /** How long the feed has been stuck behind unread records of this process's partitions; zero if it has caught up. */
    public Duration lag() {
        return behind.get();
    }

    /** For one batch at a time. */
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

    /** One that Postgres will never take. */
    void recordRejection() {
        rejected.increment();
        ongoingFailure = null;
    }

    /** Records that are in the tables, or were there before. */
    public long written() {
        return written.sum();
    }

    /** Attempts that failed and are made again. */
    public long retries() {
        return retried.sum();
    }

    /** Records that were passed over, as Postgres will never take them. */
    public long rejections() {
        return rejected.sum();
    }

    /** Why nothing gets into the tables, for people; null when that is not so, or not for long. */
    public String notReadyReason() {
        OngoingFailure now = ongoingFailure;
        Duration since = now == null ? Duration.ZERO : ticker.since(now.since());
        return since.compareTo(SLOW) < 0
                ? null
                : "the board's tables could not be written for " + since.toSeconds() + " s: " + now.reason();
    }
}
