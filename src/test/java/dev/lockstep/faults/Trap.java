package dev.lockstep.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.lockstep.local.KafkaRequest;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Waits until a worker has a batch in one of the two commits, and keeps it there by holding back the response
 * that it waits for. {@link #close} releases it.
 */
final class Trap implements AutoCloseable {

    /** Where in the commits. */
    enum Point {
        /** Somewhere in the Postgres transaction. */
        IN_TRANSACTION(false),
        /** Committed in Postgres, but the worker does not know. */
        DATABASE_COMMIT(true),
        /** Committed in Postgres; the Kafka transaction has records. */
        PRODUCE(true),
        /** Committed in Postgres; the Kafka transaction has records and is about to get the offsets. */
        OFFSETS(true),
        /** Committed in both, but the worker does not know. */
        END_TXN(false);

        private final boolean betweenTheCommits;

        Point(boolean betweenTheCommits) {
            this.betweenTheCommits = betweenTheCommits;
        }

        boolean betweenTheCommits() {
            return betweenTheCommits;
        }

        private short apiKey() {
            return this == PRODUCE
                    ? KafkaRequest.PRODUCE
                    : this == OFFSETS ? KafkaRequest.TXN_OFFSET_COMMIT : KafkaRequest.END_TXN;
        }
    }

    private static final int MAX_STATEMENTS = 9;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final WorkerStation station;
    private final long heldBefore;
    private final CountDownLatch caught = new CountDownLatch(1);

    private Trap(WorkerStation station) {
        this.station = station;
        this.heldBefore = held();
    }

    static Trap set(WorkerStation station, Point at) {
        Trap trap = new Trap(station);
        if (at == Point.DATABASE_COMMIT) {
            station.toDatabase().holdResponsesAfter(bytes -> trap.caughtIf(says(bytes, "COMMIT")));
        } else if (at == Point.IN_TRANSACTION) {
            station.toDatabase().holdResponsesAfter(trap.aFewAfterBegin());
        } else {
            station.toKafka().holdResponsesTo(request -> trap.caughtIf(request.apiKey() == at.apiKey()));
        }
        return trap;
    }

    /** Waits until the response is there and held back, so that the request has definitely been carried out. */
    boolean isSprung() throws InterruptedException {
        return station.ownsPartitions()
                && caught.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                && Tasks.await(PATIENCE, () -> held() > heldBefore);
    }

    @Override
    public void close() {
        station.toKafka().heal();
        station.toDatabase().heal();
    }

    /** A few statements after the next BEGIN, and before its COMMIT. */
    private Predicate<byte[]> aFewAfterBegin() {
        int wanted = ThreadLocalRandom.current().nextInt(1, MAX_STATEMENTS);
        AtomicInteger since = new AtomicInteger(Integer.MIN_VALUE);
        return bytes -> {
            if (says(bytes, "BEGIN")) {
                since.set(0);
                return false;
            }
            if (says(bytes, "COMMIT")) {
                since.set(Integer.MIN_VALUE);
                return false;
            }
            return caughtIf(since.incrementAndGet() == wanted);
        };
    }

    private static boolean says(byte[] bytes, String word) {
        return new String(bytes, ISO_8859_1).contains(word);
    }

    private long held() {
        return station.toKafka().held() + station.toDatabase().held();
    }

    private boolean caughtIf(boolean matches) {
        if (matches) {
            caught.countDown();
        }
        return matches;
    }
}
