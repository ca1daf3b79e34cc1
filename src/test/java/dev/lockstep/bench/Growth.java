package dev.lockstep.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/** The worker on an empty store compared with itself on full ones, with ten times as many applications in turn, and with all in one partition. */
final class Growth {

    private static final Duration READY = Duration.ofMinutes(2);
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int MANY_APPLICATIONS = 10_000;
    private static final long SEED = 42;

    private final Testbed bed;
    private final BenchSettings settings;
    private final Measurements findings;

    Growth(Testbed bed, Measurements findings) {
        this.bed = bed;
        this.settings = bed.settings();
        this.findings = findings;
    }

    void run() {
        List<ContenderRun> lanes = new ArrayList<>();
        try {
            for (int stored : settings.stored()) {
                lanes.add(lane(stored));
            }
            lanes.add(lane(
                    "applications-" + MANY_APPLICATIONS, commands -> BenchLoad.of(MANY_APPLICATIONS, commands, SEED)));
            lanes.add(lane("one-partition", commands -> BenchLoad.inOnePartition(commands, SEED)));
            throughput(lanes);
            latency(lanes);
            for (ContenderRun lane : lanes) {
                double peak = Processes.peakResidentMib(lane.contender().pid());
                findings.add("growth", lane.name(), "peak resident memory", "MiB", peak);
            }
        } finally {
            lanes.forEach(ContenderRun::close);
        }
        Series empty = throughputOf(lanes.get(0));
        for (ContenderRun lane : lanes.subList(1, lanes.size())) {
            findings.goal(
                    "throughput, " + lane.name() + " against empty",
                    true,
                    0.95,
                    throughputOf(lane).ratioTo(empty));
        }
    }

    private ContenderRun lane(int stored) {
        Bench.progress("A store of " + stored + " releases is made, and its worker is warming up");
        ContenderResources place = new ContenderResources("stored-" + stored);
        bed.createDatabase(place.database());
        Contender contender = new PackagedWorker(bed, place, Map.of());
        contender.start();
        contender.awaitReady(READY);
        int each = stored / BenchLoad.APPLICATIONS;
        ContenderRun lane = new ContenderRun(bed, contender, each, true);
        if (each > 0) {
            lane.template();
            contender.stop();
            new Prefill(bed, place.database(), each, settings.storedCommands()).run();
            contender.start();
            contender.awaitReady(READY);
        }
        lane.stock();
        lane.warmUp(settings.warmup());
        return lane;
    }

    /** @param load for a topic of commands */
    private ContenderRun lane(String name, Function<String, BenchLoad> load) {
        Bench.progress(name + " gets its first releases");
        ContenderResources place = new ContenderResources(name);
        bed.createDatabase(place.database());
        Contender contender = new PackagedWorker(bed, place, Map.of());
        contender.start();
        contender.awaitReady(READY);
        ContenderRun lane = new ContenderRun(bed, contender, load.apply(place.commands()), true);
        lane.stock();
        lane.warmUp(settings.warmup());
        return lane;
    }

    private void throughput(List<ContenderRun> lanes) {
        for (int round = 1; round <= settings.rounds(); round++) {
            Bench.progress("Growth, throughput, round " + round);
            for (ContenderRun lane : lanes) {
                throughputOf(lane).add(lane.process(settings.commands()).perSecond());
            }
        }
    }

    /** All at half of the throughput on the empty store. */
    private void latency(List<ContenderRun> lanes) {
        double rate = throughputOf(lanes.get(0)).median() / 2;
        for (int round = 1; round <= settings.rounds(); round++) {
            Bench.progress("Growth, latency, round " + round);
            for (ContenderRun lane : lanes) {
                Histogram histogram = lane.latency(rate, Duration.ofSeconds(settings.latencySeconds()));
                double p99 = histogram.getValueAtPercentile(99) / NANOS_PER_MILLI;
                findings.add("growth", lane.name(), "p99 at 50 %", "ms", p99);
            }
        }
    }

    private Series throughputOf(ContenderRun lane) {
        return findings.series("growth", lane.name(), "full topic", "commands/s");
    }
}
