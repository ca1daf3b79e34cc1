package dev.lockstep.faults;

import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.Code;
import dev.lockstep.model.Expected;
import dev.lockstep.model.Kind;
import dev.lockstep.model.ReferenceModel;
import dev.lockstep.model.Sent;
import dev.lockstep.publish.Cause;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads the commands topic as the worker does, and has the model judge what lies there, in the order in which it lies: each
 * command in its application's own partition. Says what must come of each record.
 */
final class Intake {

    private final Findings findings;
    private final LongFunction<Sending> sendings;
    private final String topicId;
    private final ReferenceModel model = new ReferenceModel();
    private final ResultsCheck results;
    private final EventsCheck events;
    private final DeadLettersCheck deadLetters;
    /** Numbers of sendings in the wrong partition, in order, by partition and home: what is still to be moved. */
    private final Map<List<Integer>, Deque<Long>> astray = new HashMap<>();

    private final Set<Long> directly = new HashSet<>();
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
            ResultsCheck results,
            EventsCheck events,
            DeadLettersCheck deadLetters) {
        this.findings = findings;
        this.sendings = sendings;
        this.topicId = topicId;
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
            lookAt(record, number, command.sent());
        } else if (sending instanceof Sending.Unreadable) {
            unreadable++;
            deadLetters.expect(record);
        } else {
            findings.add(Breach.DIFFERING, "An aborted command appeared: " + read);
        }
    }

    private void lookAt(ConsumerRecord<byte[], byte[]> record, long number, Sent sent) {
        int partition = record.partition();
        int home = record.key() == null ? partition : Load.home(record.key());
        if (home != partition) {
            astray(partition, home).add(number);
            return;
        }
        settleMove(record, number);
        commands++;
        Expected expected = model.apply(sent);
        count(sent, expected);
        results.expect(Cause.resultId(topicId, partition, record.offset()), record, sent, expected);
        events.expect(sent, expected);
    }

    /** A copy from elsewhere must be the next one due from there; what was sent here directly is due from nowhere. */
    private void settleMove(ConsumerRecord<byte[], byte[]> record, long number) {
        for (int from = 0; from < Scene.PARTITIONS; from++) {
            Deque<Long> due = astray(from, record.partition());
            if (Long.valueOf(number).equals(due.peek())) {
                due.poll();
                moved++;
                return;
            }
            if (due.contains(number)) {
                due.remove(number);
                moved++;
                findings.add(Breach.OUT_OF_ORDER, "Moved before an earlier one: " + new Out(record));
                return;
            }
        }
        if (!directly.add(number)) {
            findings.add(Breach.DOUBLED, "Moved twice: " + new Out(record));
        }
    }

    private Deque<Long> astray(int from, int home) {
        return astray.computeIfAbsent(List.of(from, home), way -> new ArrayDeque<>());
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
        astray.forEach((way, due) -> due.forEach(
                number -> findings.add(Breach.LOST, "Never moved home: number " + number + " from and to " + way)));
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
