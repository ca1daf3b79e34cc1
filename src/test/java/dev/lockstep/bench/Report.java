package dev.lockstep.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The findings as Markdown tables for people and as JSON for machines. */
final class Report {

    private final Measurements findings;

    Report(Measurements findings) {
        this.findings = findings;
    }

    /** Writes {@code bench.md} and {@code bench.json}. */
    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("bench.md"), table());
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(folder.resolve("bench.json").toFile(), json());
    }

    String table() {
        StringBuilder text = new StringBuilder("# Benchmark\n\n");
        findings.background().forEach((name, value) -> text.append("- ")
                .append(name)
                .append(": ")
                .append(value)
                .append('\n'));
        if (!findings.goals().isEmpty()) {
            text.append("\n| goal | wanted | found | lowest | highest | met |\n|---|---:|---:|---:|---:|---|\n");
            for (Measurements.Goal goal : findings.goals()) {
                text.append("| %s | %s %s | %s | %s | %s | %s |%n"
                        .formatted(
                                goal.text(),
                                goal.atLeast() ? "≥" : "≤",
                                shown(goal.wanted()),
                                shown(goal.found().median()),
                                shown(goal.found().min()),
                                shown(goal.found().max()),
                                goal.met() ? "yes" : "no"));
            }
        }
        text.append("\n| figure | contender | measure | unit | median | lowest | highest | rounds |\n");
        text.append("|---|---|---|---|---:|---:|---:|---:|\n");
        findings.series()
                .forEach((key, series) -> text.append("| %s | %s | %s | %s | %s | %s | %s | %d |%n"
                        .formatted(
                                key.figure(),
                                key.contender(),
                                key.measure(),
                                key.unit(),
                                shown(series.median()),
                                shown(series.min()),
                                shown(series.max()),
                                series.values().size())));
        return text.toString();
    }

    private Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("background", findings.background());
        List<Map<String, Object>> goals = new ArrayList<>();
        for (Measurements.Goal goal : findings.goals()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("goal", goal.text());
            entry.put(goal.atLeast() ? "atLeast" : "atMost", goal.wanted());
            entry.put("met", goal.met());
            goals.add(spread(entry, goal.found()));
        }
        json.put("goals", goals);
        List<Map<String, Object>> figures = new ArrayList<>();
        findings.series().forEach((key, series) -> {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("figure", key.figure());
            entry.put("contender", key.contender());
            entry.put("measure", key.measure());
            entry.put("unit", key.unit());
            figures.add(spread(entry, series));
        });
        json.put("figures", figures);
        return json;
    }

    private static Map<String, Object> spread(Map<String, Object> entry, Series series) {
        entry.put("median", series.median());
        entry.put("lowest", series.min());
        entry.put("highest", series.max());
        entry.put("rounds", series.values());
        return entry;
    }

    private static String shown(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
