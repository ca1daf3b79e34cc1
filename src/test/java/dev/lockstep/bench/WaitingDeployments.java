package dev.lockstep.bench;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The load alongside deployments that wait for their time, against it alongside as many releases that wait for nothing; and how
 * late deployments start when many are due at the same moment.
 */
final class WaitingDeployments {

    static final String FIGURE = "timers";
    static final double NANOS_PER_MILLI = 1e6;
    static final Duration READY = Duration.ofMinutes(2);

    private static final double HALF = 0.5;
    private static final int COST_BASIS = 100_000;
    private static final int CHUNK = 1_000;
    private static final Duration FAR = Duration.ofDays(30);

    private final Testbed bed;
    private final BenchSettings settings;
    private final Measurements findings;

    WaitingDeployments(Testbed bed, Measurements findings) {
        this.bed = bed;
        this.settings = bed.settings();
        this.findings = findings;
    }

    void run() throws Exception {
        ContenderResources place = new ContenderResources("waiting");
        WaitingApplications applications = new WaitingApplications(place.commands());
        try (ContenderRun none = lane(new ContenderResources("nothing-waits"));
                ContenderRun some = lane(place)) {
            fill(none, new WaitingApplications(none.contender().place().commands()), false);
            fill(some, applications, true);
            none.warmUp(settings.warmup());
            some.warmUp(settings.warmup());
            compare(none, some);
            double rate = HALF * throughputOf(none).median();
            none.contender().stop();
            new DueTogether(bed, findings, some, applications, rate).run();
        }
    }

    private ContenderRun lane(ContenderResources place) {
        bed.createDatabase(place.database());
        Contender contender = new PackagedWorker(bed, place, Map.of());
        contender.start();
        contender.awaitReady(READY);
        ContenderRun lane = new ContenderRun(bed, contender, 0, true);
        lane.stock();
        return lane;
    }

    private void fill(ContenderRun lane, WaitingApplications applications, boolean deploys) {
        int count = settings.waiting() / WaitingApplications.EACH;
        Bench.progress("%s: making %,d applications, each with %d releases%s"
                .formatted(lane.name(), count, WaitingApplications.EACH, deploys ? " that wait for their time" : ""));
        Instant notBefore = Instant.now().plus(FAR).truncatedTo(ChronoUnit.SECONDS);
        for (int from = 0; from < count; from += CHUNK) {
            int to = Math.min(count, from + CHUNK);
            lane.process(applications.releases(from, to));
            if (deploys) {
                lane.process(applications.deployments(from, to, notBefore));
            }
        }
        bed.execute(lane.contender().place().database(), "vacuum analyze");
    }

    private void compare(ContenderRun none, ContenderRun some) {
        for (int round = 1; round <= settings.rounds(); round++) {
            Bench.progress("Alongside waiting deployments, throughput, round " + round);
            throughput(none);
            throughput(some);
        }
        double rate = HALF * throughputOf(none).median();
        none.warmUpAtRate(rate);
        some.warmUpAtRate(rate);
        for (int round = 1; round <= settings.rounds(); round++) {
            Bench.progress("Alongside waiting deployments, latency, round " + round);
            latency(none, rate);
            latency(some, rate);
        }
        String names = "%,d wait against none, ".formatted(settings.waiting());
        findings.goal(names + "throughput", true, 0.95, throughputOf(some).ratioTo(throughputOf(none)));
        findings.goal(names + "processor time", false, 1.05, costOf(some).ratioTo(costOf(none)));
        findings.goal(names + "p50 at 50 %", false, 1.1, latencyOf(some, 50).ratioTo(latencyOf(none, 50)));
        findings.goal(names + "p99 at 50 %", false, 1.1, latencyOf(some, 99).ratioTo(latencyOf(none, 99)));
    }

    private void throughput(ContenderRun lane) {
        ContenderRun.Turn turn = lane.process(settings.commands());
        throughputOf(lane).add(turn.perSecond());
        costOf(lane).add(turn.costOf(COST_BASIS).all());
    }

    private void latency(ContenderRun lane, double rate) {
        Histogram histogram = lane.latency(rate, Duration.ofSeconds(settings.latencySeconds()));
        for (int percentile : new int[] {50, 99}) {
            latencyOf(lane, percentile).add(histogram.getValueAtPercentile(percentile) / NANOS_PER_MILLI);
        }
    }

    private Series throughputOf(ContenderRun lane) {
        return findings.series(FIGURE, lane.name(), "full topic", "commands/s");
    }

    private Series costOf(ContenderRun lane) {
        return findings.series(FIGURE, lane.name(), "all three", "CPU s per 100,000");
    }

    private Series latencyOf(ContenderRun lane, int percentile) {
        return findings.series(FIGURE, lane.name(), "p" + percentile + " at 50 %", "ms");
    }
}
