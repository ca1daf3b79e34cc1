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
    private final List<E> entries;
    private final Standing standing;
    private final Map<Integer, Long> next = new TreeMap<>();
    private final Map<E, Output> outputs = new IdentityHashMap<>();
    private final List<E> fresh = new ArrayList<>();
    private final List<E> replayed = new ArrayList<>();

    Batch(String topicId, List<E> entries, Standing standing) {
        this.topicId = topicId;
        this.entries = entries;
        this.standing = standing;
        entries.forEach(entry -> next.merge(entry.partition(), entry.offset() + 1, Math::max));
    }

    String topicId() {
        return topicId;
    }

    /** The partitions of the batch, sorted: the order of the locks. */
    Integer[] partitions() {
        return next.keySet().toArray(Integer[]::new);
    }

    long next(int partition) {
        return next.get(partition);
    }

    /** Sorts the records by what the locked progress says of them. */
    void sort(Map<Integer, Progress.Marks> progress) {
        for (E entry : entries) {
            Progress.Marks marks = progress.get(entry.partition());
            long committed = standing.committed(entry.partition());
            if (entry.offset() < committed) {
                throw DataLoss.ofTopic(entry.partition(), entry.offset(), committed);
            }
            if (entry.offset() >= marks.applied()) {
                fresh.add(entry);
            } else if (entry.offset() >= marks.published()) {
                replayed.add(entry);
            }
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

    List<Slice> slices() {
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
        return slices;
    }
}
