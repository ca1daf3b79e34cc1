package dev.lockstep.setup;

import dev.lockstep.config.Settings;
import dev.lockstep.config.Ticker;
import dev.lockstep.database.PostgresErrors;
import dev.lockstep.failure.KafkaErrors;
import dev.lockstep.failure.KafkaFutures;
import dev.lockstep.failure.RetryCause;
import dev.lockstep.intake.CommandsTopic;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener.Step;
import dev.lockstep.partition.CommitMetadata;
import dev.lockstep.wire.Topics;
import io.agroal.api.AgroalDataSource;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.utils.ThreadUtils;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;

/**
 * Checks what must be in place before work begins: a suitable database and topics, and the first start's group and topics.
 * Retried until they are, for as long as it takes, and repeated while the worker runs: meanwhile the worker is live, and
 * reports that it is not ready, and why.
 */
@ApplicationScoped
public class Setup {

    private static final Logger LOG = Logger.getLogger(Setup.class);
    private static final long RETRY_MILLIS = 1_000;
    private static final long RECHECK_MILLIS = 30_000;
    private static final int TIMEOUT_MILLIS = 10_000;
    /** After this long without a completed check, a store counts as unresponsive. */
    private static final Duration MAX_CHECK_AGE = Duration.ofMillis(2 * RECHECK_MILLIS);

    /** For how long the same problem is not logged again. */
    private static final Duration REMINDER_INTERVAL = Duration.ofMinutes(10);

    private final Settings settings;
    private final AgroalDataSource database;
    private final DatabaseSetup databaseSetup;
    private final Pool pool;
    private final Map<String, Object> adminConfig;
    private final Ticker ticker;
    private final Listeners listeners;
    private final CommitMetadata commitMetadata;
    private final CommandsTopic commandsTopic;
    private final Event<DatabaseReady> databaseReady;
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(ThreadUtils.createThreadFactory("lockstep-setup", true));
    private volatile String notReadyReason = "waiting for the first answers of Postgres and Kafka";
    private volatile Long answeringSince;
    private volatile long lastAnswer;
    private volatile String notice;
    /** Why the worker has been unable to work since it last could, and when that was last logged; for the checks only. */
    private final Map<String, Long> lastLoggedAt = new HashMap<>();

    private boolean isDatabaseReady;
    private int partitionCount;

    Setup(
            Settings settings,
            Flyway flyway,
            AgroalDataSource database,
            SetupTimeouts timeouts,
            Pool pool,
            @Identifier("default-kafka-broker") Map<String, Object> broker,
            Ticker ticker,
            Listeners listeners,
            CommitMetadata commitMetadata,
            CommandsTopic commandsTopic,
            Event<DatabaseReady> databaseReady) {
        this.databaseReady = databaseReady;
        this.ticker = ticker;
        this.listeners = listeners;
        this.commitMetadata = commitMetadata;
        this.commandsTopic = commandsTopic;
        this.settings = settings;
        this.database = database;
        this.databaseSetup = new DatabaseSetup(database, flyway, timeouts);
        this.pool = pool;
        this.adminConfig = TopicSetup.adminConfig(broker, TIMEOUT_MILLIS);
    }

    /** Fired when the schema exists and nothing works on it yet. Observers may take their time: setup waits for them. */
    public record DatabaseReady() {}

    /** Why the worker cannot work yet, in words; null when it can. */
    public String notReadyReason() {
        return notReadyReason;
    }

    /** What an operator may want to fix although the worker works, in words; null when there is nothing. */
    public String notice() {
        return notice;
    }

    /**
     * For how long Postgres and Kafka have both answered every time, and have been as the worker needs
     * them; zero if they are not.
     */
    public Duration storesAnsweringFor() {
        Long since = answeringSince;
        long last = lastAnswer;
        boolean silent = since == null || ticker.since(last).compareTo(MAX_CHECK_AGE) > 0;
        return silent ? Duration.ZERO : Duration.ofNanos(last - since);
    }

    void start(@Observes StartupEvent event) {
        if (settings.worker().enabled()) {
            scheduler.execute(this::check);
        } else {
            notReadyReason = null;
        }
    }

    void stop(@Observes ShutdownEvent event) {
        scheduler.shutdownNow();
    }

    private void check() {
        long next = RETRY_MILLIS;
        try {
            CommandsTopic.ResolvedTopics resolvedTopics = ensureReady();
            lastAnswer = ticker.nanos();
            listeners.notifyListeners(listener -> listener.attemptsFinished(Step.SETUP, this));
            answeringSince = answeringSince == null ? lastAnswer : answeringSince;
            if (notReadyReason != null) {
                LOG.infof(
                        "Ready commands=%s partitions=%d group=%s brokers=%s database=%s:%d/%s",
                        resolvedTopics.topics().commands(),
                        partitionCount,
                        settings.kafka().group(),
                        adminConfig.get("bootstrap.servers"),
                        settings.database().host(),
                        settings.database().port(),
                        settings.database().name());
            }
            notReadyReason = null;
            lastLoggedAt.clear();
            commandsTopic.markAvailable(resolvedTopics);
            next = RECHECK_MILLIS;
        } catch (SetupException e) {
            answeringSince = null;
            listeners.notifyListeners(listener -> listener.attemptFailed(Step.SETUP, RetryCause.UNSUITABLE));
            reportNotReady(e.getMessage());
            commandsTopic.markUnavailable();
        } catch (Throwable e) { // even an Error must not silently end the checks
            if (scheduler.isShutdown()) {
                return; // interrupted by the stop
            }
            answeringSince = null;
            listeners.notifyListeners(listener -> listener.attemptFailed(
                    Step.SETUP,
                    e instanceof KafkaException ? KafkaErrors.retryCause(e) : PostgresErrors.retryCause(e)));
            reportNotReady(reason(e));
            listeners.notifyIfUnloadable(e);
            // Flyway does not return a broken connection: such connections would exhaust the pool for good.
            database.flush(AgroalDataSource.FlushMode.ALL);
        }
        if (!scheduler.isShutdown()) {
            scheduler.schedule(this::check, next, TimeUnit.MILLISECONDS);
        }
    }

    private CommandsTopic.ResolvedTopics ensureReady() throws SQLException {
        if (!isDatabaseReady) {
            databaseSetup.ensure();
            // the work's connections have their own settings
            pool.query("select 1").execute().await().atMost(Duration.ofMillis(TIMEOUT_MILLIS));
            isDatabaseReady = true;
            databaseReady.fire(new DatabaseReady());
        }
        Installation installation = new Installation(database, settings);
        installation.requireSameSettings();
        PartitionLayout layout = new PartitionLayout(database, settings.topics().commands());
        int knownPartitionCount = layout.partitions();
        if (isFirstCheck() && BrokerProbe.findsOnlyNonBrokers(adminConfig)) {
            throw new SetupException(FailureDiagnosis.notABroker(adminConfig));
        }
        try (Admin admin = Admin.create(adminConfig)) {
            TopicSetup.TopicSummary topicSummary = ensureTopics(admin, knownPartitionCount, installation);
            if (isFirstCheck()) {
                installation.requireOwnGroup(KafkaFutures.await(
                                admin.listConsumerGroupOffsets(settings.kafka().group())
                                        .partitionsToOffsetAndMetadata())
                        .values());
            }
            installation.store();
            commitMetadata.setDatabaseId(installation.id());
            if (knownPartitionCount == 0) {
                layout.storeFirst(topicSummary.partitions());
            } else if (topicSummary.partitions() > knownPartitionCount) {
                grow(layout, knownPartitionCount, topicSummary.partitions());
            }
            updateNotice(topicSummary);
            partitionCount = topicSummary.partitions();
            return new CommandsTopic.ResolvedTopics(topicSummary.id(), Topics.of(settings.topics()));
        }
    }

    /** Whether no check of this process has succeeded yet. */
    private boolean isFirstCheck() {
        return partitionCount == 0;
    }

    private TopicSetup.TopicSummary ensureTopics(Admin admin, int knownPartitionCount, Installation installation)
            throws SQLException {
        TopicSetup setup = new TopicSetup(
                settings.topics(),
                settings.publish().batchBytes(),
                settings.limits().maxRecordBytes());
        Permissions permissions = new Permissions(settings);
        try {
            TopicSetup.TopicSummary topicSummary =
                    setup.ensure(admin, knownPartitionCount, isFirstCheck(), installation::requireOwnTopics);
            permissions.check(admin);
            return topicSummary;
        } catch (AuthorizationException unnamed) {
            permissions.check(admin);
            throw unnamed;
        }
    }

    private void grow(PartitionLayout layout, int knownPartitionCount, int now) throws SQLException {
        Duration after = settings.topics().growAfter();
        if (layout.recordGrowth(now, after)) {
            LOG.infof(
                    "The topics have more partitions: applications keep theirs, and new ones are spread over all of them"
                            + " after a delay partitions=%d before=%d delay=%s",
                    now, knownPartitionCount, after);
        }
    }

    /** Warns once about unsuitable topic settings. A rejected record blocks only its own partition, so work goes on. */
    private void updateNotice(TopicSetup.TopicSummary topicSummary) {
        if (isFirstCheck() && settings.topics().partitions() > topicSummary.partitions()) {
            LOG.warnf(
                    "lockstep.topics.partitions does not change topics that exist; docs/operations.md says how to add"
                            + " partitions configured=%d existing=%d",
                    settings.topics().partitions(), topicSummary.partitions());
        }
        String before = notice;
        List<String> problems = new ArrayList<>(topicSummary.sizeProblems());
        if (!topicSummary.smallerTopics().isEmpty()) {
            problems.add("topics have fewer partitions than the " + topicSummary.maxPartitions() + " of others: "
                    + topicSummary.smallerTopics() + ". New applications use only " + topicSummary.partitions()
                    + " partitions until these have as many");
        }
        notice = problems.isEmpty() ? null : String.join("; ", problems);
        if (notice != null && !notice.equals(before)) {
            LOG.warnf("Continuing despite a problem with the topics detail=%s", notice);
        }
    }

    private void reportNotReady(String why) {
        Long before = lastLoggedAt.get(why);
        if (before == null || ticker.since(before).compareTo(REMINDER_INTERVAL) > 0) {
            LOG.warnf("Not ready, retrying reason=%s", why);
            lastLoggedAt.put(why, ticker.nanos());
        }
        notReadyReason = why;
    }

    private String reason(Throwable e) {
        if (e instanceof KafkaException kafka) {
            return FailureDiagnosis.ofKafka(adminConfig, kafka, !isFirstCheck());
        }
        return e instanceof Error ? FailureDiagnosis.messageOf(e) : FailureDiagnosis.ofPostgres(settings.database(), e);
    }
}
