package dev.lockstep.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Runs commands through a fresh subject and a fresh model, and shrinks what makes them differ. */
public final class Judge {

    /** @param differences between the model and the subject after the last of {@code commands} */
    public record Verdict(List<Sent> commands, List<String> differences) {

        /** What a reader needs to see the fault and to make a test of it. */
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
    public Verdict firstDifference(List<Sent> commands) {
        return firstDifference(commands, new Labels());
    }

    private Verdict firstDifference(List<Sent> commands, Labels labels) {
        Subject subject = subjects.get();
        ReferenceModel model = new ReferenceModel();
        Chronicle chronicle = new Chronicle();
        List<Sent> done = new ArrayList<>();
        for (Sent command : commands) {
            Sent sent = labels.renamed(command, model);
            done.add(sent);
            List<String> differences = step(subject, model, chronicle, sent);
            if (!differences.isEmpty()) {
                return new Verdict(done, differences);
            }
            labels.learn(sent, model);
        }
        return null;
    }

    /** Leaves out commands, half of them at a time down to single ones, as long as some difference remains. */
    public Verdict shrink(Verdict verdict) {
        Labels labels = new Labels();
        firstDifference(verdict.commands(), labels);
        Verdict smallest = verdict;
        int chunk = Math.max(1, verdict.commands.size() / 2);
        while (true) {
            Verdict smaller = dropChunks(smallest, chunk, labels);
            boolean stuck = smaller.commands.size() == smallest.commands.size();
            smallest = smaller;
            if (stuck && chunk == 1) {
                return smallest;
            }
            chunk = Math.max(1, stuck ? chunk / 2 : chunk);
        }
    }

    private Verdict dropChunks(Verdict verdict, int chunk, Labels labels) {
        Verdict smallest = verdict;
        for (int from = 0; from < smallest.commands.size(); ) {
            List<Sent> fewer = new ArrayList<>(smallest.commands.subList(0, from));
            int to = Math.min(from + chunk, smallest.commands.size());
            fewer.addAll(smallest.commands.subList(to, smallest.commands.size()));
            Verdict still = firstDifference(fewer, labels);
            if (still == null) {
                from += chunk;
            } else {
                smallest = still;
            }
        }
        return smallest;
    }

    private static List<String> step(Subject subject, ReferenceModel model, Chronicle chronicle, Sent sent) {
        Expected expected = model.apply(sent);
        Subject.Actual actual = subject.apply(sent);
        List<String> differences = new ArrayList<>();
        actual.events().forEach(event -> differences.addAll(chronicle.record(event)));
        differences.addAll(Comparison.result(sent, expected, actual.result(), false, chronicle));
        differences.addAll(Comparison.events(sent, expected, actual.events(), chronicle));
        differences.addAll(Comparison.correlations(sent, expected, actual.correlations()));
        int deadLetters = expected.answer() == Expected.Answer.DEAD_LETTER ? 1 : 0;
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
