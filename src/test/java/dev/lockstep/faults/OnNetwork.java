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
final class OnNetwork {

    private static final Duration LONGEST = Duration.ofSeconds(9);
    private static final Duration LONGER_THAN_A_CALL = Duration.ofSeconds(4);

    private static final Duration GOES_ON = Duration.ofSeconds(60);

    private OnNetwork() {}

    /** Breaks all connections, and none come through until it is over. */
    static Strike cut(Function<Station, TcpProxy> network, boolean reset) {
        return (scene, random) -> OnWorkers.onOne(scene, random, station -> {
            TcpProxy proxy = network.apply(station);
            if (proxy.connections() == 0) {
                return Outcome.NOTHING_THERE;
            }
            try {
                proxy.cut(reset);
                DidNotStrike.unless(
                        Tasks.await(LONGEST, () -> proxy.connections() == 0), "A connection survived the cut");
                Pause.upTo(random.nextBoolean() ? LONGEST : Duration.ofMillis(200), random);
            } finally {
                proxy.heal();
            }
            return Outcome.STRUCK;
        });
    }

    /** Keeps all connections and moves no byte. */
    static Strike hang(Function<Station, TcpProxy> network) {
        return (scene, random) -> OnWorkers.onOne(scene, random, station -> {
            TcpProxy proxy = network.apply(station);
            if (!station.ownsPartitions()) {
                return Outcome.NOTHING_THERE;
            }
            long before = proxy.held();
            try {
                proxy.hang();
                Pause.upTo(LONGEST, random);
            } finally {
                proxy.heal();
            }
            return proxy.held() > before ? Outcome.STRUCK : Outcome.NOTHING_THERE;
        });
    }

    /** Moves no byte on the connections that are there, for ever, and tells nobody; new ones work. */
    static Strike lose(Function<Station, TcpProxy> network) {
        return (scene, random) -> OnWorkers.onOne(scene, random, station -> {
            TcpProxy proxy = network.apply(station);
            if (proxy.connections() == 0 || !station.ownsPartitions()) {
                return Outcome.NOTHING_THERE;
            }
            long before = proxy.lost();
            proxy.lose();
            Pause.upTo(LONGEST, random);
            return proxy.lost() > before ? Outcome.STRUCK : Outcome.NOTHING_THERE;
        });
    }

    /**
     * As a fail-over behind an address: the connections that are there are dead, and nobody is told of it, not even who
     * closes one. New ones work, or are not answered either at first. The work must go on, at this worker or another.
     */
    static Strike freeze(Function<Station, TcpProxy> network) {
        return (scene, random) -> OnWorkers.onOne(scene, random, station -> {
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
                Pause.upTo(LONGEST, random);
            } finally {
                proxy.heal();
            }
            if (proxy.lost() == before) {
                return Outcome.NOTHING_THERE;
            }
            Map<Integer, Long> applied = scene.applied();
            if (!Tasks.await(GOES_ON, () -> isAhead(scene.applied(), applied, owned))) {
                throw new IllegalStateException(station + " did not go on when its connections were frozen");
            }
            return Outcome.STRUCK;
        });
    }

    private static boolean isAhead(Map<Integer, Long> now, Map<Integer, Long> before, Set<Integer> partitions) {
        return partitions.stream()
                .anyMatch(partition -> now.getOrDefault(partition, 0L) > before.getOrDefault(partition, 0L));
    }

    /** Postgres has committed, and the worker sees its connections break. */
    static Outcome loseDatabaseCommitAnswer(Scene scene, Random random) throws Exception {
        return OnWorkers.onOne(scene, random, station -> {
            try (Trap trap = Trap.set(station, Trap.At.DATABASE_COMMIT)) {
                if (!trap.isSprung()) {
                    return Outcome.NOTHING_THERE;
                }
                Pause.upTo(LONGER_THAN_A_CALL, random);
                station.toDatabase().cut(true);
                return Outcome.STRUCK_BETWEEN_COMMITS;
            }
        });
    }

    /** Kafka has committed; the worker's call times out, or its connections break. */
    static Outcome loseKafkaCommitAnswer(Scene scene, Random random) throws Exception {
        return OnWorkers.onOne(scene, random, station -> {
            try (Trap trap = Trap.set(station, Trap.At.END_TXN)) {
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
