package dev.lockstep.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** docs/operations.md, which says what to do about each reason that the health checks give. */
public final class OperationsDoc {

    private static final String TEXT = read();

    /** The first cell of each row of its tables, as patterns: … stands for anything. */
    private static final List<Pattern> REASONS = reasons(TEXT);

    private OperationsDoc() {}

    /** The first cells of a section's table. */
    public static List<Pattern> reasonsOf(String section) {
        return reasons(
                TEXT.substring(TEXT.indexOf("\n## " + section + "\n") + 1).split("\n## ")[0]);
    }

    private static List<Pattern> reasons(String text) {
        return text.lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|")[1])
                .flatMap(OperationsDoc::quoted)
                .filter(OperationsDoc::isMessage)
                .map(reason -> Pattern.compile(
                        Stream.of(reason.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*"))))
                .toList();
    }

    /** Not the name of a step, a setting or a value, which many reasons contain. */
    private static boolean isMessage(String quoted) {
        return quoted.replace("…", "").strip().contains(" ");
    }

    /** Fails when no line of the table is about this. */
    public static void assertDocuments(Throwable reason) {
        assertDocuments(reason.getMessage());
    }

    /** Fails when no line of the table is about this. */
    public static void assertDocuments(String reason) {
        assertThat(REASONS)
                .as("a line in docs/operations.md for: " + reason)
                .anyMatch(pattern -> pattern.matcher(reason).find());
    }

    /** The SQL statement in it that begins with this text. */
    public static String statement(String beginning) {
        Matcher statement = Pattern.compile("^" + Pattern.quote(beginning) + "[^;]*", Pattern.MULTILINE)
                .matcher(TEXT);
        assertThat(statement.find()).as(beginning).isTrue();
        return statement.group();
    }

    private static Stream<String> quoted(String cell) {
        return Pattern.compile("`([^`]+)`").matcher(cell).results().map(match -> match.group(1));
    }

    private static String read() {
        try {
            return Files.readString(Path.of("docs/operations.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
