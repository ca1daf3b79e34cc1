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
 * The partitions of which a topic refuses a record: each waits by itself, with all that comes after it, in order, until it
 * is taken or belongs to somebody else. Used on the publisher's thread; only {@link #holds} and {@link #reasons} may be
 * asked by others.
 */
final class HeldUp {

    private static final Logger LOG = Logger.getLogger(HeldUp.class);

    private record Waiting(Delivery delivery, CompletableFuture<Published> answer) {}

    /** @param waiting the refused one, and behind it what came later */
    private record Line(Deque<Waiting> waiting, Backoff backoff) {}

    private final Supplier<Backoff> backoffs;
    private final Map<Integer, Line> lines = new HashMap<>();
    private volatile Map<Integer, String> reasons = Map.of();

    HeldUp(Supplier<Backoff> backoffs) {
        this.backoffs = backoffs;
    }

    boolean holds(int partition) {
        return reasons.containsKey(partition);
    }

    /** For people; null when nothing is held up. */
    String reasons() {
        Map<Integer, String> now = reasons;
        return now.isEmpty()
                ? null
                : now.entrySet().stream()
                        .map(line -> "partition " + line.getKey() + ": " + line.getValue())
                        .collect(Collectors.joining("; "));
    }

    /** @return what becomes of it in the end */
    CompletableFuture<Published> begin(Delivery.Refused refused) {
        LOG.errorf("A partition is held up partition=%d reason=%s", refused.partition(), refused.reason());
        lines.put(refused.partition(), new Line(new ArrayDeque<>(), backoffs.get()));
        say(refused.partition(), refused.reason());
        return behind(refused.partition(), refused.rest());
    }

    /** What comes later of a partition that is held up waits too. */
    CompletableFuture<Published> behind(int partition, Delivery delivery) {
        Waiting last = new Waiting(delivery, new CompletableFuture<>());
        lines.get(partition).waiting().addLast(last);
        return last.answer();
    }

    Delivery first(int partition) {
        return lines.get(partition).waiting().getFirst().delivery();
    }

    /** The first of the line was refused once more. */
    void again(Delivery.Refused refused) {
        Deque<Waiting> waiting = lines.get(refused.partition()).waiting();
        waiting.addFirst(new Waiting(refused.rest(), waiting.removeFirst().answer()));
        say(refused.partition(), refused.reason());
    }

    /** The first of the line was published or dropped. A line of which nothing is left is none, before anybody hears. */
    void done(int partition, Published outcome) {
        Deque<Waiting> waiting = lines.get(partition).waiting();
        Waiting first = waiting.removeFirst();
        if (waiting.isEmpty()) {
            LOG.infof("A partition is no longer held up partition=%d", partition);
            lines.remove(partition);
            say(partition, null);
        }
        first.answer().complete(outcome);
    }

    long nextMillis(int partition) {
        return lines.get(partition).backoff().nextMillis();
    }

    /** Answers all: what was not published comes again. */
    void giveUp() {
        lines.values().forEach(line -> line.waiting()
                .forEach(waiting -> waiting.answer().complete(waiting.delivery().outcome(Map.of()))));
    }

    private void say(int partition, String reason) {
        Map<Integer, String> next = new TreeMap<>(reasons);
        if (reason == null) {
            next.remove(partition);
        } else {
            next.put(partition, reason);
        }
        reasons = next;
    }
}
