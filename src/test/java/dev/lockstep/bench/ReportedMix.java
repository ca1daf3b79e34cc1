package dev.lockstep.bench;

import java.time.Duration;
import java.util.Map;

/** A mix in which a third of the deployments are reported on, compared with the usual mix, alternating on one worker. */
final class ReportedMix {

    private static final String FIGURE = "reported";
    private static final String USUAL = "usual mix";
    private static final String REPORTED = "a third reported on";
    private static final String COST_UNIT = "CPU s per 100,000";
    private static final int COST_BASIS = 100_000;
    private static final Duration READY = Duration.ofMinutes(2);

    private final Testbed bed;
    private final BenchSettings settings;
    private final Measurements findings;

    ReportedMix(Testbed bed, Measurements findings) {
        this.bed = bed;
        this.settings = bed.settings();
        this.findings = findings;
    }

    void run() {
        Bench.progress("The worker warms up with either mix");
        ContenderResources place = new ContenderResources("reported");
        bed.createDatabase(place.database());
        Contender contender = new PackagedWorker(bed, place, Map.of());
        contender.start();
        contender.awaitReady(READY);
        BenchLoad usual = new BenchLoad(place.commands(), 42, 0);
        BenchLoad reported = BenchLoad.withReports(place.commands(), 42);
        try (ContenderRun lane = new ContenderRun(bed, contender, 0, true)) {
            warmUp(lane, usual);
            warmUp(lane, reported);
            for (int round = 1; round <= settings.rounds(); round++) {
                Bench.progress("A third reported on, round " + round);
                turn(lane, usual, USUAL);
                turn(lane, reported, REPORTED);
            }
        }
        ratio("commands a second", throughputOf(REPORTED).ratioTo(throughputOf(USUAL)));
        ratio("processor time of all three", costOf(REPORTED).ratioTo(costOf(USUAL)));
    }

    private void warmUp(ContenderRun lane, BenchLoad load) {
        lane.replaceLoad(load);
        lane.stock();
        lane.warmUp(settings.warmup());
    }

    private void turn(ContenderRun lane, BenchLoad load, String mix) {
        lane.replaceLoad(load);
        ContenderRun.Turn turn = lane.process(settings.commands());
        throughputOf(mix).add(turn.perSecond());
        Cost cost = turn.costOf(COST_BASIS);
        costOf(mix).add(cost.all());
        findings.add(FIGURE, mix, "its own", COST_UNIT, cost.contender());
        findings.add(FIGURE, mix, "broker", COST_UNIT, cost.broker());
        findings.add(FIGURE, mix, "Postgres", COST_UNIT, cost.postgres());
    }

    private Series throughputOf(String mix) {
        return findings.series(FIGURE, mix, "full topic", "commands/s");
    }

    private Series costOf(String mix) {
        return findings.series(FIGURE, mix, "all three", COST_UNIT);
    }

    private void ratio(String measure, Series ratio) {
        findings.series("ratio", REPORTED + " / " + USUAL, measure, "").values().addAll(ratio.values());
    }
}
