package dev.lockstep.faults;

import dev.lockstep.faults.Fault.Outcome;
import dev.lockstep.faults.Fault.Strike;
import dev.lockstep.local.TcpProxy;
import java.time.Duration;
import java.util.Random;
import java.util.function.Function;

/** Faults of the network between one worker and the broker or the database. */
final class OnNetwork {

    private static final Duration LONGEST = Duration.ofSeconds(9);
    private static final Duration LONGER_THAN_A_CALL = Duration.ofSeconds(4);

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
