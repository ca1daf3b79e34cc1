package dev.lockstep.intake;

import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.UnstableOffsetCommitException;
import org.jboss.logging.Logger;

/**
 * Finds partitions that need a transaction without a record: each newly assigned one, before its records are admitted. Its
 * stored progress says where to begin; and its stored output may have to be published even if the records were deleted in
 * the meantime.
 */
@ApplicationScoped
class PartitionProber {

    private static final Logger LOG = Logger.getLogger(PartitionProber.class);
    private static final long CHECK_INTERVAL_MILLIS = 100;

    /** How many checks are skipped after a failure. */
    private static final int CHECKS_SKIPPED_AFTER_FAILURE = 10;

    /** After this many failures in a row, about a second each, it cannot be a transaction that will still time out. */
    private static final int FAILURES_BEFORE_WARNING = 32;

    /** How long redelivery may take before Kafka is asked whether the records still exist. */
    private static final Duration REDELIVERY_GRACE = Duration.ofSeconds(10);

    /** Receives partitions that need a transaction without a record. */
    interface ProbeHandler {

        /** @param generation the consumer group's generation in which they are owned */
        void probe(int generation, Set<Integer> partitions);
    }

    private final Vertx vertx;
    private final CommandsTopic commandsTopic;
    private final PartitionOwnership ownership;
    private final PartitionPositions partitionPositions;
    private final GapReporter gaps;
    private final List<Long> timers = new CopyOnWriteArrayList<>();
    private final AtomicBoolean isAsking = new AtomicBoolean();
    private final AtomicInteger checksToSkip = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();

    PartitionProber(
            Vertx vertx,
            CommandsTopic commandsTopic,
            PartitionOwnership ownership,
            PartitionPositions partitionPositions,
            GapReporter gaps) {
        this.vertx = vertx;
        this.commandsTopic = commandsTopic;
        this.ownership = ownership;
        this.partitionPositions = partitionPositions;
        this.gaps = gaps;
    }

    /** Checks periodically from now on. */
    void begin(ProbeHandler probeHandler) {
        timers.add(vertx.setPeriodic(CHECK_INTERVAL_MILLIS, timer -> check(probeHandler)));
        timers.add(vertx.setPeriodic(REDELIVERY_GRACE.toMillis(), timer -> {
            partitionPositions.invalidateLagging();
            gaps.explainGaps();
        }));
    }

    void stop(@Observes ShutdownEvent event) {
        timers.forEach(vertx::cancelTimer);
    }

    /**
     * Kafka is asked here rather than while a batch is processed: a predecessor's transaction may be open, and nothing
     * else should wait for that.
     */
    private void check(ProbeHandler probeHandler) {
        if (checksToSkip.getAndUpdate(remaining -> Math.max(0, remaining - 1)) > 0) {
            return;
        }
        PartitionOwnership.Snapshot owner = ownership.snapshot();
        Set<Integer> unsettled = partitionPositions.unsettled(owner);
        if (unsettled.isEmpty()
                || !owner.hasGeneration()
                || !commandsTopic.isAvailable()
                || !isAsking.compareAndSet(false, true)) {
            return;
        }
        commandsTopic
                .whenAvailable()
                .chain(topic -> partitionPositions.positions(topic.id(), owner, unsettled))
                .onTermination()
                .invoke(() -> isAsking.set(false))
                .subscribe()
                .with(
                        positions -> {
                            failures.set(0);
                            probeHandler.probe(owner.generation(), unsettled);
                        },
                        failure -> {
                            checksToSkip.set(CHECKS_SKIPPED_AFTER_FAILURE);
                            if (failure instanceof UnstableOffsetCommitException) {
                                Set<Integer> unknown = partitionPositions.unknown(owner, unsettled);
                                warnIfLong(unknown);
                                unsettled.removeAll(unknown);
                                probeHandler.probe(owner.generation(), unsettled);
                            } else { // work on the partitions fails likewise, and reports it until it is over
                                probeHandler.probe(owner.generation(), unsettled);
                            }
                        });
    }

    /** A dead worker's transaction stays open for some seconds. */
    private void warnIfLong(Set<Integer> partitions) {
        int count = failures.incrementAndGet();
        if (count >= FAILURES_BEFORE_WARNING && Integer.bitCount(count) == 1) {
            LOG.warnf("Another worker's transaction is still open partitions=%s seconds=%d", partitions, count);
        }
    }
}
