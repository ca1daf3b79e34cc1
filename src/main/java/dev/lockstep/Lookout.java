package dev.lockstep;

import dev.lockstep.publish.Cursor;
import dev.lockstep.publish.Gaps;
import dev.lockstep.publish.Ownership;
import dev.lockstep.setup.Setup;
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
 * Looks for partitions that want a transaction without a record: each one that was just assigned, before its records are let
 * in, as what is stored of it says where to begin, and some of that may have to be published though its records were deleted
 * meanwhile.
 */
@ApplicationScoped
class Lookout {

    private static final Logger LOG = Logger.getLogger(Lookout.class);
    private static final long LOOK_MILLIS = 100;

    /** How many looks are left out after a failure. */
    private static final int REST = 10;

    /** How many failures in a row, about a second each, a transaction that times out does not explain. */
    private static final int LONG = 32;

    /** How long records may take to come again before Kafka is asked whether they are still there. */
    private static final Duration REDELIVERY = Duration.ofSeconds(10);

    /** Told of partitions that need a transaction without a record. */
    interface Found {

        /** @param generation of the consumer group, in which they are owned */
        void partitions(int generation, Set<Integer> partitions);
    }

    private final Vertx vertx;
    private final Setup setup;
    private final Ownership ownership;
    private final Cursor cursor;
    private final Gaps gaps;
    private final List<Long> timers = new CopyOnWriteArrayList<>();
    private final AtomicBoolean asking = new AtomicBoolean();
    private final AtomicInteger rest = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();

    Lookout(Vertx vertx, Setup setup, Ownership ownership, Cursor cursor, Gaps gaps) {
        this.vertx = vertx;
        this.setup = setup;
        this.ownership = ownership;
        this.cursor = cursor;
        this.gaps = gaps;
    }

    /** Looks again and again from now on. */
    void begin(Found found) {
        timers.add(vertx.setPeriodic(LOOK_MILLIS, timer -> look(found)));
        timers.add(vertx.setPeriodic(REDELIVERY.toMillis(), timer -> {
            cursor.doubtWhatIsBehind();
            gaps.explain();
        }));
    }

    void stop(@Observes ShutdownEvent event) {
        timers.forEach(vertx::cancelTimer);
    }

    /** Kafka is asked here and not on the way of a batch: a predecessor's transaction may be open, which nobody else waits for. */
    private void look(Found found) {
        if (rest.getAndUpdate(looks -> Math.max(0, looks - 1)) > 0) {
            return;
        }
        Ownership.Snapshot owner = ownership.snapshot();
        Set<Integer> unsettled = cursor.unsettled(owner);
        if (unsettled.isEmpty() || !owner.valid() || !setup.hasGround() || !asking.compareAndSet(false, true)) {
            return;
        }
        setup.ground()
                .chain(ground -> cursor.standings(ground.topicId(), owner, unsettled))
                .onTermination()
                .invoke(() -> asking.set(false))
                .subscribe()
                .with(
                        standings -> {
                            failures.set(0);
                            found.partitions(owner.generation(), unsettled);
                        },
                        failure -> {
                            rest.set(REST);
                            if (failure instanceof UnstableOffsetCommitException) {
                                Set<Integer> unknown = cursor.unknown(owner, unsettled);
                                waits(unknown);
                                unsettled.removeAll(unknown);
                                found.partitions(owner.generation(), unsettled);
                            } else { // whoever is at the partitions meets it too, and says so until it is over
                                found.partitions(owner.generation(), unsettled);
                            }
                        });
    }

    /** A dead worker's transaction is open for some seconds. */
    private void waits(Set<Integer> partitions) {
        int count = failures.incrementAndGet();
        if (count >= LONG && Integer.bitCount(count) == 1) {
            LOG.warnf("A transaction of another worker stays open partitions=%s seconds=%d", partitions, count);
        }
    }
}
