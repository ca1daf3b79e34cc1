package dev.lockstep.bench;

import dev.lockstep.bench.BenchSettings.Figure;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/** The worker against its baselines: the worker with batches of one, the bare loop and, under light load, a hand-written one. */
final class BaselineComparison {

    static final Figure[] FULL = {Figure.THROUGHPUT, Figure.LATENCY, Figure.COST, Figure.START};
    static final Figure[] LIGHT = {Figure.IDLE, Figure.PACED};

    private static final String PER_SECOND = "commands/s";
    private static final String COST_UNIT = "CPU s per 100,000";
    private static final int COST_BASIS = 100_000;
    private static final double[] LOADS = {0.1, 0.5, 0.8};
    private static final double NANOS_PER_MILLI = 1e6;

    private final Testbed bed;
    private final BenchSettings settings;
    private final Measurements findings;

    BaselineComparison(Testbed bed, Measurements findings) {
        this.bed = bed;
        this.settings = bed.settings();
        this.findings = findings;
    }

    void run() throws Exception {
        Lanes lanes = new Lanes(bed, findings);
        try (ContenderRun worker = lanes.worker();
                ContenderRun bare = lanes.bareLoop(worker)) {
            try (ContenderRun single = lanes.perMessage()) {
                if (settings.wants(FULL)) {
                    throughput(worker, single, bare);
                }
                if (settings.wants(LIGHT)) {
                    try (ContenderRun handWritten = lanes.handWritten()) {
                        new LightLoad(bed, findings, worker, bare, single, handWritten).run();
                    }
                }
            }
            if (settings.wants(Figure.LATENCY)) {
                latency(worker, bare);
            }
            if (settings.wants(FULL)) {
                findings.goal("peak resident memory of the worker, MiB", false, 512, peak(worker));
            }
            if (settings.wants(Figure.START)) {
                start(worker, bare);
            }
        }
    }

    private void throughput(ContenderRun worker, ContenderRun single, ContenderRun bare) {
        for (int round = 1; round <= settings.rounds(); round++) {
            Bench.progress("Throughput, round " + round);
            turn(worker, settings.commands());
            turn(single, settings.singles());
            turn(bare, settings.commands());
        }
        Series ours = throughputOf(worker);
        findings.goal("throughput against per message", true, 50, ours.ratioTo(throughputOf(single)));
        findings.goal("throughput against bare loop", true, 0.6, ours.ratioTo(throughputOf(bare)));
        // what the ratio would be if only processor time counted: more stable on a shared machine
        findings.series("ratio", "bare loop / worker", "processor time of all three", "")
                .values()
                .addAll(costOf(bare).ratioTo(costOf(worker)).values());
    }

    private void turn(ContenderRun lane, int commands) {
        ContenderRun.Turn turn = lane.process(commands);
        throughputOf(lane).add(turn.perSecond());
        Cost cost = turn.costOf(COST_BASIS);
        costOf(lane).add(cost.all());
        findings.add("cost", lane.name(), "its own", COST_UNIT, cost.contender());
        findings.add("cost", lane.name(), "of that its compiler", COST_UNIT, cost.compiler());
        findings.add("cost", lane.name(), "broker", COST_UNIT, cost.broker());
        findings.add("cost", lane.name(), "Postgres", COST_UNIT, cost.postgres());
        findings.add("cost", lane.name(), "load and reader", COST_UNIT, cost.load());
    }

    private Series costOf(ContenderRun lane) {
        return findings.series("cost", lane.name(), "all three", COST_UNIT);
    }

    private Series throughputOf(ContenderRun lane) {
        return findings.series("throughput", lane.name(), "full topic", PER_SECOND);
    }

    private Series peak(ContenderRun lane) {
        Series peak = findings.series("cost", lane.name(), "peak resident memory", "MiB");
        peak.add(Processes.peakResidentMib(lane.contender().pid()));
        return peak;
    }

    private void latency(ContenderRun worker, ContenderRun bare) {
        double full = throughputOf(worker).median();
        worker.warmUpAtRate(0.5 * full);
        bare.warmUpAtRate(0.5 * full);
        for (int round = 1; round <= settings.rounds(); round++) {
            Bench.progress("Latency, round " + round);
            for (double load : LOADS) {
                latency(worker, load, full);
                latency(bare, load, full);
            }
        }
        findings.goal(
                "p99 at 50 % against bare loop at the same load",
                false, 1.5, latencyOf(worker, 0.5, 99).ratioTo(latencyOf(bare, 0.5, 99)));
    }

    private void latency(ContenderRun lane, double load, double full) {
        Histogram histogram = lane.latency(load * full, Duration.ofSeconds(settings.latencySeconds()));
        for (double percentile : new double[] {50, 99, 99.9}) {
            latencyOf(lane, load, percentile).add(histogram.getValueAtPercentile(percentile) / NANOS_PER_MILLI);
        }
    }

    private Series latencyOf(ContenderRun lane, double load, double percentile) {
        String measure =
                "p%s at %d %%".formatted(percentile == 99.9 ? "99.9" : (int) percentile, Math.round(100 * load));
        return findings.series("latency", lane.name(), measure, "ms");
    }

    private void start(ContenderRun... lanes) {
        for (int round = 1; round <= settings.rounds(); round++) {
            Bench.progress("Start, round " + round);
            for (ContenderRun lane : lanes) {
                lane.contender().stop();
                findings.add("start", lane.name(), "process start to first result", "s", lane.start());
            }
        }
    }
}
