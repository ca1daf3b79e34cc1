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
final class OnWorkers {

    private static final Duration NOTICES = Duration.ofSeconds(30);
    private static final Duration REJOINS = Duration.ofSeconds(30);
    private static final int PAUSES = 3;
    private static final Duration NOBODY_ELSE = Duration.ofSeconds(5);
    private static final String KEPT_OUT = "InconsistentGroupProtocolException";
    private static final Duration READS = Duration.ofSeconds(5);
    private static final Duration STARTS = Duration.ofSeconds(180);
    private static final List<Trap.At> BETWEEN = List.of(Trap.At.DATABASE_COMMIT, Trap.At.PRODUCE, Trap.At.OFFSETS);

    private OnWorkers() {}

    static Outcome kill(Scene scene, Random random) throws Exception {
        return onOne(scene, random, station -> {
            kill(station);
            Pause.upTo(Duration.ofSeconds(2), random);
            station.start();
            return Outcome.STRUCK;
        });
    }

    static Outcome killBetweenCommits(Scene scene, Random random) throws Exception {
        return killAt(scene, random, BETWEEN.get(random.nextInt(BETWEEN.size())));
    }

    static Outcome killAfterCommits(Scene scene, Random random) throws Exception {
        return killAt(scene, random, Trap.At.END_TXN);
    }

    private static Outcome killAt(Scene scene, Random random, Trap.At at) throws Exception {
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

    /** What it has applied is not published, and its commands do not come again. */
    static Outcome killAndDeleteRecords(Scene scene, Random random) throws Exception {
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

    static Outcome pause(Scene scene, Random random) throws Exception {
        return onOne(scene, random, station -> {
            if (!station.ownsPartitions()) {
                return Outcome.NOTHING_THERE;
            }
            pauseUntilForgotten(station, random, () -> {});
            return Outcome.STRUCK;
        });
    }

    static Outcome pauseBetweenCommits(Scene scene, Random random) throws Exception {
        return pauseAt(scene, random, BETWEEN.get(random.nextInt(BETWEEN.size())));
    }

    /** With locks in its hands, or between a look and the lock, were it to take them in that order. */
    static Outcome pauseInTransaction(Scene scene, Random random) throws Exception {
        return pauseAt(scene, random, Trap.At.IN_TRANSACTION);
    }

    private static Outcome pauseAt(Scene scene, Random random, Trap.At at) throws Exception {
        return onOne(scene, random, station -> {
            try (Trap trap = Trap.set(station, at)) {
                if (!trap.isSprung()) {
                    return Outcome.NOTHING_THERE;
                }
                boolean atOnce = pauseUntilForgotten(station, random, () -> {
                    if (at.betweenTheCommits()) {
                        requireBetweenTheCommits(scene);
                    }
                });
                return atOnce && at.betweenTheCommits() ? Outcome.STRUCK_BETWEEN_COMMITS : Outcome.STRUCK;
            }
        });
    }

    static Outcome rollingUpdate(Scene scene, Random random) throws Exception {
        int updated = 0;
        for (Station station : scene.stations()) {
            if (station.tryTake()) {
                try {
                    if (station.isManned()) {
                        stopGently(station);
                        station.start();
                        station.worker().awaitReady(STARTS);
                        updated++;
                    }
                } finally {
                    station.giveBack();
                }
            }
        }
        return updated == 0 ? Outcome.NOTHING_THERE : Outcome.STRUCK;
    }

    static Outcome add(Scene scene, Random random) throws Exception {
        for (Station station : scene.stations()) {
            if (station.tryTake()) {
                try {
                    if (!station.isManned()) {
                        station.start();
                        DidNotStrike.unless(
                                Tasks.await(STARTS, station::ownsPartitions), "An added worker got nothing to do");
                        return Outcome.STRUCK;
                    }
                } finally {
                    station.giveBack();
                }
            }
        }
        return Outcome.NOTHING_THERE;
    }

    static Outcome remove(Scene scene, Random random) throws Exception {
        return onOne(scene, random, station -> {
            if (scene.manned() <= scene.workers()) {
                return Outcome.NOTHING_THERE;
            }
            stopGently(station);
            station.leaveEmpty();
            return Outcome.STRUCK;
        });
    }

    /**
     * A member with another assignor gets in while all workers are away, and keeps them out when they come back. It needs all
     * stations, so it does not come about often.
     */
    static Outcome letAForeignMemberIn(Scene scene, Random random) throws Exception {
        List<Station> taken = new ArrayList<>();
        try {
            for (Station station : scene.stations()) {
                if (!Tasks.await(NOBODY_ELSE, station::tryTake)) {
                    return Outcome.NOTHING_THERE;
                }
                taken.add(station);
            }
            return keepOut(
                    scene, random, taken.stream().filter(Station::isManned).toList());
        } finally {
            taken.forEach(Station::giveBack);
        }
    }

    private static Outcome keepOut(Scene scene, Random random, List<Station> manned) throws Exception {
        try (var foreign = foreignMember(scene)) {
            manned.forEach(OnWorkers::stopGently);
            if (!scene.isAllNoted()) {
                return Outcome.NOTHING_THERE; // one whose database was away could not note it: not promised
            }
            Callable<Boolean> isIn = () -> {
                foreign.poll(Duration.ofMillis(100));
                return !foreign.assignment().isEmpty();
            };
            if (!Tasks.await(NOTICES, isIn)) {
                return Outcome.NOTHING_THERE; // one that had left was started again just then
            }
            manned.forEach(Station::start);
            DidNotStrike.unless(
                    Tasks.await(STARTS, () -> isIn.call() && manned.stream().allMatch(one -> one.saysNow(KEPT_OUT))),
                    "The foreign member kept nobody out");
            Pause.upTo(Duration.ofSeconds(3), random);
            return Outcome.STRUCK;
        } finally {
            manned.forEach(Station::start);
        }
    }

    /** It commits what it has read, as every consumer does that is told nothing else. */
    private static KafkaConsumer<byte[], byte[]> foreignMember(Scene scene) {
        var member = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", scene.kafka().bootstrapServers(),
                        "group.id", Scene.GROUP,
                        "partition.assignment.strategy", RangeAssignor.class.getName()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        member.subscribe(List.of(TopicNames.COMMANDS));
        return member;
    }

    private static void kill(Station station) {
        WorkerProcess victim = station.worker();
        victim.kill();
        DidNotStrike.unless(
                !ProcessHandle.of(victim.pid()).map(ProcessHandle::isAlive).orElse(false),
                victim + " survived SIGKILL");
    }

    private static void stopGently(Station station) {
        WorkerProcess worker = station.worker();
        DidNotStrike.unless(worker.terminate(), worker + " did not end in its grace time; see the log of " + station);
    }

    private interface Meanwhile {
        void run() throws Exception;
    }

    /**
     * SIGSTOP until the group has given its partitions away, then SIGCONT; it must notice. A group at work on a rebalance
     * waits much longer than the session for a member that has just asked to join, so one pause may go unnoticed.
     *
     * @return whether the first pause was enough
     */
    private static boolean pauseUntilForgotten(Station station, Random random, Meanwhile meanwhile) throws Exception {
        int before = station.log().size();
        for (int pauses = 1; pauses <= PAUSES; pauses++) {
            pause(station, random, pauses == 1 ? meanwhile : () -> {});
            if (Tasks.await(REJOINS, () -> station.saysAfter(before, "Partitions revoked"))) {
                return pauses == 1;
            }
        }
        throw new DidNotStrike(station.worker() + " was paused again and again, and kept its partitions");
    }

    private static void pause(Station station, Random random, Meanwhile meanwhile) throws Exception {
        WorkerProcess worker = station.worker();
        worker.pause();
        try {
            DidNotStrike.unless(Tasks.await(NOTICES, () -> isStopped(worker)), worker + " ran on through SIGSTOP");
            meanwhile.run();
            Pause.of(Station.SESSION_TIMEOUT.plusSeconds(2));
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

    private static void requireBetweenTheCommits(Scene scene) throws Exception {
        DidNotStrike.unless(
                Tasks.await(NOTICES, () -> !scene.betweenTheCommits().isEmpty()),
                "The worker was to be struck between its commits, but nothing is applied that is not published");
    }

    interface OnStation {
        Outcome strike(Station station) throws Exception;
    }

    /** Strikes at one of the manned stations that no other fault is at. */
    static Outcome onOne(Scene scene, Random random, OnStation strike) throws Exception {
        Optional<Station> taken = take(scene, random);
        if (taken.isEmpty()) {
            return Outcome.NOTHING_THERE;
        }
        try {
            return strike.strike(taken.get());
        } finally {
            taken.get().giveBack();
        }
    }

    private static Optional<Station> take(Scene scene, Random random) {
        List<Station> stations = new ArrayList<>(scene.stations());
        Collections.shuffle(stations, random);
        for (Station station : stations) {
            if (station.tryTake()) {
                if (station.isManned()) {
                    return Optional.of(station);
                }
                station.giveBack();
            }
        }
        return Optional.empty();
    }
}
