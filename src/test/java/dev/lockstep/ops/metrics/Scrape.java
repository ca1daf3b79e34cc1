package dev.lockstep.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A worker's metrics, parsed from Prometheus' text format. */
public final class Scrape {

    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    private final Map<String, String> types = new TreeMap<>();
    private final List<Sample> samples = new ArrayList<>();

    private record Sample(String name, Map<String, String> labels, double value) {}

    private Scrape(String text) {
        for (String line : text.lines().toList()) {
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                types.put(type.group(1), type.group(2));
            } else if (!line.startsWith("#") && !line.isBlank()) {
                assertThat(sample.matches()).as(line).isTrue();
                samples.add(new Sample(sample.group(1), parsed(sample.group(2)), Double.parseDouble(sample.group(3))));
            }
        }
    }

    public static Scrape of(String text) {
        return new Scrape(text);
    }

    /** The worker's own metrics with their types, without those of the runtime. */
    public Map<String, String> own() {
        return types.entrySet().stream()
                .filter(type -> type.getKey().startsWith("lockstep_"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The names of a metric's labels, except those that belong to the format. */
    List<String> labels(String metric) {
        return samples.stream()
                .filter(sample -> sample.name.matches(Pattern.quote(metric) + "(_bucket|_count|_sum)?"))
                .flatMap(sample -> sample.labels.keySet().stream())
                .filter(label -> !label.equals("le"))
                .distinct()
                .sorted()
                .toList();
    }

    /** The sum over all values of all labels; 0 if there are none. */
    public double sum(String sample) {
        return sum(sample, Map.of());
    }

    /** The sum over all values of all other labels; 0 if there are none. */
    public double sum(String sample, Map<String, String> labels) {
        return samples.stream()
                .filter(one -> one.name.equals(sample) && one.labels.entrySet().containsAll(labels.entrySet()))
                .mapToDouble(Sample::value)
                .sum();
    }

    /** The number of outcomes of incoming records. */
    public double outcomes() {
        return results()
                + sum("lockstep_timers_decided_total")
                + sum("lockstep_moved_total")
                + sum("lockstep_dead_letters_total");
    }

    /** The number of records in the results topic. */
    public double results() {
        return sum("lockstep_commands_total") + sum("lockstep_duplicates_total");
    }

    /** The number of records in the dead-letters topic. */
    public double deadLetters() {
        return sum("lockstep_dead_letters_total") + sum("lockstep_unprocessable_copies_total");
    }

    /** How the incoming records differ from their outcomes; empty if they match. */
    public String difference() {
        double in = sum("lockstep_records_in_total");
        return in == outcomes() ? "" : "in " + in + ", out " + outcomes() + ": " + samples;
    }

    private static Map<String, String> parsed(String text) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text == null ? "" : text);
        while (label.find()) {
            labels.put(label.group(1), label.group(2));
        }
        return labels;
    }
}
