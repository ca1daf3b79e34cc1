package dev.lockstep.bench;

import dev.lockstep.bench.BenchSettings.Figure;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/** How long a single command takes when there is nothing else to do, and at rates that every contender sustains easily. */
final class LightLoad {

    private static final String IDLE = "idle";
    private static final String PACED = "paced";
    private static final int[] PACES = {10, 100};
    private static final int[] PERCENTILES = {50, 90, 99};
    private static final double NANOS_PER_MILLI = 1e6;

    private final BenchSettings settings;
    private final Measurements findings;
    private final ContenderRun worker;
    private final ContenderRun bare;
    private final ContenderRun handWritten;
    private final List<ContenderRun> all;
    private final Duration duration;

    LightLoad(
            Testbed bed,
            Measurements findings,
            ContenderRun worker,
            ContenderRun bare,
            ContenderRun perMessage,
            ContenderRun handWritten) {
        this.settings = bed.settings();
        this.findings = findings;
        this.worker = worker;
        this.bare = bare;
        this.handWritten = handWritten;
        this.all = List.of(worker, bare, perMessage, handWritten);
        this.duration = Duration.ofSeconds(settings.latencySeconds());
    }

    void run() {
        if (settings.wants(Figure.IDLE)) {
            idle();
        }
        if (settings.wants(Figure.PACED)) {
            paced();
        }
    }

    private void idle() {
        all.forEach(ContenderRun::warmUpOneByOne);
        measureInTurn(IDLE, "", lane -> lane.oneByOne(duration));
        goal(IDLE, "p50", bare, 1.3);
        goal(IDLE, "p99", bare, 1.3);
        goal(IDLE, "p50", handWritten, 1);
    }

    private void paced() {
        all.forEach(lane -> lane.warmUpAtRate(PACES[PACES.length - 1]));
        for (int pace : PACES) {
            String at = " at %d a second".formatted(pace);
            measureInTurn(PACED, at, lane -> lane.latency(pace, duration));
            goal(PACED, "p99" + at, bare, 2);
        }
    }

    /** @param at appended to the names of the measures */
    private void measureInTurn(String figure, String at, Function<ContenderRun, Histogram> turn) {
        for (int round = 1; round <= settings.rounds(); round++) {
            Bench.progress("%s%s, round %d".formatted(figure, at, round));
            for (ContenderRun lane : all) {
                Histogram histogram = turn.apply(lane);
                for (int percentile : PERCENTILES) {
                    series(figure, lane, "p" + percentile + at)
                            .add(histogram.getValueAtPercentile(percentile) / NANOS_PER_MILLI);
                }
            }
        }
        for (int percentile : PERCENTILES) {
            ratio(figure, "p" + percentile + at, bare);
            ratio(figure, "p" + percentile + at, handWritten);
        }
    }

    private Series series(String figure, ContenderRun lane, String measure) {
        return findings.series(figure, lane.name(), measure, "ms");
    }

    private void ratio(String figure, String measure, ContenderRun other) {
        findings.series("ratio", worker.name() + " / " + other.name(), figure + ", " + measure, "")
                .values()
                .addAll(against(figure, measure, other).values());
    }

    private void goal(String figure, String measure, ContenderRun other, double atMost) {
        String text = "%s, %s against %s".formatted(figure, measure, other.name());
        findings.goal(text, false, atMost, against(figure, measure, other));
    }

    private Series against(String figure, String measure, ContenderRun other) {
        return series(figure, worker, measure).ratioTo(series(figure, other, measure));
    }
}
