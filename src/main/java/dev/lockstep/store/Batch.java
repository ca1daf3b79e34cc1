package dev.lockstep.store;

import dev.lockstep.outbox.Output;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A batch on its way through the transaction: which of its records are new, and what each puts out. */
final class Batch<E extends Entry> {

    private final String topicId;
    private List<E> entries;
    private E left;
    private final Map<Integer, Long> first = new TreeMap<>();
    private final Map<Integer, Long> next = new TreeMap<>();
    private final Map<E, Output> outputs = new IdentityHashMap<>();
    private final List<E> fresh = new ArrayList<>();
    private final List<E> replayed = new ArrayList<>();

    Batch(String topicId, List<E> entries) {
        this.topicId = topicId;
        this.entries = entries;
        measure();
    }

    private void measure() {
        for (E entry : entries) {
            first.putIfAbsent(entry.partition(), entry.offset());
            next.put(entry.partition(), entry.offset() + 1);
        }
    }

    /** The name of the commands topic. */
    String topic() {
        return entries.get(0).origin().topic();
    }

    String topicId() {
        return topicId;
    }

    /** The partitions of the batch, sorted: the order of the locks. */
    Integer[] partitions() {
        return next.keySet().toArray(Integer[]::new);
    }

    long first(int partition) {
        return first.get(partition);
    }

    long next(int partition) {
        return next.get(partition);
    }

    /** Tells by the locked progress which records are new, and which of the others are still to be published. */
    void classify(Map<Integer, Progress.Marks> progress) {
        for (E entry : entries) {
            Progress.Marks marks = progress.get(entry.partition());
            if (entry.offset() >= marks.applied()) {
                fresh.add(entry);
            } else if (entry.offset() >= marks.published()) {
                replayed.add(entry);
            }
        }
    }

    /** Leaves out this new record and all behind it. */
    void endBefore(E fresh) {
        end(entries.indexOf(fresh), this.fresh.indexOf(fresh));
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
            next.clear();
            measure();
        }
    }

    List<E> fresh() {
        return fresh;
    }

    List<E> replayed() {
        return replayed;
    }

    void put(E entry, Output output) {
        outputs.put(entry, output);
    }

    Output output(E entry) {
        return outputs.get(entry);
    }

    Applied<E> applied() {
        Map<Integer, List<Output>> byPartition = new TreeMap<>();
        next.keySet().forEach(partition -> byPartition.put(partition, new ArrayList<>()));
        for (E entry : entries) {
            Output output = outputs.get(entry);
            if (output != null) {
                byPartition.get(entry.partition()).add(output);
            }
        }
        List<Slice> slices = new ArrayList<>();
        byPartition.forEach((partition, outs) -> slices.add(new Slice(partition, next.get(partition), outs)));
        return new Applied<>(slices, left);
    }
}
