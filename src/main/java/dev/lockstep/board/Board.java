package dev.lockstep.board;

import dev.lockstep.board.tables.EnvironmentCounter;
import dev.lockstep.board.tables.FeedProgress;
import dev.lockstep.board.tables.HistoryRetention;
import dev.lockstep.board.tables.PermanentErrors;
import dev.lockstep.board.tables.TableRebuild;
import dev.lockstep.config.Settings;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import io.quarkus.flyway.FlywayDataSource;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.ChannelRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.ThreadUtils;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;

/** Creates the board's tables, retrying until it succeeds, then starts the feed. */
@ApplicationScoped
public class Board {

    static final String NO_TABLES = "the board has no tables yet";
    static final String REBUILDING = "the board's tables are being rebuilt";

    private static final Logger LOG = Logger.getLogger(Board.class);
    /** Deleting history, and rebuilding, may take long, and the topic check must still run. */
    private static final int THREADS = 2;

    private static final long RETRY_SECONDS = 1;
    private static final long MAINTENANCE_INTERVAL_SECONDS = 60;
    private static final long TOPIC_CHECK_INTERVAL_SECONDS = 5;

    /** A little less than the topics' {@code delete.retention.ms}, by default 24 h. */
    private static final Duration TOMBSTONE_RETENTION = Duration.ofHours(23);

    private final Settings settings;
    private final Flyway flyway;
    private final AgroalDataSource database;
    private final ChannelRegistry channels;
    private final HistoryRetention historyRetention;
    private final TableRebuild tableRebuild;
    private final TopicReplay topicReplay;
    private final TopicCheck topicCheck;
    private final EnvironmentCounter environmentCounter;
    private final FeedProgress progress;
    private final FeedStatus feedStatus;
    private final ScheduledExecutorService scheduler =
            Executors.newScheduledThreadPool(THREADS, ThreadUtils.createThreadFactory("lockstep-board", true));
    private volatile boolean hasTables;
    private volatile String notReadyReason;
    private boolean isRebuilt;
    private volatile String lastStartFailure;
    private final Set<String> failingMaintenance = new HashSet<>();

    Board(
            Settings settings,
            @FlywayDataSource("board") Flyway flyway,
            @DataSource("board") AgroalDataSource database,
            ChannelRegistry channels,
            HistoryRetention historyRetention,
            TableRebuild tableRebuild,
            TopicReplay topicReplay,
            TopicCheck topicCheck,
            EnvironmentCounter environmentCounter,
            FeedProgress progress,
            FeedStatus feedStatus) {
        this.settings = settings;
        this.flyway = flyway;
        this.database = database;
        this.channels = channels;
        this.historyRetention = historyRetention;
        this.tableRebuild = tableRebuild;
        this.topicReplay = topicReplay;
        this.topicCheck = topicCheck;
        this.environmentCounter = environmentCounter;
        this.progress = progress;
        this.feedStatus = feedStatus;
    }

    void start(@Observes StartupEvent event) {
        if (settings.board().enabled()) {
            notReadyReason = NO_TABLES;
            scheduler.execute(this::initialize);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        scheduler.shutdownNow();
    }

    /** Whether this process also decides commands; it continues to do so without the board. */
    public boolean runsWithWorker() {
        return settings.worker().enabled();
    }

    /** Whether the board has anything to show. */
    public boolean hasTables() {
        return hasTables;
    }

    /** Why there is nothing to read yet, or nothing new, in words; null when all is well, or without a board. */
    public String notReadyReason() {
        String beginning = notReadyReason;
        return beginning == null ? feedStatus.notReadyReason() : beginning;
    }

    private void initialize() {
        try {
            flyway.migrate();
            hasTables = true;
            rebuildOnce();
            channels.getPausable(Feed.CHANNEL).resume();
            notReadyReason = null;
            feedStatus.recordKafkaAnswer();
            feedStatus.recordTablesRead();
            scheduler.scheduleWithFixedDelay(
                    this::maintain, MAINTENANCE_INTERVAL_SECONDS, MAINTENANCE_INTERVAL_SECONDS, TimeUnit.SECONDS);
            scheduler.scheduleWithFixedDelay(
                    topicCheck::run, TOPIC_CHECK_INTERVAL_SECONDS, TOPIC_CHECK_INTERVAL_SECONDS, TimeUnit.SECONDS);
            LOG.infof("The board reads from Kafka group=%s", settings.board().group());
        } catch (Throwable e) { // even an Error must not silently end the retries
            String cause = PermanentErrors.describe(e);
            LOG.logf(
                    cause.equals(lastStartFailure) ? Logger.Level.DEBUG : Logger.Level.WARN,
                    "The board is not ready, retrying every second status=%s reason=%s",
                    notReadyReason,
                    cause);
            lastStartFailure = cause;
            // Flyway does not return a broken connection: such connections would exhaust the pool for good.
            database.flush(AgroalDataSource.FlushMode.ALL);
            if (!scheduler.isShutdown()) {
                scheduler.schedule(this::initialize, RETRY_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private void rebuildOnce() {
        Settings.BoardConfig.RebuildScope scope = settings.board().rebuild();
        if (scope == Settings.BoardConfig.RebuildScope.NONE || isRebuilt) {
            return;
        }
        notReadyReason = REBUILDING;
        LOG.infof("Rebuilding the board's tables; readers see the old ones until it commits scope=%s", scope);
        TableRebuild.HistoryChange history =
                tableRebuild.rebuild(scope == Settings.BoardConfig.RebuildScope.ALL, topicReplay);
        isRebuilt = true;
        LOG.infof(
                "The board's tables have been rebuilt; remove lockstep.board.rebuild now history=%s",
                history.describe());
    }

    /** Tombstones that were not read in time are gone, and what they deleted would stay in the tables for ever. */
    private void rebuildAfterAbsence() {
        Set<TopicPartition> read = topicCheck.completelyRead();
        if (read.isEmpty() || notReadyReason() != null || !feedStatus.lag().isZero()) {
            return;
        }
        if (exceedsTombstoneRetention(read)) {
            LOG.warn("The topics were not read for longer than they keep tombstones, rebuilding the board's state");
            boolean isRebuiltHere =
                    tableRebuild.rebuildIfDue(false, topicReplay, () -> exceedsTombstoneRetention(read)) != null;
            LOG.info(
                    isRebuiltHere
                            ? "The board's state has been rebuilt"
                            : "The board's state has been rebuilt by another process");
        }
        progress.recordCompletelyRead(read);
    }

    private boolean exceedsTombstoneRetention(Set<TopicPartition> read) {
        return progress.sinceCompletelyRead(read).compareTo(TOMBSTONE_RETENTION) >= 0;
    }

    private void maintain() {
        attemptMaintenance("the state could not be rebuilt after the topics went unread", this::rebuildAfterAbsence);
        attemptMaintenance("expired history cannot be deleted", historyRetention::deleteExpired);
        attemptMaintenance(
                "the environments cannot be counted", () -> feedStatus.recordEnvironments(environmentCounter.count()));
    }

    /** Warns only of the first of several failures in a row. */
    private void attemptMaintenance(String problem, Runnable attempt) {
        try {
            attempt.run();
            failingMaintenance.remove(problem);
        } catch (Throwable e) { // an Error must not end the maintenance
            LOG.logf(
                    failingMaintenance.add(problem) ? Logger.Level.WARN : Logger.Level.DEBUG,
                    "The board's maintenance failed, retrying every minute problem=%s reason=%s",
                    problem,
                    PermanentErrors.describe(e));
        }
    }
}
