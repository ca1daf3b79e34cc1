package dev.lockstep.publish;

import dev.lockstep.outbox.OutRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** One publication on its way: what is still to be done, and what became of the rest. */
final class Delivery {

    private final long generation;
    private final Map<Integer, Long> committed = new HashMap<>();
    private final Set<Integer> dropped = new HashSet<>();
    private final Map<OutRecord, OutRecord> shortened = new IdentityHashMap<>();
    private final Set<OutRecord> alone = Collections.newSetFromMap(new IdentityHashMap<>());
    private List<PartitionOutput> open;
    private String unsettledGroup;

    Delivery(Publication publication) {
        this.generation = publication.generation();
        this.open = publication.partitions();
    }

    boolean isDone() {
        return open.isEmpty();
    }

    /** Gives up what is not owned any more, or was assigned anew since the batch was polled. */
    void keepOwned(Ownership.Snapshot owner) {
        keep(output -> owner.owns(output.partition(), generation) ? output : drop(output));
    }

    List<OutRecord> records() {
        List<OutRecord> records = new ArrayList<>();
        for (PartitionOutput output : open) {
            output.records().forEach(record -> records.add(shortened.getOrDefault(record, record)));
        }
        return records;
    }

    Map<TopicPartition, OffsetAndMetadata> offsets(String topic) {
        return open.stream()
                .collect(Collectors.toMap(
                        output -> new TopicPartition(topic, output.partition()),
                        output -> new OffsetAndMetadata(output.nextOffset())));
    }

    Set<Integer> partitions() {
        return open.stream().map(PartitionOutput::partition).collect(Collectors.toSet());
    }

    void allCommitted() {
        keep(this::commit);
        unsettledGroup = null;
    }

    void noneCommitted() {
        unsettledGroup = null;
    }

    /** From now on the outcome is open, until one of the other methods is told it. */
    void committingFor(String group) {
        unsettledGroup = group;
    }

    /** The group on whose behalf a commit was asked for that may or may not have happened, or null. */
    String unsettledGroup() {
        return unsettledGroup;
    }

    /** Tells the outcome of that commit by how far the group has come. */
    void settle(Map<Integer, Long> offsets) {
        keep(output -> offsets.get(output.partition()) >= output.nextOffset() ? commit(output) : output);
        unsettledGroup = null;
    }

    /** Whether a record is to have a producer batch of its own. */
    boolean isAlone(OutRecord record) {
        return alone.contains(record);
    }

    /**
     * Does something about records refused for their size. The client blames those that wait beside the large one too, so
     * at first each of them only gets a batch of its own; what is refused even so is shortened.
     *
     * @param shortening gives null for a record that must not be shortened, or no further
     * @return false when one of them cannot be helped
     */
    boolean relieve(Set<OutRecord> tooLarge, UnaryOperator<OutRecord> shortening) {
        boolean all = !tooLarge.isEmpty();
        for (PartitionOutput output : open) {
            for (OutRecord original : output.records()) {
                OutRecord current = shortened.getOrDefault(original, original);
                if (tooLarge.contains(current) && !alone.add(current)) {
                    OutRecord shorter = shortening.apply(current);
                    all &= shorter != null;
                    shortened.put(original, shorter == null ? current : shorter);
                    alone.add(shortened.get(original));
                }
            }
        }
        return all;
    }

    /** What became of it; anything still open counts as dropped. */
    Published outcome() {
        Set<Integer> notCommitted = new HashSet<>(dropped);
        notCommitted.addAll(partitions());
        return new Published(Map.copyOf(committed), Set.copyOf(notCommitted));
    }

    private PartitionOutput commit(PartitionOutput output) {
        committed.put(output.partition(), output.nextOffset());
        return null;
    }

    private PartitionOutput drop(PartitionOutput output) {
        dropped.add(output.partition());
        return null;
    }

    /** @param decision null for an output that is open no longer */
    private void keep(UnaryOperator<PartitionOutput> decision) {
        open = open.stream().map(decision).filter(output -> output != null).collect(Collectors.toList());
    }
}
