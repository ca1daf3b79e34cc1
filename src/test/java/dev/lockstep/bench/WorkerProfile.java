package dev.lockstep.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the worker's time goes with a full topic: processor time by thread, samples by area and method, allocation, and the
 * statements in Postgres. Written to {@code profile.md}; the recording is kept next to it as {@code worker.jfr}.
 */
final class WorkerProfile {

    private static final Duration READY = Duration.ofMinutes(2);
    private static final String OWN_PACKAGE = "dev.lockstep.";
    private static final String DEEP_STACKS = "-XX:FlightRecorderOptions:stackdepth=512";
    private static final int SHOWN = 40;

    private final Testbed bed;
    private final BenchSettings settings;
    private final StringBuilder text = new StringBuilder("# Profile of the worker at a full topic\n");

    WorkerProfile(Testbed bed) {
        this.bed = bed;
        this.settings = bed.settings();
    }

    void run() throws Exception {
        bed.execute("postgres", "alter system set shared_preload_libraries = 'pg_stat_statements'");
        bed.postgres().close();
        bed.postgres().restart();
        ContenderResources place = new ContenderResources("profiled");
        bed.createDatabase(place.database());
        bed.execute(place.database(), "create extension pg_stat_statements");
        Contender worker = new PackagedWorker(bed, place, Map.of("JAVA_TOOL_OPTIONS", DEEP_STACKS));
        worker.start();
        worker.awaitReady(READY);
        try (ContenderRun lane = new ContenderRun(bed, worker, 0, true)) {
            // starting a recording later would make the compiler start again
            jcmd(worker.pid(), "JFR.start", "name=bench", "settings=profile");
            Bench.progress("The worker warms up for its profile");
            lane.stock();
            lane.warmUp(settings.warmup());
            Bench.progress("Profile");
            record(lane, place);
        }
        Files.writeString(settings.out().resolve("profile.md"), text);
        System.out.println(text);
    }

    private void record(ContenderRun lane, ContenderResources place) throws Exception {
        long pid = lane.contender().pid();
        Path recording = settings.out().resolve("worker.jfr");
        bed.execute(place.database(), "select pg_stat_statements_reset()");
        Map<String, Double> before = Processes.cpuSecondsByThread(pid);
        Instant start = Instant.now();
        ContenderRun.Turn turn = lane.process(settings.commands());
        Map<String, Double> threads = Processes.cpuSecondsByThread(pid);
        jcmd(pid, "JFR.dump", "name=bench", "filename=" + recording);
        jcmd(pid, "JFR.stop", "name=bench");
        before.forEach((name, seconds) -> threads.merge(name, -seconds, Double::sum));
        text.append("%n%,.0f commands/s, CPU seconds per 100,000 commands: %s%n"
                .formatted(turn.perSecond(), turn.costOf(100_000)));
        table("CPU seconds of the worker by thread", threads);
        samples(recording, start);
        statements(place, turn.commands());
    }

    private void samples(Path recording, Instant start) throws IOException {
        Map<String, Double> byThread = new LinkedHashMap<>();
        Map<String, Double> byOurs = new LinkedHashMap<>();
        Map<String, Double> byPackage = new LinkedHashMap<>();
        Map<String, Double> byMethod = new LinkedHashMap<>();
        Map<String, Double> allocatedByOurs = new LinkedHashMap<>();
        Map<String, Double> allocatedByPackage = new LinkedHashMap<>();
        Map<String, Double> allocatedClasses = new LinkedHashMap<>();
        // a thread's first sample represents everything that it allocated before
        Set<Long> first = new HashSet<>();
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                String kind = event.getEventType().getName();
                if (event.getStackTrace() == null
                        || event.getStackTrace().getFrames().isEmpty()
                        || event.getStartTime().isBefore(start)) {
                    continue;
                }
                if (kind.equals("jdk.ExecutionSample")) {
                    byThread.merge(thread(event), 1.0, Double::sum);
                    byOurs.merge(innermostOwnMethod(event.getStackTrace()), 1.0, Double::sum);
                    byPackage.merge(area(event.getStackTrace()), 1.0, Double::sum);
                    byMethod.merge(method(event.getStackTrace().getFrames().get(0)), 1.0, Double::sum);
                } else if (kind.equals("jdk.ObjectAllocationSample")
                        && !first.add(event.getThread().getId())) {
                    allocatedByOurs.merge(
                            innermostOwnMethod(event.getStackTrace()), (double) event.getLong("weight"), Double::sum);
                    allocatedByPackage.merge(
                            area(event.getStackTrace()), (double) event.getLong("weight"), Double::sum);
                    allocatedClasses.merge(
                            event.getClass("objectClass").getName(), (double) event.getLong("weight"), Double::sum);
                }
            }
        }
        table("Samples by thread", byThread);
        table("Samples by our innermost class", byClass(byOurs));
        table("Samples by our innermost method", byOurs);
        table("Samples by the innermost package", byPackage);
        table("Samples by method", byMethod);
        table("Bytes allocated by our innermost method", allocatedByOurs);
        table("Bytes allocated by the innermost package", allocatedByPackage);
        table("Bytes allocated by class", allocatedClasses);
    }

    private static String thread(RecordedEvent event) {
        var thread = event.getThread("sampledThread");
        return thread == null ? "?" : String.valueOf(thread.getJavaName()).replaceAll("[0-9a-f-]{36}|[0-9]+", "*");
    }

    private static String innermostOwnMethod(RecordedStackTrace trace) {
        for (RecordedFrame frame : trace.getFrames()) {
            if (frame.getMethod().getType().getName().startsWith(OWN_PACKAGE)) {
                return method(frame).replaceAll("lambda\\$(\\w+)\\$\\d+", "$1 (lambda)");
            }
        }
        return "none; at the bottom "
                + method(trace.getFrames().get(trace.getFrames().size() - 1));
    }

    private static Map<String, Double> byClass(Map<String, Double> byMethod) {
        Map<String, Double> byClass = new LinkedHashMap<>();
        byMethod.forEach((method, samples) -> byClass.merge(
                method.startsWith(OWN_PACKAGE)
                        ? method.replaceAll("(\\$|\\.[a-z]\\w*( \\(lambda\\))?$).*", "")
                        : "none of ours",
                samples,
                Double::sum));
        return byClass;
    }

    /** The package of the innermost frame that is not the JDK's. */
    private static String area(RecordedStackTrace trace) {
        for (RecordedFrame frame : trace.getFrames()) {
            String type = frame.getMethod().getType().getName();
            if (!type.startsWith("java.") && !type.startsWith("jdk.") && !type.startsWith("sun.")) {
                String[] parts = type.split("\\.");
                return String.join(".", List.of(parts).subList(0, Math.min(4, parts.length - 1)));
            }
        }
        return "JDK";
    }

    private static String method(RecordedFrame frame) {
        return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
    }

    private void statements(ContenderResources place, int commands) throws SQLException {
        text.append(
                "\n## Statements in Postgres\n\n| calls | rows | total ms | µs per command | WAL bytes per command | |\n");
        text.append("|---:|---:|---:|---:|---:|---|\n");
        try (Connection connection = bed.connect(place.database());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select calls, rows, total_exec_time, wal_bytes, query"
                        + " from pg_stat_statements order by total_exec_time desc limit " + SHOWN)) {
            while (row.next()) {
                String query = row.getString(5).replaceAll("\\s+", " ");
                text.append(String.format(
                        Locale.ROOT,
                        "| %d | %d | %.0f | %.1f | %.0f | %s |%n",
                        row.getLong(1),
                        row.getLong(2),
                        row.getDouble(3),
                        1000 * row.getDouble(3) / commands,
                        row.getDouble(4) / commands,
                        query.substring(0, Math.min(110, query.length()))));
            }
        }
    }

    private void table(String title, Map<String, Double> values) {
        double all = values.values().stream().mapToDouble(Double::doubleValue).sum();
        text.append(String.format(Locale.ROOT, "%n## %s (%,.1f)%n%n", title, all));
        values.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .limit(SHOWN)
                .filter(entry -> entry.getValue() > all / 500)
                .forEach(entry -> text.append(
                        String.format(Locale.ROOT, "- %.1f %% %s%n", 100 * entry.getValue() / all, entry.getKey())));
    }

    private static void jcmd(long pid, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), String.valueOf(pid)));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed");
        }
    }
}
