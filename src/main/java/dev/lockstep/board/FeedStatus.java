package dev.lockstep.board;

import dev.lockstep.board.tables.EnvironmentCounter.EnvironmentCounts;
import dev.lockstep.board.tables.PermanentErrors;
import dev.lockstep.config.Settings;
import dev.lockstep.config.Ticker;
import dev.lockstep.database.PostgresErrors;
import dev.lockstep.failure.RetryCause;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** What this process's feed has done, and what is blocking it. */
@ApplicationScoped
public class FeedStatus {

    /** A Postgres fail-over takes less time than this. */
    private static final Duration WRITE_GRACE = Duration.ofSeconds(15);

    /** Another process that rebuilds the tables locks others out for so long at most; the old rows can be read meanwhile. */
    private static final Duration REBUILD_GRACE = Duration.ofMinutes(30);

    /** Environments are counted every minute. */
    private static final Duration COUNTS_VALID = Duration.ofMinutes(5);

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** Kafka and Postgres are asked every five seconds, and have five seconds to answer. */
    private static final Duration SILENCE_GRACE = Duration.ofSeconds(30);

    /**
     * @param reason why the last attempt failed
     * @param since when the first attempt failed
     * @param unreachableSince since when the reason has been that the database cannot be reached; null if it is another one
     * @param isLockedOut whether another process holds the lock on writing
     */
    private record OngoingFailure(String reason, long since, Long unreachableSince, boolean isLockedOut) {

        Duration grace() {
            return isLockedOut ? REBUILD_GRACE : WRITE_GRACE;
        }
    }

    private final boolean isEnabled;
    private final Ticker ticker;
    private final LongAdder written = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private volatile OngoingFailure ongoingFailure;
    private volatile Long kafkaAnsweredAt;
    private volatile Long tablesReadAt;
    private volatile EnvironmentCounts environments;
    private volatile long environmentsCountedAt;
    private volatile Supplier<Duration> tableLag = () -> Duration.ZERO;
    private volatile Supplier<Duration> writingFor = () -> Duration.ZERO;

    @Inject
    FeedStatus(Settings settings, Ticker ticker) {
        this(settings.board().enabled(), ticker);
    }

    public FeedStatus(boolean isEnabled, Ticker ticker) {
        this.isEnabled = isEnabled;
        this.ticker = ticker;
    }

    /** @param tableLag how long the tables have been behind the topics; see {@link TableLag#lag} */
    void setTableLag(Supplier<Duration> tableLag) {
        this.tableLag = tableLag;
    }

    /** @param writingFor how long the feed has been trying to write what it last read; zero if that is written */
    void setWritingFor(Supplier<Duration> writingFor) {
        this.writingFor = writingFor;
    }

    /** Whether this process has a board. */
    public boolean isEnabled() {
        return isEnabled;
    }

    /**
     * How long the tables have been behind the topics, no matter which process is to write them, or for how long this one has not
     * been able to tell; zero if they have caught up.
     */
    public Duration lag() {
        return Stream.of(writingFor.get(), tableLag.get(), silence(kafkaAnsweredAt), silence(tablesReadAt))
                .max(Comparator.naturalOrder())
                .get();
    }

    /** Called each time Kafka answers, even if there is nothing to read: otherwise it is unknown whether there is. */
    void recordKafkaAnswer() {
        kafkaAnsweredAt = ticker.nanos();
    }

    /** Called each time the tables have been read: otherwise it is unknown what they contain. */
    void recordTablesRead() {
        tablesReadAt = ticker.nanos();
    }

    /** @return how long ago it was; zero if it was not long ago, or has not been yet */
    private Duration silence(Long lastAt) {
        Duration silence = lastAt == null ? Duration.ZERO : ticker.since(lastAt);
        return silence.compareTo(SILENCE_GRACE) < 0 ? Duration.ZERO : silence;
    }

    /** Called once per batch. */
    void recordWritten(int records) {
        written.add(records);
        ongoingFailure = null;
    }

    void recordRetry(Throwable failure) {
        retried.increment();
        OngoingFailure before = ongoingFailure;
        boolean isUnreachable = PostgresErrors.retryCause(failure) == RetryCause.DATABASE_UNREACHABLE;
        boolean wasUnreachable = before != null && before.unreachableSince() != null;
        long now = ticker.nanos();
        ongoingFailure = new OngoingFailure(
                PermanentErrors.describe(failure),
                before == null ? now : before.since(),
                !isUnreachable ? null : wasUnreachable ? before.unreachableSince() : (Long) now,
                LOCK_NOT_AVAILABLE.equals(PostgresErrors.sqlState(failure)));
    }

    /** For how long every attempt to write has failed because the database could not be reached; zero if the last one did not. */
    Duration databaseUnreachableFor() {
        OngoingFailure now = ongoingFailure;
        return now == null || now.unreachableSince() == null ? Duration.ZERO : ticker.since(now.unreachableSince());
    }

    /** Counts a record that Postgres will never accept. */
    void recordRejection() {
        rejected.increment();
        ongoingFailure = null;
    }

    /** Called every minute. */
    void recordEnvironments(EnvironmentCounts counts) {
        environmentsCountedAt = ticker.nanos();
        environments = counts;
    }

    /** @return how many environments had a deployment in progress when they were last counted; NaN if that is long ago, or has not been yet */
    public double environmentsInProgress() {
        return countOf(EnvironmentCounts::inProgress);
    }

    /** @return how many environments had a deployment that waited when they were last counted; NaN before the first time */
    public double environmentsWaiting() {
        return countOf(EnvironmentCounts::waiting);
    }

    /** @return in how many environments the last deployment had failed in the last 24 hours when they were last counted; NaN before the first time */
    public double environmentsFailed() {
        return countOf(EnvironmentCounts::failed);
    }

    private double countOf(ToLongFunction<EnvironmentCounts> count) {
        EnvironmentCounts counts = environments;
        boolean isKnown = counts != null && ticker.since(environmentsCountedAt).compareTo(COUNTS_VALID) < 0;
        return isKnown ? count.applyAsLong(counts) : Double.NaN;
    }

    /** Records that have been written to the tables, or were already there. */
    public long writtenCount() {
        return written.sum();
    }

    /** Attempts that failed and are retried. */
    public long retryCount() {
        return retried.sum();
    }

    /** Records that were skipped because Postgres will never accept them. */
    public long rejectionCount() {
        return rejected.sum();
    }

    /** Why nothing gets into the tables, in words; null when reading and writing work, or have not been failing for long. */
    public String notReadyReason() {
        Duration kafka = silence(kafkaAnsweredAt);
        if (!kafka.isZero()) {
            return "Kafka has not answered the board for " + kafka.toSeconds() + " s";
        }
        Duration tables = silence(tablesReadAt);
        if (!tables.isZero()) {
            return "the board's tables could not be read for " + tables.toSeconds() + " s";
        }
        OngoingFailure now = ongoingFailure;
        Duration since = now == null ? Duration.ZERO : ticker.since(now.since());
        return now == null || since.compareTo(now.grace()) < 0
                ? null
                : "the board's tables could not be written for " + since.toSeconds() + " s: " + now.reason();
    }
}
