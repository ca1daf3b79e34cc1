package dev.lockstep.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** This version and another by turns, each on topics and a database of its own. */
final class Versions {

    private static final int PER = 100_000;
    private static final double AS_FAST = 0.97;

    private final Testbed bed;
    private final BenchSettings settings;
    private final Findings findings;

    Versions(Testbed bed, Findings findings) {
        this.bed = bed;
        this.settings = bed.settings();
        this.findings = findings;
    }

    void run() {
        if (settings.before() == null) {
            throw new IllegalArgumentException("-Dlockstep.bench.before: name the other version's target/quarkus-app");
        }
        try (Lane now = lane("now", null);
                Lane before = lane("before", settings.before())) {
            for (int round = 1; round <= settings.rounds(); round++) {
                Bench.say("Versions, round " + round);
                turn(now);
                turn(before);
            }
            Series ratio = throughputOf(now).against(throughputOf(before));
            findings.series("ratio", "now / before", "commands a second", "")
                    .values()
                    .addAll(ratio.values());
            findings.goal(
                    "upper quartile of the throughput against the version before",
                    true,
                    AS_FAST,
                    new Series(List.of(ratio.upperQuartile())));
            findings.goal("peak resident memory, MiB", false, peak(before), new Series(List.of(peak(now))));
        }
    }

    private Lane lane(String name, Path artefact) {
        Bench.say("The version " + name + " warms up");
        return new Lanes(bed, findings).worker(new PackagedWorker(bed, new Place(name), Map.of(), artefact));
    }

    private void turn(Lane lane) {
        Lane.Turn turn = lane.work(settings.commands());
        throughputOf(lane).add(turn.perSecond());
        Cost cost = turn.costOf(PER);
        findings.add("cost", lane.name(), "all three", "CPU s per 100,000", cost.all());
        findings.add("cost", lane.name(), "its own", "CPU s per 100,000", cost.contender());
    }

    private Series throughputOf(Lane lane) {
        return findings.series("throughput", lane.name(), "full topic", "commands/s");
    }

    private double peak(Lane lane) {
        double peak = Processes.peakResidentMib(lane.contender().pid());
        findings.add("cost", lane.name(), "peak resident memory", "MiB", peak);
        return peak;
    }
}
