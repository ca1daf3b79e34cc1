package dev.lockstep.bench;

import java.nio.file.Files;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Where the time of a single command goes: what each contender asks of broker and Postgres for it, one after the other. */
final class Waterfall {

    private static final String FIGURE = "waterfall";
    private static final String COMMIT = "commit";
    private static final int COMMANDS = 300;
    private static final int[] PAUSES_MILLIS = {0, 100};
    private static final double NANOS_PER_MILLI = 1e6;

    /** A step that fewer commands have is left out. */
    private static final double COMMON = 0.5;

    private final Testbed bed;
    private final Measurements findings;
    private final StringBuilder text = new StringBuilder();

    /** The same exchange in all commands: the n-th of its kind. */
    private static final class Step {
        final Series begin = new Series();
        final Series took = new Series();
        final Map<String, Integer> contents = new HashMap<>();

        String mostFrequent() {
            return contents.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .orElseThrow()
                    .getKey();
        }
    }

    Waterfall(Testbed bed, Measurements findings) {
        this.bed = bed;
        this.findings = findings;
    }

    void run() throws Exception {
        try (WireTrace trace = bed.trace()) {
            Lanes lanes = new Lanes(bed, trace.endpoints(), findings);
            try (ContenderRun worker = lanes.worker()) {
                measure(worker, trace);
                try (ContenderRun bare = lanes.bareLoop(worker)) {
                    worker.contender().stop();
                    measure(bare, trace);
                }
            }
            try (ContenderRun handWritten = lanes.handWritten()) {
                measure(handWritten, trace);
            }
        }
        Files.writeString(bed.settings().out().resolve("waterfall.md"), text);
        System.out.println(text);
    }

    private void measure(ContenderRun lane, WireTrace trace) throws InterruptedException {
        lane.warmUpOneByOne();
        for (int pauseMillis : PAUSES_MILLIS) {
            measure(lane, trace, pauseMillis);
        }
    }

    private void measure(ContenderRun lane, WireTrace trace, int pauseMillis) throws InterruptedException {
        String pause = pauseMillis == 0 ? "one after the other" : pauseMillis + " ms between two";
        Map<String, Step> steps = new HashMap<>();
        Series seen = findings.series(FIGURE, lane.name(), "result seen, " + pause, "ms");
        for (int i = 0; i < COMMANDS; i++) {
            TimeUnit.MILLISECONDS.sleep(pauseMillis);
            long begun = System.nanoTime();
            ContenderRun.Single single = lane.single();
            seen.add((single.seen() - single.acknowledged()) / NANOS_PER_MILLI);
            Map<String, Integer> counts = new HashMap<>();
            for (WireTrace.Exchange exchange : trace.take(begun, single.seen())) {
                String kind = exchange.to().equals("Kafka") || exchange.what().equals(COMMIT)
                        ? exchange.what()
                        : exchange.to();
                int number = counts.merge(kind, 1, Integer::sum);
                Step step = steps.computeIfAbsent(kind + " " + number, name -> new Step());
                long begin = Math.max(exchange.begin(), begun);
                step.begin.add((begin - single.acknowledged()) / NANOS_PER_MILLI);
                step.took.add((exchange.end() - begin) / NANOS_PER_MILLI);
                step.contents.merge(exchange.to() + ": " + exchange.what(), 1, Integer::sum);
            }
        }
        report(lane.name() + ", " + pause, steps, seen);
    }

    private void report(String title, Map<String, Step> steps, Series seen) {
        text.append(
                "%n## %s: result seen after %s ms (median of %d)%n%n".formatted(title, shown(seen.median()), COMMANDS));
        text.append(
                "| begins, ms after the acknowledgement | takes, ms | commands, % | what |\n|---:|---:|---:|---|\n");
        steps.values().stream()
                .filter(step -> step.begin.values().size() >= COMMON * COMMANDS)
                .sorted((one, other) -> Double.compare(
                        one.begin.median() + one.took.median(), other.begin.median() + other.took.median()))
                .forEach(step -> text.append("| %s | %s | %d | %s |%n"
                        .formatted(
                                shown(step.begin.median()),
                                shown(step.took.median()),
                                Math.round(100.0 * step.begin.values().size() / COMMANDS),
                                step.mostFrequent())));
    }

    private static String shown(double millis) {
        return String.format(Locale.ROOT, "%.2f", millis);
    }
}
