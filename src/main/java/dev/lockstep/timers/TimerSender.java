package dev.lockstep.timers;

import dev.lockstep.config.Settings;
import dev.lockstep.database.PostgresErrors;
import dev.lockstep.failure.KafkaErrors;
import dev.lockstep.failure.RetryCause;
import dev.lockstep.intake.CommandsTopic;
import dev.lockstep.intake.PartitionOwnership;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener.Step;
import dev.lockstep.store.Timers;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.utils.ThreadUtils;
import org.jboss.logging.Logger;

/**
 * Sends due timers of this worker's partitions to the commands topic (contract, section 3). What exactly is due is
 * decided when a timer comes back: one that is sent twice, or by two workers, does no harm, and a lost one is sent again.
 */
@ApplicationScoped
public class TimerSender {

    private static final Logger LOG = Logger.getLogger(TimerSender.class);

    /** The interval between checks; a timer may be late by this much. */
    private static final Duration INTERVAL = Duration.ofMillis(250);

    /** The longest wait after consecutive failures to look for timers. */
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(2);

    /** The same after failures to send, or to mark what was sent: a topic must not fill up with timers that are sent again. */
    private static final Duration MAX_SEND_BACKOFF = Duration.ofSeconds(30);

    private static final int MAX_TIMERS_PER_ROUND = 1_000;

    private final Timers timers;
    private final PartitionOwnership ownership;
    private final CommandsTopic commandsTopic;
    private final Listeners listeners;
    private final TimerProducer producer;
    private final Duration timeout;
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(ThreadUtils.createThreadFactory("lockstep-timers", true));

    /* Used only by the executor's thread. */
    private Map<Integer, Long> assignments = Map.of();
    private int failuresInARow;
    private long roundsToSkip;

    /** Whether timers may have been sent that are not marked as sent. */
    private boolean hasUnmarked;

    @Inject
    TimerSender(
            Timers timers,
            PartitionOwnership ownership,
            CommandsTopic commandsTopic,
            Listeners listeners,
            Settings settings,
            @Identifier("default-kafka-broker") Map<String, Object> broker) {
        this(
                timers,
                ownership,
                commandsTopic,
                listeners,
                settings,
                TimerProducer.newProducerFactory(broker, settings.publish()));
    }

    /** @param producers makes a non-transactional producer, and a new one after each failure */
    TimerSender(
            Timers timers,
            PartitionOwnership ownership,
            CommandsTopic commandsTopic,
            Listeners listeners,
            Settings settings,
            Supplier<Producer<byte[], byte[]>> producers) {
        this.timers = timers;
        this.ownership = ownership;
        this.commandsTopic = commandsTopic;
        this.listeners = listeners;
        this.producer = new TimerProducer(producers, settings.source());
        this.timeout = settings.database().silence().multipliedBy(2);
    }

    void start(@Observes StartupEvent event) {
        executor.scheduleWithFixedDelay(
                this::sendDueTimers, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        executor.shutdownNow();
        producer.close();
    }

    /** Not while setup is waiting: the topic or the database may be unknown then. */
    private void sendDueTimers() {
        if (roundsToSkip > 0) {
            roundsToSkip--;
            return;
        }
        if (!commandsTopic.isAvailable()) {
            return;
        }
        try {
            String topic = commandsTopic
                    .whenAvailable()
                    .await()
                    .atMost(timeout)
                    .topics()
                    .commands();
            int sent;
            do {
                sent = send(topic);
            } while (sent == MAX_TIMERS_PER_ROUND && !executor.isShutdown());
            onSuccess();
        } catch (Throwable e) { // even an Error must not end the periodic task
            if (!executor.isShutdown()) {
                onFailure(e);
            }
        }
    }

    /** @return how many due timers were found; all of them are sent now */
    int send(String topic) {
        Map<Integer, Long> owned = ownership.snapshot().assignments();
        Set<Integer> added = owned.keySet().stream()
                .filter(partition -> !owned.get(partition).equals(assignments.get(partition)))
                .collect(Collectors.toSet());
        if (!added.isEmpty()) {
            timers.markUnsent(added).await().atMost(timeout);
        }
        assignments = owned;
        if (owned.isEmpty()) {
            listeners.notifyListeners(listener -> listener.timersChecked(Duration.ZERO));
            return 0;
        }
        Timers.DueTimers dueTimers =
                timers.findDue(owned.keySet(), MAX_TIMERS_PER_ROUND).await().atMost(timeout);
        listeners.notifyListeners(listener -> listener.timersChecked(dueTimers.longestOverdue()));
        if (!dueTimers.timers().isEmpty()) {
            hasUnmarked = true;
            producer.send(topic, dueTimers.timers());
            timers.markSent(dueTimers.timers()).await().atMost(timeout);
            hasUnmarked = false;
            listeners.notifyListeners(
                    listener -> listener.timersSent(dueTimers.timers().size()));
        }
        return dueTimers.timers().size();
    }

    private void onSuccess() {
        if (failuresInARow > 0) {
            LOG.infof("Sending timers works again attempts=%d", failuresInARow + 1);
        }
        failuresInARow = 0;
        hasUnmarked = false;
        listeners.notifyListeners(listener -> listener.attemptsFinished(Step.TIMERS, this));
    }

    /** @return how many rounds to skip after this many consecutive failures; it roughly doubles each time */
    static long roundsToSkipAfter(int failuresInARow, boolean hasUnmarked) {
        Duration maxBackoff = hasUnmarked ? MAX_SEND_BACKOFF : MAX_BACKOFF;
        long most = maxBackoff.toMillis() / INTERVAL.toMillis();
        return failuresInARow > Long.SIZE / 2 ? most : Math.min(most, (1L << failuresInARow - 1) - 1);
    }

    /** The first failure in a row is logged. */
    private void onFailure(Throwable failure) {
        failuresInARow++;
        roundsToSkip = roundsToSkipAfter(failuresInARow, hasUnmarked);
        RetryCause cause =
                KafkaErrors.isFromKafka(failure) ? KafkaErrors.retryCause(failure) : PostgresErrors.retryCause(failure);
        listeners.notifyListeners(listener -> listener.attemptFailed(Step.TIMERS, cause));
        listeners.notifyIfUnloadable(failure);
        if (failuresInARow == 1) {
            LOG.warnf("Sending timers failed, retrying cause=%s reason=%s", cause, PostgresErrors.reason(failure));
        }
        LOG.debugf(failure, "Sending timers failed");
    }
}
