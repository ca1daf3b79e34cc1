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
 * The worker that has the board, with people who look at it, against the worker alone: how long a command takes at an easy pace, how
 * many go through at a full topic, and what it costs.
 */
final class Looking {

    static final String FIGURE = "board";
    static final Map<String, Object> BOARD = Map.of("LOCKSTEP_BOARD_ENABLED", true);

    private static final String ALONE = "worker alone";
    private static final String WITH_BOARD = "worker with board";
    private static final double PER_SECOND = 100;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double MICROS_PER_MILLI = 1e3;
    private static final double BYTES_PER_KIB = 1024;
    private static final int PER = 100_000;
    private static final int RELEASES = 10_000;
    private static final int MOST_TURNS = 60;
    private static final Duration READY = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(20);

    private final Testbed bed;
    private final BenchSettings settings;
    private final Findings findings;

    Looking(Testbed bed, Findings findings) {
        this.bed = bed;
        this.settings = bed.settings();
        this.findings = findings;
    }

    void run() throws Exception {
        try (Lane alone = lane("no-board", Map.of());
                Lane looked = lane("board", BOARD)) {
            String base = ((PackagedWorker) looked.contender()).base();
            try (Browsers browsers = new Browsers(base, settings.browsers())) {
                paced(alone, looked, browsers);
                full(alone, looked, browsers);
            }
            findings.add(FIGURE, ALONE, "peak resident memory", "MiB", peak(alone));
            findings.add(FIGURE, WITH_BOARD, "peak resident memory", "MiB", peak(looked));
        }
        String beside = "%d browsers and %,d releases, 100 a second: ".formatted(settings.browsers(), RELEASES);
        Series more = new Series();
        Series before = p99(ALONE);
        for (int i = 0; i < before.values().size(); i++) {
            double allowed =
                    Math.max(before.values().get(i) * 1.05, before.values().get(i) + 5);
            more.add(p99(WITH_BOARD).values().get(i) - allowed);
        }
        findings.goal(beside + "p99 above what is allowed (5 % or 5 ms), ms", false, 0, more);
        findings.series("ratio", WITH_BOARD + " / " + ALONE, "full topic, commands a second", "")
                .values()
                .addAll(throughput(WITH_BOARD).against(throughput(ALONE)).values());
    }

    private Lane lane(String name, Map<String, Object> environment) {
        Bench.say(name + ": it gets its releases, and warms up");
        Place place = new Place(name);
        bed.createDatabase(place.database());
        Contender contender = new PackagedWorker(bed, place, environment);
        contender.start();
        contender.awaitReady(READY);
        Lane lane = new Lane(bed, contender, 0, true);
        lane.stock();
        for (int turn = 0; turn < MOST_TURNS && lane.position() < RELEASES; turn++) {
            lane.work(settings.warmup());
        }
        lane.warmUp(settings.warmup());
        return lane;
    }

    private void paced(Lane alone, Lane looked, Browsers browsers) {
        alone.warmUpAtPace(PER_SECOND);
        looked.warmUpAtPace(PER_SECOND);
        for (int round = 1; round <= settings.rounds(); round++) {
            Bench.say("Board, 100 a second, round " + round);
            pace(alone, ALONE);
            browsers.seen();
            pace(looked, WITH_BOARD);
            Browsers.Seen seen = browsers.seen();
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

    private void pace(Lane lane, String name) {
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

    /** The board gives way: it may be behind when the last result is there, and catches up. */
    private void full(Lane alone, Lane looked, Browsers browsers) throws Exception {
        for (int round = 1; round <= settings.rounds(); round++) {
            Bench.say("Board, full topic, round " + round);
            turn(alone, ALONE);
            turn(looked, WITH_BOARD);
            browsers.seen();
            long begun = System.nanoTime();
            awaitCaughtUp(looked);
            findings.add(
                    FIGURE,
                    WITH_BOARD,
                    "tables complete after the last result",
                    "ms",
                    (System.nanoTime() - begun) / NANOS_PER_MILLI);
        }
    }

    private void turn(Lane lane, String name) {
        Lane.Turn turn = lane.work(settings.commands());
        throughput(name).add(turn.perSecond());
        findings.add(
                FIGURE, name, "all three", "CPU s per 100,000", turn.costOf(PER).all());
    }

    /** Until the tables have the last result of each partition; behind it there is the marker of its transaction. */
    private void awaitCaughtUp(Lane looked) throws Exception {
        Place place = looked.contender().place();
        String query =
                "select coalesce(sum(next_offset + 1), 0) from board.progress where topic = '" + place.results() + "'";
        long end = end(place);
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .atMost(BenchSettings.PATIENCE)
                .until(() -> bed.number(place.database(), query) >= end);
    }

    private long end(Place place) throws Exception {
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

    private static double peak(Lane lane) {
        return Processes.peakResidentMib(lane.contender().pid());
    }

    private static double millis(Histogram micros, double percentile) {
        return micros.getValueAtPercentile(percentile) / MICROS_PER_MILLI;
    }
}
