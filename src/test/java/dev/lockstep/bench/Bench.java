package dev.lockstep.bench;

import dev.lockstep.bench.BenchSettings.Figure;
import dev.lockstep.local.QuietLogs;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.LocalTime;

/**
 * The benchmark, {@code mvn -Pbench}: a real broker and a real, durable Postgres on this machine, the packaged worker and
 * the baselines in turn. Absolute figures mean little on a shared machine: what counts is the ratios.
 */
public final class Bench {

    private final BenchSettings settings;
    private final Measurements findings = new Measurements();

    private Bench(BenchSettings settings) {
        this.settings = settings;
    }

    public static void main(String[] args) throws Exception {
        System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
        new Bench(BenchSettings.fromSystemProperties()).run();
        System.exit(0);
    }

    /** Prints a progress message with the time of day. */
    static void progress(String what) {
        System.out.printf("%tT %s%n", LocalTime.now(), what);
    }

    private void run() throws Exception {
        Files.createDirectories(settings.out());
        QuietLogs.everything();
        findings.background("when", Instant.now().toString());
        Machine.describe(findings);
        findings.background("settings", settings.described());
        progress("Starting Kafka and Postgres");
        try (Testbed bed = Testbed.start(settings)) {
            measure(bed);
        } finally {
            report();
        }
    }

    private void measure(Testbed bed) throws Exception {
        if (settings.wants(BaselineComparison.FULL) || settings.wants(BaselineComparison.LIGHT)) {
            new BaselineComparison(bed, findings).run();
        }
        if (settings.wants(Figure.IDLE_COST)) {
            new IdleCost(bed, findings).run();
        }
        if (settings.wants(Figure.GROWTH)) {
            new Growth(bed, findings).run();
        }
        if (settings.wants(Figure.TIMERS)) {
            new WaitingDeployments(bed, findings).run();
        }
        if (settings.wants(Figure.REPORTED)) {
            new ReportedMix(bed, findings).run();
        }
        if (settings.wants(Figure.BOARD)) {
            new BoardLoad(bed, findings).run();
            new BoardAtSize(bed, findings).run();
        }
        if (settings.wants(Figure.BEFORE)) {
            new VersionComparison(bed, findings).run();
        }
        if (settings.wants(Figure.BEFORE_IDLE)) {
            new VersionComparison(bed, findings).singleCommands();
        }
        if (settings.wants(Figure.WATERFALL)) {
            new Waterfall(bed, findings).run();
        }
        if (settings.wants(Figure.PROFILE)) {
            new WorkerProfile(bed).run();
        }
    }

    /** Even after a failure: whatever was measured until then. */
    private void report() throws IOException {
        Report report = new Report(findings);
        System.out.printf("%n%s%n", report.table());
        report.write(settings.out());
        progress("Written to bench.md and bench.json in " + settings.out());
    }
}
