package dev.lockstep.faults;

import dev.lockstep.faults.Fault.Outcome;
import dev.lockstep.faults.Fault.Strike;
import dev.lockstep.local.TcpProxy;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/** Faults of the network between one worker and the broker or the database. */
final class NetworkFaults {

    private static final Duration MAX_DURATION = Duration.ofSeconds(9);
    private static final Duration LONGER_THAN_A_CALL = Duration.ofSeconds(4);

    private static final Duration PROGRESS_TIMEOUT = Duration.ofSeconds(60);

    private NetworkFaults() {}

    /** Breaks all connections, and new ones fail until it is over. */
    static Strike cut(Function<WorkerStation, TcpProxy> network, boolean reset) {
        return (scene, random) -> WorkerFaults.onOne(scene, random, station -> {
            TcpProxy proxy = network.apply(station);
            if (proxy.connections() == 0) {
                return Outcome.NOTHING_THERE;
            }
            try {
                proxy.cut(reset);
                FaultDidNotStrikeException.unless(
                        Tasks.await(MAX_DURATION, () -> proxy.connections() == 0), "A connection survived the cut");
                Pause.upTo(random.nextBoolean() ? MAX_DURATION : Duration.ofMillis(200), random);
            } finally {
                proxy.heal();
            }
            return Outcome.STRUCK;
        });
    }

    /** Keeps all connections open and forwards no bytes. */
    static Strike hang(Function<WorkerStation, TcpProxy> network) {
        return (scene, random) -> WorkerFaults.onOne(scene, random, station -> {
            TcpProxy proxy = network.apply(station);
            if (!station.ownsPartitions()) {
                return Outcome.NOTHING_THERE;
            }
            long before = proxy.held();
            try {
                proxy.hang();
                Pause.upTo(MAX_DURATION, random);
            } finally {
                proxy.heal();
            }
            return proxy.held() > before ? Outcome.STRUCK : Outcome.NOTHING_THERE;
        });
    }

    /** Forwards no more bytes on the existing connections, ever, and tells nobody; new ones work. */
    static Strike lose(Function<WorkerStation, TcpProxy> network) {
        return (scene, random) -> WorkerFaults.onOne(scene, random, station -> {
            TcpProxy proxy = network.apply(station);
            if (proxy.connections() == 0 || !station.ownsPartitions()) {
                return Outcome.NOTHING_THERE;
            }
            long before = proxy.lost();
            proxy.lose();
            Pause.upTo(MAX_DURATION, random);
            return proxy.lost() > before ? Outcome.STRUCK : Outcome.NOTHING_THERE;
        });
    }

    /**
     * Like a failover behind an IP address: the existing connections are dead, and nobody is told, not even the side that
     * closes one. New ones work, or are not answered at first either. The work must continue, at this worker or another.
     */
    static Strike freeze(Function<WorkerStation, TcpProxy> network) {
        return (scene, random) -> WorkerFaults.onOne(scene, random, station -> {
            TcpProxy proxy = network.apply(station);
            Set<Integer> owned = station.owned();
            if (proxy.connections() == 0 || owned.isEmpty()) {
                return Outcome.NOTHING_THERE;
            }
            long before = proxy.lost();
            try {
                if (random.nextBoolean()) {
                    proxy.ignoreNew();
                }
                proxy.freeze();
                Pause.upTo(MAX_DURATION, random);
            } finally {
                proxy.heal();
            }
            if (proxy.lost() == before) {
                return Outcome.NOTHING_THERE;
            }
            Map<Integer, Long> applied = scene.applied();
            if (!Tasks.await(PROGRESS_TIMEOUT, () -> isAhead(scene.applied(), applied, owned))) {
                throw new IllegalStateException(station + " did not continue when its connections were frozen");
            }
            return Outcome.STRUCK;
        });
    }

    private static boolean isAhead(Map<Integer, Long> now, Map<Integer, Long> before, Set<Integer> partitions) {
        return partitions.stream()
                .anyMatch(partition -> now.getOrDefault(partition, 0L) > before.getOrDefault(partition, 0L));
    }

    /** Postgres has committed, but the worker sees its connections break. */
    static Outcome loseDatabaseCommitAnswer(FaultEnvironment scene, Random random) throws Exception {
        return WorkerFaults.onOne(scene, random, station -> {
            try (Trap trap = Trap.set(station, Trap.Point.DATABASE_COMMIT)) {
                if (!trap.isSprung()) {
                    return Outcome.NOTHING_THERE;
                }
                Pause.upTo(LONGER_THAN_A_CALL, random);
                station.toDatabase().cut(true);
                return Outcome.STRUCK_BETWEEN_COMMITS;
            }
        });
    }

    /** Kafka has committed, but the worker's call times out, or its connections break. */
    static Outcome loseKafkaCommitAnswer(FaultEnvironment scene, Random random) throws Exception {
        return WorkerFaults.onOne(scene, random, station -> {
            try (Trap trap = Trap.set(station, Trap.Point.END_TXN)) {
                if (!trap.isSprung()) {
                    return Outcome.NOTHING_THERE;
                }
                if (random.nextBoolean()) {
                    Pause.of(LONGER_THAN_A_CALL);
                }
                station.toKafka().cut(true);
                return Outcome.STRUCK;
            }
        });
    }
}
