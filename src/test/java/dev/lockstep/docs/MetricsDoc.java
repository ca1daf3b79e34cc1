package dev.lockstep.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ops.metrics.Scrape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** docs/metrics.md, which has a line for each metric. */
public final class MetricsDoc {

    private static final String TEXT = read();
    private static final Map<String, Line> TABLE = TEXT.lines()
            .filter(line -> line.startsWith("| `lockstep_"))
            .map(line -> Stream.of(line.split("\\|")).map(String::strip).toList())
            .collect(Collectors.toMap(cells -> unquoted(cells.get(1)), cells -> new Line(cells.get(2), cells.get(3))));

    private record Line(String type, String labels) {}

    private MetricsDoc() {}

    /** Metric → type, according to the table. */
    public static Map<String, String> types() {
        return TABLE.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, line -> line.getValue().type));
    }

    /** The labels of a metric, according to the table. */
    public static List<String> labels(String metric) {
        return Pattern.compile("`(\\w+)`")
                .matcher(TABLE.get(metric).labels)
                .results()
                .map(label -> label.group(1))
                .sorted()
                .toList();
    }

    /** Whatever in the text looks like a metric or a sample of one. */
    public static List<String> mentioned() {
        return Pattern.compile("\\blockstep_\\w+")
                .matcher(TEXT)
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
    }

    /** Fails if the worker has a metric that is not in the table. */
    public static void assertDocuments(Scrape scrape) {
        assertThat(types()).containsAllEntriesOf(scrape.own());
    }

    private static String unquoted(String cell) {
        return cell.replace("`", "");
    }

    private static String read() {
        try {
            return Files.readString(Path.of("docs/metrics.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
