package dev.lockstep.faults;

import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.ExpectedOutcome;
import dev.lockstep.model.ExpectedRefusal;
import dev.lockstep.model.ReferenceModel;
import dev.lockstep.model.SentCommand;
import dev.lockstep.render.Cause;
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
 * Reads the commands topic as the worker does, and has the model judge what is there, in order: each
 * command in its application's own partition. Says what must result from each record. Where an application that does not exist
 * yet has its home, while the topics grow, is inferred from the output of its commands.
 */
final class CommandsCheck {

    private final Findings findings;
    private final LongFunction<SentRecord> sendings;
    private final LongFunction<Integer> places;
    private final String topicId;
    private final ObservedHomes homes;
    private final ReferenceModel model = new ReferenceModel();
    private final ResultsCheck results;
    private final EventsCheck events;
    private final DeadLettersCheck deadLetters;
    private final DeploymentLoadCheck deployments;
    /** By number, in the order of reading: commands that have been neither moved nor, as far as is known, judged. */
    private final Map<Long, Arrival> notMovedYet = new LinkedHashMap<>();

    /** By number: copies that were read before their originals. */
    private final Map<Long, Arrival> copiesReadEarly = new HashMap<>();

    /** By number: commands that were moved away and back, where the place in between has not been read yet. */
    private final Map<Long, ThereAndBack> thereAndBack = new HashMap<>();

    private final List<ConsumedRecord> timersOfTheWorker = new ArrayList<>();
    private final Set<Long> numbers = new HashSet<>();
    /** The offset of the last moved command, by source and target partition. */
    private final Map<List<Integer>, Long> lastMoved = new HashMap<>();

    /** Offsets of records that are forwarded unchanged, by partition. */
    private final Map<Integer, NavigableSet<Long>> forwarded = new ConcurrentHashMap<>();

    /** Fewer commands make a short run, in which some of the rarest cases may not occur. */
    private static final int FEW = 10_000;

    private static final int RARE = 4;

    private static final Duration ACKNOWLEDGED = Duration.ofMinutes(2);

    private final Map<CommandKind, Long> accepted = new EnumMap<>(CommandKind.class);
    private final Map<ExpectedRefusal, Long> refused = new EnumMap<>(ExpectedRefusal.class);
    private final Map<Integer, Long> nextOffsets = new ConcurrentHashMap<>();
    private long records;
    private long commands;
    private long repeated;
    private long unreadable;
    private long moved;

    CommandsCheck(
            Findings findings,
            LongFunction<SentRecord> sendings,
            LongFunction<Integer> places,
            String topicId,
            ObservedHomes homes,
            ResultsCheck results,
            EventsCheck events,
            DeadLettersCheck deadLetters,
            DeploymentLoadCheck deployments) {
        this.findings = findings;
        this.sendings = sendings;
        this.places = places;
        this.topicId = topicId;
        this.homes = homes;
        this.results = results;
        this.events = events;
        this.deadLetters = deadLetters;
        this.deployments = deployments;
    }

    void look(ConsumerRecord<byte[], byte[]> record) {
        records++;
        ConsumedRecord read = new ConsumedRecord(record);
        boolean isOfTheWorker = read.header(SentRecord.HEADER) == null;
        long number = isOfTheWorker ? -1 : Long.parseLong(read.header(SentRecord.HEADER));
        SentRecord sending = isOfTheWorker ? null : sendings.apply(number);
        if (isOfTheWorker) {
            lookAtTimer(read);
        } else if (sending instanceof SentRecord.Command command) {
            lookAt(new Arrival(record, number, command.sent()));
        } else if (sending instanceof SentRecord.Forged) {
            deployments.timer(read);
            if (!isKnownToBelong(record)) {
                expectForwarded(record);
            }
        } else if (sending instanceof SentRecord.Unreadable) {
            unreadable++;
            expectForwarded(record);
            deadLetters.expect(record);
        } else {
            findings.add(Breach.DIFFERING, "An aborted command appeared: " + read);
        }
        nextOffsets.put(record.partition(), record.offset() + 1);
    }

    /** A timer has no result. */
    private void lookAtTimer(ConsumedRecord timer) {
        if (DeploymentLoad.TIMER.equals(timer.header("ce_type"))) {
            timersOfTheWorker.add(timer);
        } else {
            findings.add(Breach.DIFFERING, "Nobody sent this: " + timer);
        }
        deployments.timer(timer);
    }

    /** A command at a position in the topic. */
    private record Arrival(ConsumerRecord<byte[], byte[]> record, long number, SentCommand sent) {

        boolean isInPartitionOf(Arrival other) {
            return record.partition() == other.record.partition();
        }
    }

    private record ThereAndBack(Arrival original, Arrival back) {}

    private void lookAt(Arrival arrival) {
        Arrival copy = copiesReadEarly.remove(arrival.number);
        if (copy != null) {
            expectForwarded(arrival.record);
            noteMove(arrival, copy);
            return;
        }
        ThereAndBack moves = thereAndBack.remove(arrival.number);
        if (moves != null) {
            expectForwarded(arrival.record);
            noteMove(moves.original, arrival);
            noteMove(arrival, moves.back);
            return;
        }
        if (!numbers.add(arrival.number)) {
            settleMove(arrival);
        } else if (placeOf(arrival) != arrival.record.partition()) {
            copiesReadEarly.put(arrival.number, arrival);
        }
        if (arrival.record.key() == null || isKnownToBelong(arrival.record)) {
            judge(arrival);
        } else {
            notMovedYet.put(arrival.number, arrival);
            expectForwarded(arrival.record);
        }
    }

    private boolean isKnownToBelong(ConsumerRecord<byte[], byte[]> record) {
        Integer home = homes.of(record.key());
        return home != null && home == record.partition();
    }

    /** The partition into which it was sent; its copy may be read first. */
    private int placeOf(Arrival arrival) {
        Tasks.await(ACKNOWLEDGED, () -> places.apply(arrival.number) != null);
        return places.apply(arrival.number);
    }

    /** A copy from another partition must be the next one due from there. */
    private void settleMove(Arrival copy) {
        Arrival original = notMovedYet.remove(copy.number);
        if (original == null) {
            findings.add(Breach.DOUBLED, "Moved twice: " + new ConsumedRecord(copy.record));
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
            findings.add(Breach.OUT_OF_ORDER, "Moved after a later one: " + new ConsumedRecord(copy.record));
        }
    }

    /** Re-examines what may have been judged where it is. */
    void settle() {
        for (Arrival arrival : List.copyOf(notMovedYet.values())) {
            if (isKnownToBelong(arrival.record) || results.hasSeen(resultId(arrival.record))) {
                notMovedYet.remove(arrival.number);
                judge(arrival);
            }
        }
    }

    /**
     * A command judged elsewhere than in its application's home came before the application existed, even if it is read only
     * now: while a growth takes effect, there are two possible places for such commands.
     */
    private void judge(Arrival arrival) {
        ConsumerRecord<byte[], byte[]> record = arrival.record;
        SentCommand sent = arrival.sent;
        boolean belongs = record.key() == null || isKnownToBelong(record);
        if (!belongs && !homes.possible(record.key()).contains(record.partition())) {
            findings.add(Breach.DIFFERING, "Judged where it does not belong: " + new ConsumedRecord(record));
        }
        commands++;
        if (DeploymentLoad.isOne(sent.application())) {
            results.expect(resultId(record), record, sent, null, false);
            return;
        }
        boolean exists = model.revision(sent.application()) > 0;
        ExpectedOutcome expected =
                exists && !belongs && !sent.keyMismatch() ? model.applyAsOfNobody(sent) : model.apply(sent);
        count(sent, expected);
        results.expect(resultId(record), record, sent, expected, hasSeveralHomes(record.key()));
        events.expect(sent, expected);
        if (!exists && model.revision(sent.application()) > 0) {
            homes.settle(sent.application(), record.partition(), new ConsumedRecord(record));
        }
    }

    private boolean hasSeveralHomes(byte[] key) {
        return key != null && homes.possible(key).size() > 1;
    }

    private void expectForwarded(ConsumerRecord<byte[], byte[]> record) {
        forwarded
                .computeIfAbsent(record.partition(), p -> new ConcurrentSkipListSet<>())
                .add(record.offset());
    }

    /** The offset, between two others, up to which everything has been read here and nothing is forwarded unchanged. */
    long unneededUpTo(int partition, long from, long to) {
        long read = Math.min(to, nextOffsets.getOrDefault(partition, 0L));
        Long passed = forwarded.getOrDefault(partition, new TreeSet<>()).ceiling(from);
        return passed == null ? read : Math.min(read, passed);
    }

    private String resultId(ConsumerRecord<byte[], byte[]> record) {
        return Cause.resultId(topicId, record.partition(), record.offset());
    }

    private void count(SentCommand sent, ExpectedOutcome expected) {
        if (expected.duplicate()) {
            repeated++;
        } else if (expected.code() != null) {
            refused.merge(expected.code(), 1L, Long::sum);
        } else {
            accepted.merge(sent.kind(), 1L, Long::sum);
        }
    }

    /** At the end, everything astray must have come home, and the load must have contained everything; a short one nearly. */
    void finish() {
        notMovedYet
                .values()
                .forEach(arrival -> findings.add(
                        Breach.LOST, "Neither judged nor moved home: " + new ConsumedRecord(arrival.record)));
        thereAndBack
                .values()
                .forEach(moves -> findings.add(
                        Breach.DOUBLED, "Moved to where it was: " + new ConsumedRecord(moves.back.record)));
        timersOfTheWorker.stream()
                .filter(timer -> !isKnownToBelong(timer.record()))
                .forEach(timer -> findings.add(Breach.DIFFERING, "A timer lies not at home: " + timer));
        copiesReadEarly
                .values()
                .forEach(copy -> findings.add(
                        Breach.DIFFERING, "Nobody sent what this is a copy of: " + new ConsumedRecord(copy.record)));
        List<Object> missing = new ArrayList<>();
        deployments.results().accepted().forEach((kind, count) -> accepted.merge(kind, count, Long::sum));
        deployments.results().refused().forEach((code, count) -> refused.merge(code, count, Long::sum));
        Arrays.stream(CommandKind.values())
                .filter(kind -> !accepted.containsKey(kind))
                .forEach(missing::add);
        Arrays.stream(ExpectedRefusal.values())
                .filter(code -> !refused.containsKey(code))
                .forEach(missing::add);
        deployments.ends().forEach((end, count) -> {
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

    /** The offsets after the last command of each partition. */
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
