package dev.lockstep.board;

import dev.lockstep.board.tables.History;
import dev.lockstep.board.tables.Rebuild;
import dev.lockstep.board.tables.Refusals;
import dev.lockstep.config.Settings;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import io.quarkus.flyway.FlywayDataSource;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.ChannelRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.ThreadUtils;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;

/** Makes the board's tables, until it succeeds, and lets the feed begin. */
@ApplicationScoped
public class Board {

    static final String NO_TABLES = "the board has no tables yet";
    static final String READ_ANEW = "the board's tables are being read anew";

    private static final Logger LOG = Logger.getLogger(Board.class);
    private static final long RETRY_SECONDS = 1;
    private static final long FORGET_SECONDS = 60;
    private static final long LOOK_SECONDS = 5;

    private final Settings settings;
    private final Flyway flyway;
    private final AgroalDataSource database;
    private final ChannelRegistry channels;
    private final History history;
    private final Rebuild rebuild;
    private final TopicsBefore topics;
    private final FeedPositions positions;
    private final FeedWatch watch;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(ThreadUtils.createThreadFactory("lockstep-board", true));
    private volatile boolean isReady;
    private volatile String waitingFor;
    private boolean isRebuilt;

    Board(
            Settings settings,
            @FlywayDataSource("board") Flyway flyway,
            @DataSource("board") AgroalDataSource database,
            ChannelRegistry channels,
            History history,
            Rebuild rebuild,
            TopicsBefore topics,
            @Identifier(Feed.CHANNEL) FeedPositions positions,
            FeedWatch watch) {
        this.settings = settings;
        this.flyway = flyway;
        this.database = database;
        this.channels = channels;
        this.history = history;
        this.rebuild = rebuild;
        this.topics = topics;
        this.positions = positions;
        this.watch = watch;
    }

    void start(@Observes StartupEvent event) {
        if (settings.board().enabled()) {
            waitingFor = NO_TABLES;
            thread.execute(this::begin);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        thread.shutdownNow();
    }

    /** Whether this process judges commands as well: they go on without the board. */
    public boolean isBesideTheWorker() {
        return settings.worker().enabled();
    }

    /** Whether there is anything to read. */
    public boolean isReady() {
        return isReady;
    }

    /** Why there is nothing to read yet, or nothing new, for people; null when there is, and without the board. */
    public String waitingFor() {
        String beginning = waitingFor;
        return beginning == null ? watch.waitingFor() : beginning;
    }

    private void begin() {
        try {
            flyway.migrate();
            isReady = true;
            rebuildOnce();
            channels.getPausable(Feed.CHANNEL).resume();
            waitingFor = null;
            thread.scheduleWithFixedDelay(this::forget, FORGET_SECONDS, FORGET_SECONDS, TimeUnit.SECONDS);
            thread.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
            LOG.infof("The board is read from Kafka group=%s", settings.board().group());
        } catch (Throwable notYet) { // an Error must not end the trying without a word
            LOG.warnf("The board is not ready (%s), retrying cause=%s", waitingFor, Refusals.name(notYet));
            // Flyway does not give back a connection that broke under it: kept, they would use up the pool for good.
            database.flush(AgroalDataSource.FlushMode.ALL);
            if (!thread.isShutdown()) {
                thread.schedule(this::begin, RETRY_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private void rebuildOnce() {
        Settings.BoardConfig.Rebuild extent = settings.board().rebuild();
        if (extent == Settings.BoardConfig.Rebuild.NONE || isRebuilt) {
            return;
        }
        waitingFor = READ_ANEW;
        LOG.infof("The board's tables are read anew: %s. Until then they stay as they were", extent);
        Rebuild.Beginning history = rebuild.run(extent == Settings.BoardConfig.Rebuild.ALL, topics);
        isRebuilt = true;
        LOG.infof(
                "The board's tables have been read anew (take lockstep.board.rebuild out again). %s",
                history.inWords());
    }

    private void look() {
        try {
            positions.look();
        } catch (Throwable later) {
            LOG.debugf(
                    "The board does not know its topics now: %s",
                    later.getClass().getSimpleName());
        }
    }

    private void forget() {
        try {
            history.forget();
        } catch (Throwable later) {
            LOG.debugf(
                    "Deleting old board history failed, retrying later cause=%s",
                    later.getClass().getSimpleName());
        }
    }
}
