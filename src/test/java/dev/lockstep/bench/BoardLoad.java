package dev.lockstep.bench;

import dev.lockstep.local.LogEnds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/**
 * The worker with the board and people who watch it, against the worker alone: how long a command takes at a moderate rate, how
 * many per second it processes from a full topic, and what it costs.
 */
final class BoardLoad {

    static final String FIGURE = "board";
    static final Map<String, Object> BOARD = Map.of("LOCKSTEP_BOARD_ENABLED", true);

    private static final String ALONE = "worker alone";
    private static final String WITH_BOARD = "worker with board";
    private static final double PER_SECOND = 100;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double MICROS_PER_MILLI = 1e3;
    private static final double BYTES_PER_KIB = 1024;
    private static final int COST_BASIS = 100_000;
    private static final int RELEASES = 10_000;
    private static final int MOST_TURNS = 60;
    private static final Duration READY = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(20);

    private final Testbed bed;
    private final BenchSettings settings;
    private final Measurements findings;

    BoardLoad(Testbed bed, Measurements findings) {
        this.bed = bed;
        this.settings = bed.settings();
        this.findings = findings;
    }

    void run() throws Exception {
        try (ContenderRun alone = lane("no-board", Map.of());
                ContenderRun watched = lane("board", BOARD)) {
            String base = ((PackagedWorker) watched.contender()).base();
            try (SimulatedBrowsers browsers = new SimulatedBrowsers(base, settings.browsers())) {
                paced(alone, watched, browsers);
                fullTopic(alone, watched, browsers);
            }
            findings.add(FIGURE, ALONE, "peak resident memory", "MiB", peak(alone));
            findings.add(FIGURE, WITH_BOARD, "peak resident memory", "MiB", peak(watched));
        }
        String beside = "%d browsers and %,d releases, 100 a second: ".formatted(settings.browsers(), RELEASES);
        Series excess = new Series();
        Series before = p99(ALONE);
        for (int i = 0; i < before.values().size(); i++) {
            double allowed =
                    Math.max(before.values().get(i) * 1.05, before.values().get(i) + 5);
            excess.add(p99(WITH_BOARD).values().get(i) - allowed);
        }
        findings.goal(beside + "p99 above what is allowed (5 % or 5 ms), ms", false, 0, excess);
        findings.series("ratio", WITH_BOARD + " / " + ALONE, "full topic, commands a second", "")
                .values()
                .addAll(throughput(WITH_BOARD).ratioTo(throughput(ALONE)).values());
    }

    private ContenderRun lane(String name, Map<String, Object> environment) {
        Bench.progress(name + ": it gets its releases and warms up");
        ContenderResources place = new ContenderResources(name);
        bed.createDatabase(place.database());
        Contender contender = new PackagedWorker(bed, place, environment);
        contender.start();
        contender.awaitReady(READY);
        ContenderRun lane = new ContenderRun(bed, contender, 0, true);
        lane.stock();
        for (int turn = 0; turn < MOST_TURNS && lane.position() < RELEASES; turn++) {
            lane.process(settings.warmup());
        }
        lane.warmUp(settings.warmup());
        return lane;
    }

    private void paced(ContenderRun alone, ContenderRun watched, SimulatedBrowsers browsers) {
        alone.warmUpAtRate(PER_SECOND);
        watched.warmUpAtRate(PER_SECOND);
        for (int round = 1; round <= settings.rounds(); round++) {
            Bench.progress("Board, 100 a second, round " + round);
            pace(alone, ALONE);
            browsers.takeObservations();
            pace(watched, WITH_BOARD);
            SimulatedBrowsers.Observations seen = browsers.takeObservations();
            double seconds = settings.latencySeconds();
            findings.add(FIGURE, WITH_BOARD, "answers", "1/s", seen.answers() / seconds);
            findings.add(FIGURE, WITH_BOARD, "answers, compressed", "KiB/s", seen.bytes() / seconds / BYTES_PER_KIB);
            findings.add(FIGURE, WITH_BOARD, "not answered", "", seen.failures());
            findings.add(FIGURE, WITH_BOARD, "answer, p50", "ms", millis(seen.answerMicros(), 50));
            findings.add(FIGURE, WITH_BOARD, "answer, p99", "ms", millis(seen.answerMicros(), 99));
            findings.add(FIGURE, WITH_BOARD, "tables behind topics, p50", "ms", millis(seen.behindMicros(), 50));
            findings.add(FIGURE, WITH_BOARD, "tables behind topics, p99", "ms", millis(seen.behindMicros(), 99));
        }
    }

    private void pace(ContenderRun lane, String name) {
        Cost before = bed.cost(lane.contender().pid());
        Histogram latency = lane.latency(PER_SECOND, Duration.ofSeconds(settings.latencySeconds()));
        Cost cost = bed.cost(lane.contender().pid()).since(before);
        findings.add(FIGURE, name, "p50", "ms", latency.getValueAtPercentile(50) / NANOS_PER_MILLI);
        p99(name).add(latency.getValueAtPercentile(99) / NANOS_PER_MILLI);
        double seconds = settings.latencySeconds() + 1.0;
        findings.add(FIGURE, name, "its own processor time", "cores", cost.contender() / seconds);
        findings.add(FIGURE, name, "Postgres' processor time", "cores", cost.postgres() / seconds);
        findings.add(FIGURE, name, "processor time of the load, and whoever looks", "cores", cost.load() / seconds);
    }

    /** The board yields to the worker: it may lag behind when the last result appears, and catches up. */
    private void fullTopic(ContenderRun alone, ContenderRun watched, SimulatedBrowsers browsers) throws Exception {
        for (int round = 1; round <= settings.rounds(); round++) {
            Bench.progress("Board, full topic, round " + round);
            turn(alone, ALONE);
            turn(watched, WITH_BOARD);
            browsers.takeObservations();
            long begun = System.nanoTime();
            awaitCaughtUp(watched);
            findings.add(
                    FIGURE,
                    WITH_BOARD,
                    "tables complete after the last result",
                    "ms",
                    (System.nanoTime() - begun) / NANOS_PER_MILLI);
        }
    }

    private void turn(ContenderRun lane, String name) {
        ContenderRun.Turn turn = lane.process(settings.commands());
        throughput(name).add(turn.perSecond());
        findings.add(
                FIGURE,
                name,
                "all three",
                "CPU s per 100,000",
                turn.costOf(COST_BASIS).all());
    }

    /** Waits until the tables have the last result of each partition; it is followed by its transaction's marker. */
    private void awaitCaughtUp(ContenderRun watched) throws Exception {
        ContenderResources place = watched.contender().place();
        String query =
                "select coalesce(sum(next_offset + 1), 0) from board.progress where topic = '" + place.results() + "'";
        long end = end(place);
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .atMost(BenchSettings.PATIENCE)
                .until(() -> bed.number(place.database(), query) >= end);
    }

    private long end(ContenderResources place) throws Exception {
        List<TopicPartition> partitions = IntStream.range(0, BenchSettings.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(place.results(), partition))
                .toList();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bed.bootstrapServers()))) {
            return LogEnds.of(admin, partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    private Series p99(String name) {
        return findings.series(FIGURE, name, "p99", "ms");
    }

    private Series throughput(String name) {
        return findings.series(FIGURE, name, "full topic", "commands/s");
    }

    private static double peak(ContenderRun lane) {
        return Processes.peakResidentMib(lane.contender().pid());
    }

    private static double millis(Histogram micros, double percentile) {
        return micros.getValueAtPercentile(percentile) / MICROS_PER_MILLI;
    }
}
