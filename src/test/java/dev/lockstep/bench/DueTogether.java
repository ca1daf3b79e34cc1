package dev.lockstep.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * How late deployments start that are due at the same moment, while the load continues: when all is well, and after their worker
 * was killed just before they are due.
 */
final class DueTogether {

    private static final String STARTED = "dev.cdeventsx.lockstep-deployment.started.0.1.0";
    private static final String UNDISTURBED = "due together";
    private static final String UNDISTURBED_UNDER_LOAD = "due together, half the load beside";
    private static final String AFTER_KILL = "due at a death";
    private static final String AFTER_KILL_UNDER_LOAD = "due at a death, half the load beside";
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final double GOAL_SECONDS = 2;
    private static final double MILLIS_PER_SECOND = 1_000;

    /** Between requesting the deployments and their time: longer than it takes to request them all. */
    private static final Duration AHEAD = Duration.ofSeconds(30);

    private static final Duration LOAD_BEFORE = Duration.ofSeconds(5);
    private static final Duration LOAD_AFTER = Duration.ofSeconds(10);
    private static final Duration KILLED_BEFORE = Duration.ofSeconds(3);

    /** Longer than it takes until the dead worker's partitions are reassigned. */
    private static final Duration LOAD_AFTER_DEATH = Duration.ofSeconds(25);

    private static final int WARM_UP_TURNS = 3;

    private final Testbed bed;
    private final BenchSettings settings;
    private final Measurements findings;
    private final ContenderRun lane;
    private final WaitingApplications applications;
    private final double rate;

    /** Not the common pool: on two processors it has only one thread, which the load's sender needs. */
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** @param seenAt when a reader of the events received it */
    private record Started(int partition, Instant startedAt, Instant seenAt) {}

    /** @param rate of the concurrent load, in commands per second */
    DueTogether(Testbed bed, Measurements findings, ContenderRun lane, WaitingApplications applications, double rate) {
        this.bed = bed;
        this.settings = bed.settings();
        this.findings = findings;
        this.lane = lane;
        this.applications = applications;
        this.rate = rate;
    }

    void run() throws Exception {
        ContenderResources place = lane.contender().place();
        try (OutputReader events = new OutputReader(bed.bootstrapServers(), place.events(), STARTED);
                GroupView group = new GroupView(bed.bootstrapServers(), place.group())) {
            lane.warmUpAtRate(rate);
            for (int round = 1; round <= settings.rounds(); round++) {
                Bench.progress("Due together, round " + round);
                undisturbed(events, UNDISTURBED, Duration.ZERO);
                undisturbed(events, UNDISTURBED_UNDER_LOAD, LOAD_AFTER);
            }
            for (int round = 1; round <= settings.rounds(); round++) {
                Bench.progress("Due together after a death, round " + round);
                afterDeath(events, group, AFTER_KILL, Duration.ZERO);
                afterDeath(events, group, AFTER_KILL_UNDER_LOAD, LOAD_AFTER_DEATH);
            }
        } finally {
            threads.shutdownNow();
        }
        goal("%,d due together, p99 until seen, s", UNDISTURBED, "seen, p99");
        goal("the same, half the load beside, s", UNDISTURBED_UNDER_LOAD, "seen, p99");
        goal("%,d due at a death, last seen after the new assignment, s", AFTER_KILL, "seen, last");
        goal("the same, half the load beside, s", AFTER_KILL_UNDER_LOAD, "seen, last");
    }

    private void goal(String text, String when, String measure) {
        Series millis = findings.series(WaitingDeployments.FIGURE, when, measure, "ms");
        List<Double> seconds =
                millis.values().stream().map(value -> value / MILLIS_PER_SECOND).toList();
        findings.goal(text.formatted(settings.due()), false, GOAL_SECONDS, new Series(seconds));
    }

    /** @param heldFor how long the load continues after the time at which they are due; zero for no load */
    private void undisturbed(OutputReader events, String when, Duration heldFor) {
        Instant due = requestDeployments();
        CompletableFuture<List<Started>> startedLater = CompletableFuture.supplyAsync(() -> read(events), threads);
        Histogram loadLatency = sustainLoad(due, heldFor);
        List<Started> started = startedLater.join();
        add(when, "started", lateness(started.stream(), Started::startedAt, due));
        add(when, "seen", lateness(started.stream(), Started::seenAt, due));
        if (loadLatency.getTotalCount() > 0) {
            add(when, "the load", loadLatency, WaitingDeployments.NANOS_PER_MILLI);
        }
    }

    /**
     * The worker that takes over is already running and has half of the partitions; the dead worker's are measured.
     *
     * @param when what is measured
     * @param heldFor how long the load goes on behind the time that they are due
     */
    private void afterDeath(OutputReader events, GroupView group, String when, Duration heldFor) throws Exception {
        String first = group.await(1).keySet().iterator().next();
        PackagedWorker dying = (PackagedWorker) lane.contender();
        ContenderResources place = dying.place();
        Contender successor = new PackagedWorker(bed, place, Map.of());
        successor.start();
        successor.awaitReady(WaitingDeployments.READY);
        Set<Integer> orphaned = group.await(2).get(first);
        for (int turn = 1; turn <= WARM_UP_TURNS; turn++) {
            lane.process(settings.warmup());
        }
        Instant due = requestDeployments();
        CompletableFuture<List<Started>> starting = CompletableFuture.supplyAsync(() -> read(events), threads);
        CompletableFuture<?> load = CompletableFuture.runAsync(() -> sustainLoad(due, heldFor), threads);
        waitUntil(due.minus(KILLED_BEFORE));
        Instant killed = Instant.now();
        dying.kill();
        group.await(1);
        Instant assigned = Instant.now();
        long behind = group.behind(place.commands(), orphaned);
        load.join();
        List<Started> started = starting.join();
        lane.replaceContender(successor);
        Instant since = assigned.isAfter(due) ? assigned : due;
        add(when, "started", lateness(inPartitions(started, orphaned), Started::startedAt, since));
        add(when, "seen", lateness(inPartitions(started, orphaned), Started::seenAt, since));
        long orphanedFor = Duration.between(killed, assigned).toMillis();
        findings.add(WaitingDeployments.FIGURE, when, "new assignment after the death", "ms", orphanedFor);
        findings.add(WaitingDeployments.FIGURE, when, "not worked off at the new assignment", "commands", behind);
    }

    /** @return the load's latency */
    private Histogram sustainLoad(Instant due, Duration heldFor) {
        return heldFor.isZero()
                ? new Histogram(SIGNIFICANT_DIGITS)
                : lane.latency(rate, Duration.between(Instant.now(), due.plus(heldFor)));
    }

    private static Stream<Started> inPartitions(List<Started> started, Set<Integer> partitions) {
        return started.stream().filter(each -> partitions.contains(each.partition()));
    }

    /** @return when they are due */
    private Instant requestDeployments() {
        Instant due = Instant.now().plus(AHEAD).truncatedTo(ChronoUnit.SECONDS);
        lane.process(applications.dueTogether(settings.due(), due));
        if (Instant.now().isAfter(due.minus(LOAD_BEFORE))) {
            throw new IllegalStateException("It took too long to request what should be due together");
        }
        return due;
    }

    private List<Started> read(OutputReader events) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        List<Instant> seenAt = new ArrayList<>();
        events.read(settings.due(), BenchSettings.PATIENCE, (record, now) -> {
            records.add(record);
            seenAt.add(Instant.now());
        });
        List<Started> started = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            started.add(new Started(records.get(i).partition(), startedAt(records.get(i)), seenAt.get(i)));
        }
        return started;
    }

    private static Instant startedAt(ConsumerRecord<byte[], byte[]> event) {
        try {
            return Instant.parse(new ObjectMapper()
                    .readTree(event.value())
                    .at("/customData/lockstep/deployment/startedAt")
                    .asText());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void waitUntil(Instant time) {
        for (Duration wait = Duration.between(Instant.now(), time);
                wait.toNanos() > 0;
                wait = Duration.between(Instant.now(), time)) {
            LockSupport.parkNanos(wait.toNanos());
        }
    }

    private static Histogram lateness(Stream<Started> started, Function<Started, Instant> when, Instant since) {
        Histogram millis = new Histogram(SIGNIFICANT_DIGITS);
        started.forEach(each -> millis.recordValue(
                Math.max(0, Duration.between(since, when.apply(each)).toMillis())));
        return millis;
    }

    private void add(String when, String what, Histogram millis) {
        add(when, what, millis, 1);
    }

    private void add(String when, String what, Histogram times, double perMilli) {
        findings.add(WaitingDeployments.FIGURE, when, what + ", p50", "ms", times.getValueAtPercentile(50) / perMilli);
        findings.add(WaitingDeployments.FIGURE, when, what + ", p99", "ms", times.getValueAtPercentile(99) / perMilli);
        findings.add(WaitingDeployments.FIGURE, when, what + ", last", "ms", times.getMaxValue() / perMilli);
    }
}
