package dev.lockstep.faults;

import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.Code;
import dev.lockstep.model.Expected;
import dev.lockstep.model.Kind;
import dev.lockstep.model.ReferenceModel;
import dev.lockstep.model.Sent;
import dev.lockstep.render.CommandContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads the commands topic as the worker does, and has the model judge what lies there, in the order in which it lies: each
 * command in its application's own partition. Says what must come of each record. Where an application that does not exist
 * yet has its home, while the topics grow, what came of its commands tells.
 */
final class Intake {

    private final Findings findings;
    private final LongFunction<Sending> sendings;
    private final LongFunction<Integer> places;
    private final String topicId;
    private final Homes homes;
    private final ReferenceModel model = new ReferenceModel();
    private final ResultsCheck results;
    private final EventsCheck events;
    private final DeadLettersCheck deadLetters;
    private final LivesCheck lives;
    /** By number, in the order of reading: those that were neither moved nor, as far as is known, judged. */
    private final Map<Long, Arrival> away = new LinkedHashMap<>();

    /** By number: copies that were read before what they are copies of. */
    private final Map<Long, Arrival> ahead = new HashMap<>();

    /** By number: what was moved away and back, and the place between was not read yet. */
    private final Map<Long, ThereAndBack> thereAndBack = new HashMap<>();

    private final List<Out> timersOfTheWorker = new ArrayList<>();
    private final Set<Long> numbers = new HashSet<>();
    /** The offset of the last one that was moved, by the partitions from and to. */
    private final Map<List<Integer>, Long> lastMoved = new HashMap<>();

    /** Offsets of records that are passed on as they are, by partition. */
    private final Map<Integer, NavigableSet<Long>> passedOn = new ConcurrentHashMap<>();

    /** Commands of a short run, in which some of what is rarest may not occur. */
    private static final int FEW = 10_000;

    private static final int RARE = 4;

    private static final Duration ACKNOWLEDGED = Duration.ofMinutes(2);

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
            LongFunction<Integer> places,
            String topicId,
            Homes homes,
            ResultsCheck results,
            EventsCheck events,
            DeadLettersCheck deadLetters,
            LivesCheck lives) {
        this.findings = findings;
        this.sendings = sendings;
        this.places = places;
        this.topicId = topicId;
        this.homes = homes;
        this.results = results;
        this.events = events;
        this.deadLetters = deadLetters;
        this.lives = lives;
    }

    void look(ConsumerRecord<byte[], byte[]> record) {
        records++;
        Out read = new Out(record);
        boolean isOfTheWorker = read.header(Sending.HEADER) == null;
        long number = isOfTheWorker ? -1 : Long.parseLong(read.header(Sending.HEADER));
        Sending sending = isOfTheWorker ? null : sendings.apply(number);
        if (isOfTheWorker) {
            lookAtTimer(read);
        } else if (sending instanceof Sending.Command command) {
            lookAt(new Arrival(record, number, command.sent()));
        } else if (sending instanceof Sending.Forged) {
            lives.timer(read);
            if (!isKnownToBelong(record)) {
                passOn(record);
            }
        } else if (sending instanceof Sending.Unreadable) {
            unreadable++;
            passOn(record);
            deadLetters.expect(record);
        } else {
            findings.add(Breach.DIFFERING, "An aborted command appeared: " + read);
        }
        nextOffsets.put(record.partition(), record.offset() + 1);
    }

    /** It has no result. */
    private void lookAtTimer(Out timer) {
        if (Lives.TIMER.equals(timer.header("ce_type"))) {
            timersOfTheWorker.add(timer);
        } else {
            findings.add(Breach.DIFFERING, "Nobody sent this: " + timer);
        }
        lives.timer(timer);
    }

    /** A command at a place. */
    private record Arrival(ConsumerRecord<byte[], byte[]> record, long number, Sent sent) {

        boolean isInPartitionOf(Arrival other) {
            return record.partition() == other.record.partition();
        }
    }

    private record ThereAndBack(Arrival original, Arrival back) {}

    private void lookAt(Arrival arrival) {
        Arrival copy = ahead.remove(arrival.number);
        if (copy != null) {
            passOn(arrival.record);
            noteMove(arrival, copy);
            return;
        }
        ThereAndBack moves = thereAndBack.remove(arrival.number);
        if (moves != null) {
            passOn(arrival.record);
            noteMove(moves.original, arrival);
            noteMove(arrival, moves.back);
            return;
        }
        if (!numbers.add(arrival.number)) {
            settleMove(arrival);
        } else if (placeOf(arrival) != arrival.record.partition()) {
            ahead.put(arrival.number, arrival);
        }
        if (arrival.record.key() == null || isKnownToBelong(arrival.record)) {
            judge(arrival);
        } else {
            away.put(arrival.number, arrival);
            passOn(arrival.record);
        }
    }

    private boolean isKnownToBelong(ConsumerRecord<byte[], byte[]> record) {
        Integer home = homes.of(record.key());
        return home != null && home == record.partition();
    }

    /** Into which partition it was sent; its copy may be read first. */
    private int placeOf(Arrival arrival) {
        Tasks.await(ACKNOWLEDGED, () -> places.apply(arrival.number) != null);
        return places.apply(arrival.number);
    }

    /** A copy from elsewhere must be the next one due from there. */
    private void settleMove(Arrival copy) {
        Arrival original = away.remove(copy.number);
        if (original == null) {
            findings.add(Breach.DOUBLED, "Moved twice: " + new Out(copy.record));
        } else if (original.isInPartitionOf(copy)) {
            thereAndBack.put(copy.number, new ThereAndBack(original, copy));
        } else {
            noteMove(original, copy);
        }
    }

    private void noteMove(Arrival original, Arrival copy) {
        moved++;
        List<Integer> way = List.of(original.record.partition(), copy.record.partition());
        Long before = lastMoved.put(way, original.record.offset());
        if (before != null && before > original.record.offset()) {
            findings.add(Breach.OUT_OF_ORDER, "Moved after a later one: " + new Out(copy.record));
        }
    }

    /** Looks again at what may have been judged where it lies. */
    void settle() {
        for (Arrival arrival : List.copyOf(away.values())) {
            if (isKnownToBelong(arrival.record) || results.hasSeen(resultId(arrival.record))) {
                away.remove(arrival.number);
                judge(arrival);
            }
        }
    }

    /**
     * One that was judged elsewhere than where its application lives came before that existed, even when it is read only
     * now: while a growth takes effect, there are two places for such commands.
     */
    private void judge(Arrival arrival) {
        ConsumerRecord<byte[], byte[]> record = arrival.record;
        Sent sent = arrival.sent;
        boolean belongs = record.key() == null || isKnownToBelong(record);
        if (!belongs && !homes.possible(record.key()).contains(record.partition())) {
            findings.add(Breach.DIFFERING, "Judged where it does not belong: " + new Out(record));
        }
        commands++;
        if (Lives.isOne(sent.application())) {
            results.expect(resultId(record), record, sent, null, false);
            return;
        }
        boolean exists = model.revision(sent.application()) > 0;
        Expected expected = exists && !belongs && !sent.keyMismatch() ? model.applyAsOfNobody(sent) : model.apply(sent);
        count(sent, expected);
        results.expect(resultId(record), record, sent, expected, hasSeveralHomes(record.key()));
        events.expect(sent, expected);
        if (!exists && model.revision(sent.application()) > 0) {
            homes.settle(sent.application(), record.partition(), new Out(record));
        }
    }

    private boolean hasSeveralHomes(byte[] key) {
        return key != null && homes.possible(key).size() > 1;
    }

    private void passOn(ConsumerRecord<byte[], byte[]> record) {
        passedOn.computeIfAbsent(record.partition(), p -> new ConcurrentSkipListSet<>())
                .add(record.offset());
    }

    /** Up to which, from one offset to another, everything has been read here, and nothing of it is passed on as it is. */
    long unneededUpTo(int partition, long from, long to) {
        long read = Math.min(to, nextOffsets.getOrDefault(partition, 0L));
        Long passed = passedOn.getOrDefault(partition, new TreeSet<>()).ceiling(from);
        return passed == null ? read : Math.min(read, passed);
    }

    private String resultId(ConsumerRecord<byte[], byte[]> record) {
        return CommandContext.resultId(topicId, record.partition(), record.offset());
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

    /** At the end: everything that was astray must have come home, and the load must have had everything in it; a short one nearly. */
    void finish() {
        away.values()
                .forEach(arrival ->
                        findings.add(Breach.LOST, "Neither judged nor moved home: " + new Out(arrival.record)));
        thereAndBack
                .values()
                .forEach(moves -> findings.add(Breach.DOUBLED, "Moved to where it was: " + new Out(moves.back.record)));
        timersOfTheWorker.stream()
                .filter(timer -> !isKnownToBelong(timer.record()))
                .forEach(timer -> findings.add(Breach.DIFFERING, "A timer lies not at home: " + timer));
        ahead.values()
                .forEach(copy ->
                        findings.add(Breach.DIFFERING, "Nobody sent what this is a copy of: " + new Out(copy.record)));
        List<Object> missing = new ArrayList<>();
        lives.results().accepted().forEach((kind, count) -> accepted.merge(kind, count, Long::sum));
        lives.results().refused().forEach((code, count) -> refused.merge(code, count, Long::sum));
        Arrays.stream(Kind.values()).filter(kind -> !accepted.containsKey(kind)).forEach(missing::add);
        Arrays.stream(Code.values()).filter(code -> !refused.containsKey(code)).forEach(missing::add);
        lives.ends().forEach((end, count) -> {
            if (count == 0) {
                missing.add(end);
            }
        });
        long judged = Stream.concat(accepted.values().stream(), refused.values().stream())
                .mapToLong(count -> count)
                .sum();
        if (judged <= FEW && missing.size() <= RARE) {
            return;
        }
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
