package dev.lockstep.board;

import dev.lockstep.board.tables.Refusals;
import dev.lockstep.config.Settings;
import dev.lockstep.config.Ticker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** What the feed of this process has done, and what is in its way. */
@ApplicationScoped
public class FeedWatch {

    /** A fail-over of Postgres takes less. */
    private static final Duration SLOW = Duration.ofSeconds(15);

    /** @param reason of the last attempt that failed */
    private record Failing(String reason, long since) {}

    private final boolean isOn;
    private final Ticker ticker;
    private final LongAdder written = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private volatile Failing failing;
    private volatile Supplier<Duration> behind = () -> Duration.ZERO;

    @Inject
    FeedWatch(Settings settings, Ticker ticker) {
        this(settings.board().enabled(), ticker);
    }

    public FeedWatch(boolean isOn, Ticker ticker) {
        this.isOn = isOn;
        this.ticker = ticker;
    }

    /** @param behind how long the feed has been stuck, whenever it is asked */
    void of(Supplier<Duration> behind) {
        this.behind = behind;
    }

    /** Whether this process has a board. */
    public boolean isOn() {
        return isOn;
    }

    /** How long the feed has been stuck behind unread records of this process's partitions; zero if it has caught up. */
    public Duration behind() {
        return behind.get();
    }

    /** For one batch at a time. */
    void wrote(int records) {
        written.add(records);
        failing = null;
    }

    void retried(Throwable failure) {
        retried.increment();
        Failing before = failing;
        failing = new Failing(Refusals.name(failure), before == null ? ticker.nanos() : before.since());
    }

    /** One that Postgres will never take. */
    void rejected() {
        rejected.increment();
        failing = null;
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
    public String waitingFor() {
        Failing now = failing;
        Duration since = now == null ? Duration.ZERO : ticker.since(now.since());
        return since.compareTo(SLOW) < 0
                ? null
                : "the board's tables could not be written for " + since.toSeconds() + " s: " + now.reason();
    }
}
