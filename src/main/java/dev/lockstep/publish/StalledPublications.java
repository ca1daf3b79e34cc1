package dev.lockstep.publish;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The partitions of which a topic refuses a record, or of which something is on its way that takes long: each waits by
 * itself, with all that comes after it, in order, until the topic takes it or the partition is no longer owned. Used on the
 * publisher's thread; only {@link #holds} and {@link #reasons} may be asked by others.
 */
final class StalledPublications {

    private static final Logger LOG = Logger.getLogger(StalledPublications.class);

    private static final String NOTHING_WRONG = "";

    private record Waiting(PublicationAttempt attempt, CompletableFuture<PublishOutcome> answer) {}

    /** @param waiting the one that holds it up, and behind it what came later */
    private record Line(Deque<Waiting> waiting, Backoff backoff) {}

    private final Supplier<Backoff> backoffs;
    private final Map<Integer, Line> lines = new HashMap<>();
    private volatile Map<Integer, String> reasons = Map.of();

    StalledPublications(Supplier<Backoff> backoffs) {
        this.backoffs = backoffs;
    }

    boolean holds(int partition) {
        return reasons.containsKey(partition);
    }

    /** For people; null when nothing is refused. */
    String reasons() {
        String said = reasons.entrySet().stream()
                .filter(line -> !line.getValue().equals(NOTHING_WRONG))
                .map(line -> "partition " + line.getKey() + ": " + line.getValue())
                .collect(Collectors.joining("; "));
        return said.isEmpty() ? null : said;
    }

    /** @return what becomes of it in the end */
    CompletableFuture<PublishOutcome> begin(PublicationAttempt.Refused refused) {
        CompletableFuture<PublishOutcome> answer = begin(refused.partition(), refused.rest());
        say(refused);
        return answer;
    }

    /** The same for one with which nothing is wrong: it takes long. */
    CompletableFuture<PublishOutcome> begin(int partition, PublicationAttempt attempt) {
        lines.put(partition, new Line(new ArrayDeque<>(), backoffs.get()));
        tell(partition, NOTHING_WRONG);
        return behind(partition, attempt);
    }

    /** What comes later of a partition that is held up waits too. */
    CompletableFuture<PublishOutcome> behind(int partition, PublicationAttempt attempt) {
        Waiting last = new Waiting(attempt, new CompletableFuture<>());
        lines.get(partition).waiting().addLast(last);
        return last.answer();
    }

    PublicationAttempt first(int partition) {
        return lines.get(partition).waiting().getFirst().attempt();
    }

    /** The first of the line was refused, maybe once more. */
    void again(PublicationAttempt.Refused refused) {
        Deque<Waiting> waiting = lines.get(refused.partition()).waiting();
        waiting.addFirst(new Waiting(refused.rest(), waiting.removeFirst().answer()));
        say(refused);
    }

    /** The first of the line was published or dropped. An empty line is removed before anybody is told. */
    void done(int partition, PublishOutcome outcome) {
        Deque<Waiting> waiting = lines.get(partition).waiting();
        Waiting first = waiting.removeFirst();
        if (waiting.isEmpty()) {
            lines.remove(partition);
        }
        if (!NOTHING_WRONG.equals(tell(partition, waiting.isEmpty() ? null : NOTHING_WRONG))) {
            LOG.infof("A partition is unblocked partition=%d", partition);
        }
        first.answer().complete(outcome);
    }

    long nextMillis(int partition) {
        return lines.get(partition).backoff().nextMillis();
    }

    /** Answers all: what was not published comes again. */
    void giveUp() {
        lines.values().forEach(line -> line.waiting()
                .forEach(waiting -> waiting.answer().complete(waiting.attempt().outcome(Map.of()))));
    }

    private void say(PublicationAttempt.Refused refused) {
        if (NOTHING_WRONG.equals(tell(refused.partition(), refused.reason()))) {
            LOG.errorf("A partition is blocked partition=%d reason=%s", refused.partition(), refused.reason());
        }
    }

    /**
     * @param reason null for a partition that is held up no longer
     * @return what was told before, or null
     */
    private String tell(int partition, String reason) {
        Map<Integer, String> next = new TreeMap<>(reasons);
        String before = reason == null ? next.remove(partition) : next.put(partition, reason);
        reasons = next;
        return before;
    }
}
