package dev.lockstep.maintenance;

import dev.lockstep.config.Settings;
import dev.lockstep.intake.CommandsTopic;
import dev.lockstep.intake.PartitionOwnership;
import dev.lockstep.intake.PartitionPositions;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener.Step;
import dev.lockstep.setup.Setup;
import dev.lockstep.store.PublishedOffsets;
import dev.lockstep.store.Retention;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Background work: stores published offsets while the worker is idle, and removes old data. It never blocks the main work. */
@ApplicationScoped
public class Housekeeping {

    private static final Logger LOG = Logger.getLogger(Housekeeping.class);
    private static final long IDLE_MILLIS = 1_000;
    private static final long WARM_UP_TIMEOUT_SECONDS = 10;
    private static final long FINAL_STORE_TIMEOUT_SECONDS = 2;
    private static final Duration FINAL_STORE_BACKOFF = Duration.ofMillis(50);
    private static final int AFTER_PUBLISHER = Interceptor.Priority.APPLICATION + 1_000;

    /**
     * After this many consecutive rounds in which no outcome could be forgotten, the worker is not ready: a day by default.
     * No harm is done until then: what is kept for 30 days grows by a thirtieth, and a store that is down is reported at
     * once elsewhere.
     */
    static final int OVERDUE_ROUNDS = 144;

    /** How long one step may take, whatever it waits for: a multiple of the silence after which a connection counts as broken. */
    private static final int STEP_TIMEOUT_FACTOR = 10;

    private final Vertx vertx;
    private final boolean isWorker;
    private final Setup setup;
    private final CommandsTopic commandsTopic;
    private final PartitionOwnership ownership;
    private final PartitionPositions partitionPositions;
    private final PublishedOffsets publishedOffsets;
    private final Retention retention;
    private final Duration retentionInterval;
    private final Duration stepTimeout;
    private final PeriodicTaskStatus offsetTask;
    private final PeriodicTaskStatus retentionTask;
    private Map<Integer, Long> lastSeenOffsets = Map.of();
    private final Map<Integer, Long> storedOffsets = new ConcurrentHashMap<>();
    private volatile boolean isStopping;

    Housekeeping(
            Vertx vertx,
            Setup setup,
            CommandsTopic commandsTopic,
            PartitionOwnership ownership,
            PartitionPositions partitionPositions,
            PublishedOffsets publishedOffsets,
            Retention retention,
            Settings settings,
            Listeners listeners) {
        this.vertx = vertx;
        this.isWorker = settings.worker().enabled();
        this.setup = setup;
        this.commandsTopic = commandsTopic;
        this.ownership = ownership;
        this.partitionPositions = partitionPositions;
        this.publishedOffsets = publishedOffsets;
        this.retention = retention;
        this.retentionInterval = settings.retention().every();
        this.stepTimeout = settings.database().silence().multipliedBy(STEP_TIMEOUT_FACTOR);
        this.offsetTask = new PeriodicTaskStatus(Step.HOUSEKEEPING, "progress", listeners);
        this.retentionTask = new PeriodicTaskStatus(Step.RETENTION, "retention", listeners);
    }

    void start(@Observes StartupEvent event) {
        if (!isWorker) {
            return;
        }
        schedule(IDLE_MILLIS, offsetTask, this::storeIdleOffsets);
        schedule(retentionInterval.toMillis(), retentionTask, this::applyRetention);
    }

    /**
     * Runs before there is work: Hibernate's first session loads so many classes that it holds up its event loop, and
     * everything else on it. It also checks the database's clock early.
     */
    void warmUp(@Observes Setup.DatabaseReady event) {
        await(retention::deleteExpired, WARM_UP_TIMEOUT_SECONDS, "The first round of retention failed");
    }

    /** Stores what was published last, so that nothing has to rely on the group's offset. */
    void stop(@Observes @Priority(AFTER_PUBLISHER) ShutdownEvent event) {
        isStopping = true;
        if (commandsTopic.isAvailable()) {
            await(
                    this::storeAllOffsets,
                    FINAL_STORE_TIMEOUT_SECONDS,
                    "The offsets that were published last could not be stored");
        }
    }

    /** Retries, as connections may just have broken, and a batch in flight keeps its partitions locked. */
    private Uni<?> storeAllOffsets() {
        Map<Integer, Long> published = partitionPositions.committedByWorkers(ownership.snapshot());
        return commandsTopic
                .whenAvailable()
                .chain(topic -> publishedOffsets.record(topic.id(), published))
                .onItem()
                .transformToUni(done -> done.containsAll(published.keySet())
                        ? Uni.createFrom().voidItem()
                        : Uni.createFrom().failure(new IllegalStateException("another transaction holds a partition")))
                .onFailure()
                .retry()
                .withBackOff(FINAL_STORE_BACKOFF, FINAL_STORE_BACKOFF)
                .expireIn(FINAL_STORE_TIMEOUT_SECONDS * 1_000);
    }

    /** @param failureMessage what it means if this does not succeed in time, which is no reason to wait any longer */
    private void await(Supplier<Uni<?>> work, long atMostSeconds, String failureMessage) {
        CompletableFuture<Object> done = new CompletableFuture<>();
        onSafeContext(() -> work.get().subscribe().with(done::complete, done::completeExceptionally));
        try {
            done.get(atMostSeconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.debugf(e, failureMessage);
        }
    }

    /** Why outcomes have not been forgotten for so long that somebody must look, in words; null while all is well. */
    public String notReadyReason() {
        return retentionTask.failureReason(OVERDUE_ROUNDS);
    }

    /** A partition that has not moved since the last check is idle: its published offset is stored. */
    private Uni<Void> storeIdleOffsets() {
        Map<Integer, Long> now = partitionPositions.committedByWorkers(ownership.snapshot());
        Map<Integer, Long> idle = new HashMap<>(now);
        idle.entrySet()
                .removeIf(e -> !e.getValue().equals(lastSeenOffsets.get(e.getKey()))
                        || e.getValue().equals(storedOffsets.get(e.getKey())));
        lastSeenOffsets = now;
        if (idle.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return commandsTopic
                .whenAvailable()
                .chain(topic -> withTimeout(publishedOffsets.record(topic.id(), idle)))
                .invoke(done -> done.forEach(partition -> storedOffsets.put(partition, idle.get(partition))))
                .replaceWithVoid();
    }

    /** Runs one step after the other, however many there are. */
    private Uni<Void> applyRetention() {
        return Multi.createBy()
                .repeating()
                .uni(() -> withTimeout(retention.deleteExpired()))
                .whilst(count -> retention.mayHaveMore(count) && !isStopping)
                .collect()
                .last()
                .chain(commandsTopic::whenAvailable)
                .chain(topic -> withTimeout(retention.deleteDataOfFormerTopics(topic.id())));
    }

    /** Without a time-out, a hanging step would never run again. */
    private <T> Uni<T> withTimeout(Uni<T> step) {
        return step.ifNoItem().after(stepTimeout).fail();
    }

    /** Repeats the task, with pauses; not while setup is waiting, which reports that itself. */
    private void schedule(long millis, PeriodicTaskStatus task, Supplier<Uni<? extends Void>> work) {
        vertx.setTimer(millis, timer -> {
            if (isStopping) {
                return;
            }
            if (setup.notReadyReason() != null) {
                reschedule(millis, task, work);
                return;
            }
            onSafeContext(() -> Uni.createFrom()
                    .deferred(work)
                    .subscribe()
                    .with(
                            done -> {
                                task.recordSuccess();
                                reschedule(millis, task, work);
                            },
                            failure -> {
                                task.recordFailure(failure);
                                reschedule(millis, task, work);
                            }));
        });
    }

    private void reschedule(long millis, PeriodicTaskStatus task, Supplier<Uni<? extends Void>> work) {
        if (!isStopping) {
            schedule(millis, task, work);
        }
    }

    /** Runs on a context that a reactive session may be bound to. */
    private void onSafeContext(Runnable work) {
        Context context = VertxContext.getOrCreateDuplicatedContext(vertx);
        VertxContextSafetyToggle.setContextSafe(context, true);
        context.runOnContext(ignored -> work.run());
    }
}
