package dev.lockstep.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The machine on which the figures were measured. */
final class Machine {

    private Machine() {}

    static void describe(Measurements findings) throws IOException {
        var system = ManagementFactory.getOperatingSystemMXBean();
        findings.background("cores", Runtime.getRuntime().availableProcessors());
        findings.background("processor", first(Path.of("/proc/cpuinfo"), "model name"));
        findings.background("memory", first(Path.of("/proc/meminfo"), "MemTotal"));
        findings.background("system", system.getName() + " " + system.getVersion() + " " + system.getArch());
        findings.background("java", Runtime.version().toString());
        findings.background("load average before", system.getSystemLoadAverage());
    }

    private static String first(Path file, String name) throws IOException {
        if (!Files.exists(file)) {
            return "unknown";
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        }
    }
}
