package dev.lockstep.faults;

import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.Code;
import dev.lockstep.model.Expected;
import dev.lockstep.model.Kind;
import dev.lockstep.model.ReferenceModel;
import dev.lockstep.model.Sent;
import dev.lockstep.publish.Cause;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads the commands topic as the worker does, and has the model judge what lies there, in the order in which it lies: each
 * command in its application's own partition. Says what must come of each record. While the topics grow, what came of it
 * tells whether an application that does not exist yet has its home there.
 */
final class Intake {

    private final Findings findings;
    private final LongFunction<Sending> sendings;
    private final String topicId;
    private final Homes homes;
    private final ReferenceModel model = new ReferenceModel();
    private final ResultsCheck results;
    private final EventsCheck events;
    private final DeadLettersCheck deadLetters;
    /** By number, in the order of reading: those in the wrong partition, or in one that may turn out to be. */
    private final Map<Long, Arrival> away = new LinkedHashMap<>();

    private final Set<Long> numbers = new HashSet<>();
    private final Map<Kind, Long> accepted = new EnumMap<>(Kind.class);
    private final Map<Code, Long> refused = new EnumMap<>(Code.class);
    private final Map<Integer, Long> nextOffsets = new ConcurrentHashMap<>();
    private long records;
    private long commands;
    private long repeated;
    private long unreadable;
    private long moved;

    Intake(
            Findings findings,
            LongFunction<Sending> sendings,
            String topicId,
            Homes homes,
            ResultsCheck results,
            EventsCheck events,
            DeadLettersCheck deadLetters) {
        this.findings = findings;
        this.sendings = sendings;
        this.topicId = topicId;
        this.homes = homes;
        this.results = results;
        this.events = events;
        this.deadLetters = deadLetters;
    }

    void look(ConsumerRecord<byte[], byte[]> record) {
        records++;
        nextOffsets.put(record.partition(), record.offset() + 1);
        Out read = new Out(record);
        long number = Long.parseLong(read.header(Sending.HEADER));
        Sending sending = sendings.apply(number);
        if (sending instanceof Sending.Command command) {
            lookAt(new Arrival(record, number, command.sent(), dueAt(record)));
        } else if (sending instanceof Sending.Unreadable) {
            unreadable++;
            deadLetters.expect(record);
        } else {
            findings.add(Breach.DIFFERING, "An aborted command appeared: " + read);
        }
    }

    /**
     * A command at a place.
     *
     * @param due the partitions that may be its home, as far as is known when it is read
     */
    private record Arrival(ConsumerRecord<byte[], byte[]> record, long number, Sent sent, Set<Integer> due) {

        int partition() {
            return record.partition();
        }

        /** Whether it has to be moved, and this is where. */
        boolean isDueAt(int home) {
            return due.equals(Set.of(home));
        }
    }

    private Set<Integer> dueAt(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? Set.of(record.partition()) : homes.of(record.key());
    }

    private void lookAt(Arrival arrival) {
        if (!numbers.add(arrival.number)) {
            settleMove(arrival);
        }
        if (arrival.isDueAt(arrival.partition())) {
            judge(arrival, false);
        } else {
            away.put(arrival.number, arrival);
        }
    }

    /** A copy from elsewhere must be the next one due from there. */
    private void settleMove(Arrival copy) {
        Arrival original = away.get(copy.number);
        if (original == null) {
            findings.add(Breach.DOUBLED, "Moved twice: " + new Out(copy.record));
            return;
        }
        int home = copy.partition();
        boolean isFirst = away.values().stream()
                .takeWhile(earlier -> earlier != original)
                .noneMatch(earlier ->
                        earlier.partition() == original.partition() && earlier.isDueAt(home) && original.isDueAt(home));
        if (!isFirst) {
            findings.add(Breach.OUT_OF_ORDER, "Moved before an earlier one: " + new Out(copy.record));
        }
        away.remove(copy.number);
        moved++;
    }

    /** Looks again at what may have been judged where it lies. */
    void settle() {
        for (Arrival arrival : List.copyOf(away.values())) {
            boolean isHome = dueAt(arrival.record).equals(Set.of(arrival.partition()));
            if (isHome || results.hasSeen(resultId(arrival.record))) {
                away.remove(arrival.number);
                judge(arrival, !isHome);
            }
        }
    }

    /** @param asOfNobody it was judged although its application lives elsewhere: it must have been before that existed */
    private void judge(Arrival arrival, boolean asOfNobody) {
        ConsumerRecord<byte[], byte[]> record = arrival.record;
        Sent sent = arrival.sent;
        if (asOfNobody && !homes.possible(record.key()).contains(record.partition())) {
            findings.add(Breach.DIFFERING, "Judged where it does not belong: " + new Out(record));
        }
        commands++;
        boolean exists = model.revision(sent.application()) > 0;
        Expected expected = asOfNobody && exists ? model.applyAsOfNobody(sent) : model.apply(sent);
        count(sent, expected);
        results.expect(resultId(record), record, sent, expected);
        events.expect(sent, expected);
        if (!exists && model.revision(sent.application()) > 0) {
            homes.settle(sent.application(), record.partition(), new Out(record));
        }
    }

    private String resultId(ConsumerRecord<byte[], byte[]> record) {
        return Cause.resultId(topicId, record.partition(), record.offset());
    }

    private void count(Sent sent, Expected expected) {
        if (expected.duplicate()) {
            repeated++;
        } else if (expected.code() != null) {
            refused.merge(expected.code(), 1L, Long::sum);
        } else {
            accepted.merge(sent.kind(), 1L, Long::sum);
        }
    }

    /** At the end: everything that was astray must have come home, and the load must have had everything in it. */
    void finish() {
        away.values()
                .forEach(arrival -> findings.add(
                        Breach.LOST,
                        "Neither judged nor moved home: " + new Out(arrival.record) + " to " + arrival.due));
        List<Object> missing = new ArrayList<>();
        Arrays.stream(Kind.values()).filter(kind -> !accepted.containsKey(kind)).forEach(missing::add);
        Arrays.stream(Code.values()).filter(code -> !refused.containsKey(code)).forEach(missing::add);
        if (!missing.isEmpty()) {
            findings.add(Breach.DIFFERING, "The load had none of " + missing);
        }
    }

    /** Behind the last command of each partition. */
    Map<Integer, Long> nextOffsets() {
        return nextOffsets;
    }

    ReferenceModel model() {
        return model;
    }

    /** Records of the topic, moved ones counted twice. */
    long records() {
        return records;
    }

    long commands() {
        return commands;
    }

    /** Commands that repeat an earlier one. */
    long repeated() {
        return repeated;
    }

    long unreadable() {
        return unreadable;
    }

    long moved() {
        return moved;
    }
}
