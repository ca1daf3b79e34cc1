package dev.lockstep.faults;

import dev.lockstep.faults.Fault.Outcome;
import dev.lockstep.local.WorkerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Faults of the worker processes. */
final class WorkerFaults {

    private static final Duration NOTICE_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration REJOIN_TIMEOUT = Duration.ofSeconds(30);
    private static final int PAUSES = 3;
    private static final Duration NOBODY_ELSE = Duration.ofSeconds(5);
    private static final String KEPT_OUT = "InconsistentGroupProtocolException";
    private static final Duration READS = Duration.ofSeconds(5);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(180);
    private static final List<Trap.Point> BETWEEN =
            List.of(Trap.Point.DATABASE_COMMIT, Trap.Point.PRODUCE, Trap.Point.OFFSETS);

    private WorkerFaults() {}

    static Outcome kill(FaultEnvironment scene, Random random) throws Exception {
        return onOne(scene, random, station -> {
            kill(station);
            Pause.upTo(Duration.ofSeconds(2), random);
            station.start();
            return Outcome.STRUCK;
        });
    }

    static Outcome killBetweenCommits(FaultEnvironment scene, Random random) throws Exception {
        return killAt(scene, random, BETWEEN.get(random.nextInt(BETWEEN.size())));
    }

    static Outcome killAfterCommits(FaultEnvironment scene, Random random) throws Exception {
        return killAt(scene, random, Trap.Point.END_TXN);
    }

    private static Outcome killAt(FaultEnvironment scene, Random random, Trap.Point at) throws Exception {
        return onOne(scene, random, station -> {
            try (Trap trap = Trap.set(station, at)) {
                if (!trap.isSprung()) {
                    return Outcome.NOTHING_THERE;
                }
                kill(station);
                if (at.betweenTheCommits()) {
                    requireBetweenTheCommits(scene);
                }
            }
            station.start();
            return at.betweenTheCommits() ? Outcome.STRUCK_BETWEEN_COMMITS : Outcome.STRUCK;
        });
    }

    /** What it has applied is not published, and its commands cannot be read again. */
    static Outcome killAndDeleteRecords(FaultEnvironment scene, Random random) throws Exception {
        return onOne(scene, random, station -> {
            try (Trap trap = Trap.set(station, BETWEEN.get(random.nextInt(BETWEEN.size())))) {
                if (!trap.isSprung()
                        || !Tasks.await(READS, () -> !scene.deletable().isEmpty())) {
                    return Outcome.NOTHING_THERE;
                }
                kill(station);
                requireBetweenTheCommits(scene);
                scene.admin().deleteRecords(scene.deletable()).all().get(READS.toSeconds(), TimeUnit.SECONDS);
            }
            station.start();
            return Outcome.STRUCK_BETWEEN_COMMITS;
        });
    }

    static Outcome pause(FaultEnvironment scene, Random random) throws Exception {
        return onOne(scene, random, station -> {
            if (!station.ownsPartitions()) {
                return Outcome.NOTHING_THERE;
            }
            pauseUntilPartitionsAreReassigned(station, random, () -> {});
            return Outcome.STRUCK;
        });
    }

    static Outcome pauseBetweenCommits(FaultEnvironment scene, Random random) throws Exception {
        return pauseAt(scene, random, BETWEEN.get(random.nextInt(BETWEEN.size())));
    }

    /** While it holds locks, or between a read and its lock, if it did them in that order. */
    static Outcome pauseInTransaction(FaultEnvironment scene, Random random) throws Exception {
        return pauseAt(scene, random, Trap.Point.IN_TRANSACTION);
    }

    private static Outcome pauseAt(FaultEnvironment scene, Random random, Trap.Point at) throws Exception {
        return onOne(scene, random, station -> {
            try (Trap trap = Trap.set(station, at)) {
                if (!trap.isSprung()) {
                    return Outcome.NOTHING_THERE;
                }
                boolean atOnce = pauseUntilPartitionsAreReassigned(station, random, () -> {
                    if (at.betweenTheCommits()) {
                        requireBetweenTheCommits(scene);
                    }
                });
                return atOnce && at.betweenTheCommits() ? Outcome.STRUCK_BETWEEN_COMMITS : Outcome.STRUCK;
            }
        });
    }

    static Outcome rollingUpdate(FaultEnvironment scene, Random random) throws Exception {
        int updated = 0;
        for (WorkerStation station : scene.stations()) {
            if (station.tryTake()) {
                try {
                    if (station.hasWorker()) {
                        stopGently(station);
                        station.start();
                        station.worker().awaitReady(START_TIMEOUT);
                        updated++;
                    }
                } finally {
                    station.giveBack();
                }
            }
        }
        return updated == 0 ? Outcome.NOTHING_THERE : Outcome.STRUCK;
    }

    static Outcome add(FaultEnvironment scene, Random random) throws Exception {
        for (WorkerStation station : scene.stations()) {
            if (station.tryTake()) {
                try {
                    if (!station.hasWorker()) {
                        station.start();
                        FaultDidNotStrikeException.unless(
                                Tasks.await(START_TIMEOUT, station::ownsPartitions),
                                "An added worker got no partitions");
                        return Outcome.STRUCK;
                    }
                } finally {
                    station.giveBack();
                }
            }
        }
        return Outcome.NOTHING_THERE;
    }

    static Outcome remove(FaultEnvironment scene, Random random) throws Exception {
        return onOne(scene, random, station -> {
            if (scene.manned() <= scene.workers()) {
                return Outcome.NOTHING_THERE;
            }
            stopGently(station);
            station.removeWorker();
            return Outcome.STRUCK;
        });
    }

    /**
     * A member with a different assignor joins while all workers are away, and keeps them out when they come back. It needs all
     * stations, so it does not happen often.
     */
    static Outcome admitForeignMember(FaultEnvironment scene, Random random) throws Exception {
        List<WorkerStation> taken = new ArrayList<>();
        try {
            for (WorkerStation station : scene.stations()) {
                if (!Tasks.await(NOBODY_ELSE, station::tryTake)) {
                    return Outcome.NOTHING_THERE;
                }
                taken.add(station);
            }
            return keepOut(
                    scene,
                    random,
                    taken.stream().filter(WorkerStation::hasWorker).toList());
        } finally {
            taken.forEach(WorkerStation::giveBack);
        }
    }

    private static Outcome keepOut(FaultEnvironment scene, Random random, List<WorkerStation> manned) throws Exception {
        try (var foreign = foreignMember(scene)) {
            manned.forEach(WorkerFaults::stopGently);
            if (!scene.isAllNoted()) {
                return Outcome.NOTHING_THERE; // a worker whose database was away could not notice it: not guaranteed
            }
            Callable<Boolean> isIn = () -> {
                foreign.poll(Duration.ofMillis(100));
                return !foreign.assignment().isEmpty();
            };
            if (!Tasks.await(NOTICE_TIMEOUT, isIn)) {
                return Outcome.NOTHING_THERE; // a worker that had left was just being restarted
            }
            manned.forEach(WorkerStation::start);
            FaultDidNotStrikeException.unless(
                    Tasks.await(
                            START_TIMEOUT,
                            () -> isIn.call() && manned.stream().allMatch(station -> station.saysNow(KEPT_OUT))),
                    "The foreign member kept nobody out");
            Pause.upTo(Duration.ofSeconds(3), random);
            return Outcome.STRUCK;
        } finally {
            manned.forEach(WorkerStation::start);
        }
    }

    /** It commits what it has read, as every consumer does by default. */
    private static KafkaConsumer<byte[], byte[]> foreignMember(FaultEnvironment scene) {
        var member = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", scene.kafka().bootstrapServers(),
                        "group.id", FaultEnvironment.GROUP,
                        "partition.assignment.strategy", RangeAssignor.class.getName()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        member.subscribe(List.of(TopicNames.COMMANDS));
        return member;
    }

    private static void kill(WorkerStation station) {
        WorkerProcess victim = station.worker();
        victim.kill();
        FaultDidNotStrikeException.unless(
                !ProcessHandle.of(victim.pid()).map(ProcessHandle::isAlive).orElse(false),
                victim + " survived SIGKILL");
    }

    private static void stopGently(WorkerStation station) {
        WorkerProcess worker = station.worker();
        FaultDidNotStrikeException.unless(
                worker.terminate(), worker + " did not end in its grace time; see the log of " + station);
    }

    private interface Meanwhile {
        void run() throws Exception;
    }

    /**
     * SIGSTOP until the group has given its partitions away, then SIGCONT; it must notice. A group in the middle of a rebalance
     * waits much longer than the session for a member that has just asked to join, so one pause may go unnoticed.
     *
     * @return whether the first pause was enough
     */
    private static boolean pauseUntilPartitionsAreReassigned(WorkerStation station, Random random, Meanwhile meanwhile)
            throws Exception {
        int before = station.log().size();
        for (int pauses = 1; pauses <= PAUSES; pauses++) {
            pause(station, random, pauses == 1 ? meanwhile : () -> {});
            if (Tasks.await(REJOIN_TIMEOUT, () -> station.saysAfter(before, "Partitions revoked"))) {
                return pauses == 1;
            }
        }
        throw new FaultDidNotStrikeException(station.worker() + " was paused repeatedly, but kept its partitions");
    }

    private static void pause(WorkerStation station, Random random, Meanwhile meanwhile) throws Exception {
        WorkerProcess worker = station.worker();
        worker.pause();
        try {
            FaultDidNotStrikeException.unless(
                    Tasks.await(NOTICE_TIMEOUT, () -> isStopped(worker)), worker + " kept running despite SIGSTOP");
            meanwhile.run();
            Pause.of(WorkerStation.SESSION_TIMEOUT.plusSeconds(2));
            Pause.upTo(Duration.ofSeconds(3), random);
        } finally {
            worker.resume();
            station.toKafka().heal();
            station.toDatabase().heal();
        }
    }

    private static boolean isStopped(WorkerProcess worker) throws IOException {
        Process ps = new ProcessBuilder("ps", "-o", "stat=", "-p", String.valueOf(worker.pid())).start();
        return new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .strip()
                .startsWith("T");
    }

    private static void requireBetweenTheCommits(FaultEnvironment scene) throws Exception {
        FaultDidNotStrikeException.unless(
                Tasks.await(NOTICE_TIMEOUT, () -> !scene.betweenTheCommits().isEmpty()),
                "The worker should have been struck between its commits, but everything that is applied is published");
    }

    interface OnStation {
        Outcome strike(WorkerStation station) throws Exception;
    }

    /** Strikes one of the manned stations that no other fault is using. */
    static Outcome onOne(FaultEnvironment scene, Random random, OnStation strike) throws Exception {
        Optional<WorkerStation> taken = take(scene, random);
        if (taken.isEmpty()) {
            return Outcome.NOTHING_THERE;
        }
        try {
            return strike.strike(taken.get());
        } finally {
            taken.get().giveBack();
        }
    }

    private static Optional<WorkerStation> take(FaultEnvironment scene, Random random) {
        List<WorkerStation> stations = new ArrayList<>(scene.stations());
        Collections.shuffle(stations, random);
        for (WorkerStation station : stations) {
            if (station.tryTake()) {
                if (station.hasWorker()) {
                    return Optional.of(station);
                }
                station.giveBack();
            }
        }
        return Optional.empty();
    }
}
