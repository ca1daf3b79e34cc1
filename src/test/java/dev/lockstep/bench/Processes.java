package dev.lockstep.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What Linux knows about processes. On other systems, everything is {@link Double#NaN}. */
final class Processes {

    /** The unit in /proc, the same on every Linux on which a JVM runs. */
    private static final double TICKS_PER_SECOND = 100;

    /** The threads of the just-in-time compiler. */
    static final String COMPILER = "compiler";

    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final int CUTIME = 13;
    private static final int CSTIME = 14;

    private Processes() {}

    static double cpuSeconds(long pid) {
        return ticks(Path.of("/proc/" + pid + "/stat"), UTIME, STIME) / TICKS_PER_SECOND;
    }

    /** Including its children, both running and ended. */
    static double cpuSecondsWithChildren(long pid) {
        double own = ticks(Path.of("/proc/" + pid + "/stat"), UTIME, STIME, CUTIME, CSTIME);
        double children = ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::children)
                .mapToDouble(child -> endedMeanwhile(Path.of("/proc/" + child.pid() + "/stat")))
                .sum();
        return (own + children) / TICKS_PER_SECOND;
    }

    /** Processor seconds by thread name, without the names' numbers. */
    static Map<String, Double> cpuSecondsByThread(long pid) {
        Map<String, Double> seconds = new TreeMap<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads.toList()) {
                Optional<String> alive = stat(thread);
                if (alive.isEmpty()) {
                    continue;
                }
                String stat = alive.get();
                String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                seconds.merge(
                        name.matches("C[12] .*") ? COMPILER : name.replaceAll("[-#_ ]*[0-9]+.*", ""),
                        ticks(stat, UTIME, STIME) / TICKS_PER_SECOND,
                        Double::sum);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return seconds;
    }

    /** Empty if the thread has ended since it was listed. */
    private static Optional<String> stat(Path thread) {
        try {
            return Optional.of(Files.readString(thread.resolve("stat")));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    /** The most memory a process ever had resident, in MiB. */
    static double peakResidentMib(long pid) {
        Path status = Path.of("/proc/" + pid + "/status");
        if (!Files.exists(status)) {
            return Double.NaN;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double endedMeanwhile(Path stat) {
        double ticks = ticks(stat, UTIME, STIME);
        return Double.isNaN(ticks) ? 0 : ticks;
    }

    private static double ticks(Path stat, int... fields) {
        try {
            return ticks(Files.readString(stat), fields);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** Counted from after the name, which may itself contain spaces. */
    private static double ticks(String stat, int... fields) {
        String[] values = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        double sum = 0;
        for (int field : fields) {
            sum += Long.parseLong(values[field]);
        }
        return sum;
    }
}
