package dev.lockstep.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** This version and another in turn, each first in every other round, and each on its own topics and database. */
final class VersionComparison {

    private static final int COST_BASIS = 100_000;
    private static final String COST_UNIT = "CPU s per 100,000";
    private static final double MIN_THROUGHPUT_RATIO = 0.97;
    private static final String ONE_BY_ONE = "one by one";
    private static final int PACE = 10;
    private static final String PACED = PACE + " a second";
    private static final int[] PERCENTILES = {50, 90, 99};
    private static final double NANOS_PER_MILLI = 1e6;

    private final Testbed bed;
    private final BenchSettings settings;
    private final Measurements findings;

    VersionComparison(Testbed bed, Measurements findings) {
        this.bed = bed;
        this.settings = bed.settings();
        this.findings = findings;
    }

    void run() {
        try (ContenderRun now = lane("now", null);
                ContenderRun before = lane("before", otherArtefact())) {
            for (int round = 1; round <= settings.rounds(); round++) {
                Bench.progress("Versions, round " + round);
                ContenderRun first = round % 2 == 1 ? now : before;
                turn(first);
                turn(first == now ? before : now);
            }
            Series ratio = throughputOf(now).ratioTo(throughputOf(before));
            findings.series("ratio", "now / before", "commands a second", "")
                    .values()
                    .addAll(ratio.values());
            findings.goal(
                    "upper quartile of the throughput against the version before",
                    true,
                    MIN_THROUGHPUT_RATIO,
                    new Series(List.of(ratio.upperQuartile())));
            findings.goal("peak resident memory, MiB", false, peak(before), new Series(List.of(peak(now))));
        }
    }

    /** How long a single command takes in each: one after the other, and at a slow pace. */
    void singleCommands() {
        Duration length = Duration.ofSeconds(settings.latencySeconds());
        try (ContenderRun now = lane("now", null);
                ContenderRun before = lane("before", otherArtefact())) {
            List<ContenderRun> both = List.of(now, before);
            both.forEach(ContenderRun::warmUpOneByOne);
            for (int round = 1; round <= settings.rounds(); round++) {
                Bench.progress("Versions, single commands, round " + round);
                for (ContenderRun lane : both) {
                    record(ONE_BY_ONE, lane, lane.oneByOne(length));
                    record(PACED, lane, lane.latency(PACE, length));
                }
            }
            for (String figure : List.of(ONE_BY_ONE, PACED)) {
                for (int percentile : PERCENTILES) {
                    findings.series("ratio", "now / before", figure + ", p" + percentile, "")
                            .values()
                            .addAll(series(figure, now, percentile)
                                    .ratioTo(series(figure, before, percentile))
                                    .values());
                }
            }
        }
    }

    private void record(String figure, ContenderRun lane, Histogram histogram) {
        for (int percentile : PERCENTILES) {
            series(figure, lane, percentile).add(histogram.getValueAtPercentile(percentile) / NANOS_PER_MILLI);
        }
    }

    private Series series(String figure, ContenderRun lane, int percentile) {
        return findings.series(figure, lane.name(), "p" + percentile, "ms");
    }

    private Path otherArtefact() {
        if (settings.before() == null) {
            throw new IllegalArgumentException(
                    "-Dlockstep.bench.before: give the path of the other version's target/quarkus-app");
        }
        return settings.before();
    }

    private ContenderRun lane(String name, Path artefact) {
        Bench.progress("The version " + name + " warms up");
        return new Lanes(bed, findings)
                .worker(new PackagedWorker(bed, new ContenderResources(name), Map.of(), artefact));
    }

    private void turn(ContenderRun lane) {
        ContenderRun.Turn turn = lane.process(settings.commands());
        throughputOf(lane).add(turn.perSecond());
        Cost cost = turn.costOf(COST_BASIS);
        findings.add("cost", lane.name(), "all three", COST_UNIT, cost.all());
        findings.add("cost", lane.name(), "its own", COST_UNIT, cost.contender());
        findings.add("cost", lane.name(), "broker", COST_UNIT, cost.broker());
        findings.add("cost", lane.name(), "Postgres", COST_UNIT, cost.postgres());
    }

    private Series throughputOf(ContenderRun lane) {
        return findings.series("throughput", lane.name(), "full topic", "commands/s");
    }

    private double peak(ContenderRun lane) {
        double peak = Processes.peakResidentMib(lane.contender().pid());
        findings.add("cost", lane.name(), "peak resident memory", "MiB", peak);
        return peak;
    }
}
