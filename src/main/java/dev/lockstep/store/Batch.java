package dev.lockstep.store;

import dev.lockstep.outbox.Gap;
import dev.lockstep.outbox.Output;
import dev.lockstep.outbox.Pages;
import dev.lockstep.outbox.Standing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A batch on its way through the transaction: which of its records are new, what each puts out, and what is stored for those
 * before them.
 */
final class Batch<E extends Entry> {

    private final String topicId;
    private final Map<Integer, Standing> standings;
    private final Set<Integer> withoutRecords;
    private List<E> entries;
    private E left;
    private boolean isLeftAlone;
    private final Map<Integer, E> first = new HashMap<>();
    private final Map<Integer, E> last = new HashMap<>();
    private final Map<Integer, Progress.Marks> marks = new HashMap<>();
    private final Map<E, Output> outputs = new IdentityHashMap<>();
    private final Map<Integer, NavigableMap<Long, Output>> stored = new HashMap<>();
    private final List<E> fresh = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();

    /** @param standings of the partitions of all entries; those of others were just assigned, and no record of them came yet */
    Batch(String topicId, List<E> entries, Map<Integer, Standing> standings) {
        this.topicId = topicId;
        this.entries = entries;
        this.standings = standings;
        measure();
        withoutRecords = standings.keySet().stream()
                .filter(partition -> !last.containsKey(partition))
                .collect(Collectors.toSet());
    }

    private void measure() {
        first.clear();
        last.clear();
        for (E entry : entries) {
            first.putIfAbsent(entry.partition(), entry);
            last.put(entry.partition(), entry);
        }
    }

    /** The name of the commands topic; null when there are no records. */
    String topic() {
        return entries.isEmpty() ? null : entries.get(0).origin().topic();
    }

    String topicId() {
        return topicId;
    }

    Standing standing(int partition) {
        return standings.get(partition);
    }

    /** The partitions of the batch, sorted: the order of the locks. */
    Integer[] partitions() {
        Set<Integer> partitions = new TreeSet<>(withoutRecords);
        partitions.addAll(last.keySet());
        return partitions.toArray(Integer[]::new);
    }

    /** The first offset; a number that no offset reaches when there is no record of the partition. */
    long first(int partition) {
        return first.containsKey(partition) ? first.get(partition).offset() : Long.MAX_VALUE;
    }

    /** Up to which all is handed out with this batch: without records, what lies below those that may still come. */
    long next(int partition) {
        if (last.containsKey(partition)) {
            return last.get(partition).offset() + 1;
        }
        Progress.Marks mark = marks.get(partition);
        Standing standing = standing(partition);
        return standing.isFresh()
                ? Math.max(mark.handedOut(), Math.min(mark.applied(), Math.max(mark.begin(), standing.read())))
                : mark.handedOut();
    }

    /** Up to which the partition is applied with this batch. */
    long applied(int partition) {
        long applied = marks.get(partition).applied();
        return last.containsKey(partition)
                ? Math.max(applied, last.get(partition).offset() + 1)
                : applied;
    }

    /** Tells by the locked progress which records are new. */
    void classify(Map<Integer, Progress.Marks> progress) {
        marks.putAll(progress);
        for (E entry : entries) {
            if (entry.offset() >= marks.get(entry.partition()).applied()) {
                fresh.add(entry);
            }
        }
    }

    /** Offsets {@code from} one to before another. */
    record Range(long from, long to) {

        boolean contains(long offset) {
            return from <= offset && offset < to;
        }
    }

    /** The offsets that were applied before and whose outputs are still to be handed out, by partition; mostly none. */
    Map<Integer, Range> missing() {
        Map<Integer, Range> missing = new TreeMap<>();
        marks.forEach((partition, mark) -> {
            Range range = new Range(mark.handedOut(), Math.min(mark.applied(), next(partition)));
            if (range.from < range.to) {
                missing.put(partition, range);
            }
        });
        return missing;
    }

    /** Leaves out this new record and all behind it. */
    void endBefore(E fresh) {
        end(entries.indexOf(fresh), this.fresh.indexOf(fresh));
    }

    /** The same, and lets this one come without the others. */
    void endBeforeOneAlone(E fresh) {
        endBefore(fresh);
        isLeftAlone = true;
    }

    boolean isOnly(E entry) {
        return entries.size() == 1 && entries.get(0) == entry;
    }

    /** Leaves out all behind this new record. */
    void endBehind(E fresh) {
        end(entries.indexOf(fresh) + 1, this.fresh.indexOf(fresh) + 1);
    }

    private void end(int size, int freshOnes) {
        if (size < entries.size()) {
            left = entries.get(size);
            entries = entries.subList(0, size);
            fresh.subList(freshOnes, fresh.size()).clear();
            measure();
        }
    }

    List<E> entries() {
        return entries;
    }

    List<E> fresh() {
        return fresh;
    }

    void put(E entry, Output output) {
        outputs.put(entry, output);
    }

    /** Adds what was stored for a record that was applied before. */
    void putStored(int partition, Output output) {
        stored.computeIfAbsent(partition, p -> new TreeMap<>()).put(output.offset(), output);
    }

    /** Adds what is stored in pages behind that. */
    void putStored(int partition, long offset, Pages more) {
        stored.getOrDefault(partition, new TreeMap<>()).computeIfPresent(offset, (o, output) -> output.with(more));
    }

    Output output(E entry) {
        return outputs.get(entry);
    }

    void note(Gap gap) {
        gaps.add(gap);
    }

    Applied<E> applied() {
        Map<Integer, List<Output>> byPartition = new TreeMap<>();
        for (int partition : partitions()) {
            byPartition.put(
                    partition,
                    new ArrayList<>(stored.getOrDefault(partition, new TreeMap<>())
                            .headMap(next(partition))
                            .values()));
        }
        fresh.forEach(entry -> byPartition.get(entry.partition()).add(outputs.get(entry)));
        noteWhatDidNotCome();
        List<Slice> slices = new ArrayList<>();
        byPartition.forEach((partition, outs) -> slices.add(slice(partition, outs)));
        return new Applied<>(slices, left, isLeftAlone, List.copyOf(gaps));
    }

    private Slice slice(int partition, List<Output> outs) {
        E end = last.get(partition);
        Integer leaderEpoch = end == null ? null : end.origin().leaderEpoch().orElse(null);
        long begin = marks.get(partition).begin();
        return new Slice(
                partition,
                next(partition),
                leaderEpoch,
                applied(partition),
                end != null,
                begin == standing(partition).resume() ? null : begin,
                outs);
    }

    /** Where offsets are missing before a new record, and where the first record lies beyond what is applied. */
    private void noteWhatDidNotCome() {
        Map<Integer, Long> expected = new HashMap<>();
        for (int partition : partitions()) {
            expected.put(partition, expected(partition));
        }
        for (E entry : fresh) {
            long before = expected.put(entry.partition(), entry.offset() + 1);
            if (before < entry.offset()) {
                gaps.add(gap(entry.partition(), before, entry.offset()));
            }
        }
        for (int partition : withoutRecords) {
            if (standing(partition).isFresh() && isMoreThanAMarkerGone(standing(partition), expected.get(partition))) {
                gaps.add(gap(partition, expected.get(partition), Long.MAX_VALUE));
            }
        }
    }

    /** A log that ends with a transaction begins behind its marker when all of it was deleted. */
    private static boolean isMoreThanAMarkerGone(Standing standing, long expected) {
        return standing.start() > expected + (standing.start() == standing.end() ? 1 : 0);
    }

    /** The next new offset. What a partition that is new to the worker lost before is not missed. */
    private long expected(int partition) {
        long applied = marks.get(partition).applied();
        Standing standing = standing(partition);
        return applied == 0 && standing.committed() == null ? standing.start() : applied;
    }

    private static Gap gap(int partition, long from, long to) {
        return new Gap(Gap.Cause.NOTHING_CAME, partition, from, to, to - from);
    }
}
