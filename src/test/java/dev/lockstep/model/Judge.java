package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs commands through a fresh subject and a fresh model, and shrinks sequences that make them differ. */
public final class Judge {

    private static final Pattern POINTER = Pattern.compile(" /[A-Za-z/]*");

    /** @param differences between the model and the subject after the last of {@code commands} */
    public record Verdict(List<SentCommand> commands, List<String> differences) {

        /** What was compared, regardless of the application, the revision or the command. */
        private String kind() {
            String first = differences.get(0);
            Matcher pointer = POINTER.matcher(first);
            return first.substring(0, first.indexOf(' ')) + (pointer.find() ? pointer.group() : "");
        }

        /** What a reader needs to understand the fault and to write a test for it. */
        public String describe(long seed) {
            StringBuilder text = new StringBuilder("seed " + seed + ", shrunk to " + commands.size() + " commands:\n");
            commands.forEach(sent -> text.append("  ")
                    .append(sent.at())
                    .append(sent.valid() ? " " : " (invalid) ")
                    .append("key=")
                    .append(sent.recordKey())
                    .append(' ')
                    .append(Wire.envelope(sent))
                    .append('\n'));
            differences.forEach(
                    difference -> text.append("- ").append(difference).append('\n'));
            return text.toString();
        }
    }

    private final Supplier<Subject> subjects;

    public Judge(Supplier<Subject> subjects) {
        this.subjects = subjects;
    }

    /** The commands up to the first difference, null if there is none. */
    public Verdict firstDifference(List<SentCommand> commands) {
        return firstDifference(commands, Labels.NONE);
    }

    private Verdict firstDifference(List<SentCommand> commands, Labels labels) {
        Subject subject = subjects.get();
        ReferenceModel model = new ReferenceModel();
        EventLog chronicle = new EventLog();
        List<SentCommand> done = new ArrayList<>();
        for (SentCommand command : commands) {
            SentCommand sent = labels.renamed(command, model);
            done.add(sent);
            List<String> differences = step(subject, model, chronicle, sent);
            if (!differences.isEmpty()) {
                return new Verdict(done, differences);
            }
        }
        return null;
    }

    /** Leaves out commands, from half of them at a time down to single ones, as long as a difference of the same kind remains. */
    public Verdict shrink(Verdict verdict) {
        Labels labels = Labels.of(verdict.commands());
        List<SentCommand> smallest = verdict.commands();
        List<SentCommand> free = smallest.stream().map(Judge::withoutRevision).toList();
        Verdict same = firstDifference(free, labels);
        if (same != null && same.kind().equals(verdict.kind())) {
            smallest = free.subList(0, same.commands().size());
        }
        int chunk = Math.max(1, smallest.size() / 2);
        while (true) {
            List<SentCommand> smaller = dropChunks(smallest, chunk, labels, verdict.kind());
            boolean stuck = smaller.size() == smallest.size();
            smallest = smaller;
            if (stuck && chunk == 1) {
                return firstDifference(smallest, labels);
            }
            chunk = Math.max(1, stuck ? chunk / 2 : chunk);
        }
    }

    /** Without the expected revision, which would change when commands are left out. */
    private static SentCommand withoutRevision(SentCommand sent) {
        if (!sent.data().isObject()) {
            return sent;
        }
        ObjectNode data = sent.data().deepCopy();
        data.remove("expectedRevision");
        return sent.with(data);
    }

    private List<SentCommand> dropChunks(List<SentCommand> commands, int chunk, Labels labels, String kind) {
        List<SentCommand> smallest = commands;
        for (int from = 0; from < smallest.size(); ) {
            List<SentCommand> fewer = new ArrayList<>(smallest.subList(0, from));
            int to = Math.min(from + chunk, smallest.size());
            fewer.addAll(smallest.subList(to, smallest.size()));
            Verdict still = firstDifference(fewer, labels);
            if (still == null || !still.kind().equals(kind)) {
                from += chunk;
            } else {
                smallest = fewer.subList(0, still.commands().size());
            }
        }
        return smallest;
    }

    private static List<String> step(Subject subject, ReferenceModel model, EventLog chronicle, SentCommand sent) {
        ExpectedOutcome expected = model.apply(sent);
        Subject.Actual actual = subject.apply(sent);
        List<String> differences = new ArrayList<>();
        actual.events().forEach(event -> differences.addAll(chronicle.record(event)));
        differences.addAll(Comparison.result(sent, expected, actual.result(), false, chronicle));
        differences.addAll(Comparison.events(sent, expected, actual.events(), chronicle));
        differences.addAll(Comparison.correlations(sent, expected, actual.correlations()));
        int deadLetters = expected.answer() == ExpectedOutcome.Response.DEAD_LETTER ? 1 : 0;
        if (actual.deadLetters() != deadLetters) {
            differences.add("dead letters: expected " + deadLetters + ", were " + actual.deadLetters());
        }
        String application = sent.application();
        if (application != null) {
            differences.addAll(
                    StatusComparison.application(model, application, subject.published(application), chronicle));
        }
        return differences;
    }
}
