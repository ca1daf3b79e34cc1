package dev.lockstep.setup;

import dev.lockstep.config.Settings;
import dev.lockstep.config.Ticker;
import dev.lockstep.database.PostgresErrors;
import dev.lockstep.failure.KafkaAnswers;
import dev.lockstep.failure.RetryCause;
import dev.lockstep.intake.CommandsTopic;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener.Step;
import dev.lockstep.partition.OffsetMark;
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
 * What must be there before any work: a database and topics that fit, and the group and topics of the first start. Tried
 * until it is so, for as long as it takes, and looked at again while the worker runs: the worker lives meanwhile, and says
 * that it is not ready and why.
 */
@ApplicationScoped
public class Setup {

    private static final Logger LOG = Logger.getLogger(Setup.class);
    private static final long RETRY_MILLIS = 1_000;
    private static final long RECHECK_MILLIS = 30_000;
    private static final int ANSWER_MILLIS = 10_000;
    /** After this long without the end of a look, a store does not answer. */
    private static final Duration SILENT = Duration.ofMillis(2 * RECHECK_MILLIS);

    /** How long what stays in the way is not told again. */
    private static final Duration REMINDER = Duration.ofMinutes(10);

    private final Settings settings;
    private final AgroalDataSource database;
    private final DatabaseSetup databaseSetup;
    private final Pool pool;
    private final Map<String, Object> adminConfig;
    private final Ticker ticker;
    private final Listeners listeners;
    private final OffsetMark mark;
    private final CommandsTopic commandsTopic;
    private final Event<DatabaseReady> databaseReady;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(ThreadUtils.createThreadFactory("lockstep-setup", true));
    private volatile String waitingFor = "waiting for the first answers of Postgres and Kafka";
    private volatile Long answeringSince;
    private volatile long lastAnswer;
    private volatile String notice;
    /** Why the worker could not work since it last could, and when that was last told; used by looks only. */
    private final Map<String, Long> said = new HashMap<>();

    private boolean databaseIsReady;
    private int partitions;

    Setup(
            Settings settings,
            Flyway flyway,
            AgroalDataSource database,
            SetupPatience patience,
            Pool pool,
            @Identifier("default-kafka-broker") Map<String, Object> broker,
            Ticker ticker,
            Listeners listeners,
            OffsetMark mark,
            CommandsTopic commandsTopic,
            Event<DatabaseReady> databaseReady) {
        this.databaseReady = databaseReady;
        this.ticker = ticker;
        this.listeners = listeners;
        this.mark = mark;
        this.commandsTopic = commandsTopic;
        this.settings = settings;
        this.database = database;
        this.databaseSetup = new DatabaseSetup(database, flyway, patience);
        this.pool = pool;
        this.adminConfig = TopicSetup.adminConfig(broker, ANSWER_MILLIS);
    }

    /** The schema is there, and nothing works on it yet. Observers may take their time: they are waited for. */
    public record DatabaseReady() {}

    /** Why the worker cannot work yet, for people; null when it can. */
    public String waitingFor() {
        return waitingFor;
    }

    /** What an operator may want to mend, though the worker works, for people; null when there is nothing. */
    public String notice() {
        return notice;
    }

    /**
     * For how long Postgres and Kafka have been seen to answer, both of them and every time, and to be as the worker needs
     * them; zero when they are not.
     */
    public Duration answeringFor() {
        Long since = answeringSince;
        long last = lastAnswer;
        boolean silent = since == null || ticker.since(last).compareTo(SILENT) > 0;
        return silent ? Duration.ZERO : Duration.ofNanos(last - since);
    }

    void start(@Observes StartupEvent event) {
        if (settings.worker().enabled()) {
            thread.execute(this::look);
        } else {
            waitingFor = null;
        }
    }

    void stop(@Observes ShutdownEvent event) {
        thread.shutdownNow();
    }

    private void look() {
        long next = RETRY_MILLIS;
        try {
            CommandsTopic.Found found = find();
            lastAnswer = ticker.nanos();
            listeners.tell(listener -> listener.finished(Step.SETUP, this));
            answeringSince = answeringSince == null ? lastAnswer : answeringSince;
            if (waitingFor != null) {
                LOG.infof(
                        "Ready commands=%s partitions=%d group=%s brokers=%s database=%s:%d/%s",
                        found.topics().commands(),
                        partitions,
                        settings.kafka().group(),
                        adminConfig.get("bootstrap.servers"),
                        settings.database().host(),
                        settings.database().port(),
                        settings.database().name());
            }
            waitingFor = null;
            said.clear();
            commandsTopic.found(found);
            next = RECHECK_MILLIS;
        } catch (SetupException e) {
            answeringSince = null;
            listeners.tell(listener -> listener.retried(Step.SETUP, RetryCause.UNSUITABLE));
            wait(e.getMessage());
            commandsTopic.lost();
        } catch (Throwable e) { // an Error must not end the looking, or nobody would ever know
            if (thread.isShutdown()) {
                return; // interrupted by the stop
            }
            answeringSince = null;
            listeners.tell(listener -> listener.retried(
                    Step.SETUP,
                    e instanceof KafkaException ? RetryCause.KAFKA_UNREACHABLE : PostgresErrors.retryCause(e)));
            wait(reason(e));
            listeners.tellIfUnloadable(e);
            // Flyway does not give back a connection that broke under it: kept, they would use up the pool for good.
            database.flush(AgroalDataSource.FlushMode.ALL);
        }
        if (!thread.isShutdown()) {
            thread.schedule(this::look, next, TimeUnit.MILLISECONDS);
        }
    }

    private CommandsTopic.Found find() throws SQLException {
        if (!databaseIsReady) {
            databaseSetup.ensure();
            // the work's connections have settings of their own
            pool.query("select 1").execute().await().atMost(Duration.ofMillis(ANSWER_MILLIS));
            databaseIsReady = true;
            databaseReady.fire(new DatabaseReady());
        }
        Installation installation = new Installation(database, settings);
        installation.check();
        PartitionLayout layout = new PartitionLayout(database, settings.topics().commands());
        int before = layout.partitions();
        if (partitions == 0 && BrokerProbe.findsNoBroker(adminConfig)) {
            throw new SetupException(FailureDiagnosis.ofNoBroker(adminConfig));
        }
        try (Admin admin = Admin.create(adminConfig)) {
            TopicSetup.Found found = topics(admin, before, installation);
            if (partitions == 0) {
                installation.check(KafkaAnswers.await(
                                admin.listConsumerGroupOffsets(settings.kafka().group())
                                        .partitionsToOffsetAndMetadata())
                        .values());
            }
            installation.keep();
            mark.database(installation.id());
            if (before == 0) {
                layout.begin(found.partitions());
            } else if (found.partitions() > before) {
                grow(layout, before, found.partitions());
            }
            notice(found);
            partitions = found.partitions();
            return new CommandsTopic.Found(found.id(), Topics.of(settings.topics()));
        }
    }

    private TopicSetup.Found topics(Admin admin, int before, Installation installation) throws SQLException {
        TopicSetup setup = new TopicSetup(
                settings.topics(),
                settings.publish().batchBytes(),
                settings.limits().maxRecordBytes());
        Permissions permissions = new Permissions(settings);
        try {
            TopicSetup.Found found = setup.ensure(admin, before, partitions == 0, installation::beforeCreating);
            permissions.check(admin);
            return found;
        } catch (AuthorizationException unnamed) {
            permissions.check(admin);
            throw unnamed;
        }
    }

    private void grow(PartitionLayout layout, int before, int now) throws SQLException {
        Duration after = settings.topics().growAfter();
        if (layout.grow(now, after)) {
            LOG.infof(
                    "The topics have more partitions: applications keep theirs, and new ones are spread over all of them"
                            + " after a delay partitions=%d before=%d delay=%s",
                    now, before, after);
        }
    }

    /** Says what is odd about the topics, once. What they refuse holds up a partition at a time, so the work goes on. */
    private void notice(TopicSetup.Found found) {
        if (partitions == 0 && settings.topics().partitions() > found.partitions()) {
            LOG.warnf(
                    "lockstep.topics.partitions does not change topics that exist; docs/operations.md says how to add"
                            + " partitions configured=%d existing=%d",
                    settings.topics().partitions(), found.partitions());
        }
        String before = notice;
        List<String> odd = new ArrayList<>(found.refusing());
        if (!found.lacking().isEmpty()) {
            odd.add("topics have fewer partitions than the " + found.most() + " of others: " + found.lacking()
                    + ". New applications use only " + found.partitions() + " partitions until these have as many");
        }
        notice = odd.isEmpty() ? null : String.join("; ", odd);
        if (notice != null && !notice.equals(before)) {
            LOG.warnf("Continuing despite a problem with the topics detail=%s", notice);
        }
    }

    private void wait(String why) {
        Long before = said.get(why);
        if (before == null || ticker.since(before).compareTo(REMINDER) > 0) {
            LOG.warnf("Not ready, retrying reason=%s", why);
            said.put(why, ticker.nanos());
        }
        waitingFor = why;
    }

    private String reason(Throwable e) {
        if (e instanceof KafkaException kafka) {
            return FailureDiagnosis.ofKafka(adminConfig, kafka);
        }
        return e instanceof Error ? FailureDiagnosis.said(e) : FailureDiagnosis.ofPostgres(settings.database(), e);
    }
}
