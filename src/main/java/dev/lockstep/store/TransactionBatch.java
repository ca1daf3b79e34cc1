package dev.lockstep.store;

import dev.lockstep.batch.BatchOutcome;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutputPages;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.partition.OffsetGap;
import dev.lockstep.partition.PartitionPosition;
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
 * A batch within its transaction: which of its records are new, the output of each, and the stored output of those
 * before them.
 */
final class TransactionBatch {

    private final String topicId;
    private final Map<Integer, PartitionPosition> positions;
    private final Set<Integer> partitionsWithoutRecords;
    private List<IncomingRecord> records;
    private IncomingRecord firstDeferred;
    private boolean firstDeferredNeedsOwnBatch;
    private final Map<Integer, IncomingRecord> firstByPartition = new HashMap<>();
    private final Map<Integer, IncomingRecord> lastByPartition = new HashMap<>();
    private final Map<Integer, PartitionProgress.Watermarks> watermarks = new HashMap<>();
    private final Map<IncomingRecord, RecordOutput> outputs = new IdentityHashMap<>();
    private final Map<Integer, NavigableMap<Long, RecordOutput>> storedOutputs = new HashMap<>();
    private final List<IncomingRecord> newRecords = new ArrayList<>();
    private final List<OffsetGap> gaps = new ArrayList<>();

    /** @param positions of the partitions of all records; those of others were just assigned, and no record of them came yet */
    TransactionBatch(String topicId, List<IncomingRecord> records, Map<Integer, PartitionPosition> positions) {
        this.topicId = topicId;
        this.records = records;
        this.positions = positions;
        indexFirstAndLast();
        partitionsWithoutRecords = positions.keySet().stream()
                .filter(partition -> !lastByPartition.containsKey(partition))
                .collect(Collectors.toSet());
    }

    private void indexFirstAndLast() {
        firstByPartition.clear();
        lastByPartition.clear();
        for (IncomingRecord record : records) {
            firstByPartition.putIfAbsent(record.partition(), record);
            lastByPartition.put(record.partition(), record);
        }
    }

    /** The name of the commands topic; null when there are no records. */
    String topic() {
        return records.isEmpty() ? null : records.get(0).origin().topic();
    }

    String topicId() {
        return topicId;
    }

    PartitionPosition position(int partition) {
        return positions.get(partition);
    }

    /** The partitions of the batch, sorted: the order of the locks. */
    Integer[] partitions() {
        Set<Integer> partitions = new TreeSet<>(partitionsWithoutRecords);
        partitions.addAll(lastByPartition.keySet());
        return partitions.toArray(Integer[]::new);
    }

    /** The first offset; a number that no offset reaches if there is no record of the partition. */
    long firstOffset(int partition) {
        return firstByPartition.containsKey(partition)
                ? firstByPartition.get(partition).offset()
                : Long.MAX_VALUE;
    }

    /** The next offset after this batch; without records, the offset below which none can come any more. */
    long nextOffset(int partition) {
        if (lastByPartition.containsKey(partition)) {
            return lastByPartition.get(partition).offset() + 1;
        }
        PartitionProgress.Watermarks watermark = watermarks.get(partition);
        PartitionPosition position = position(partition);
        return position.isFresh()
                ? Math.max(
                        watermark.submitted(),
                        Math.min(watermark.applied(), Math.max(watermark.seekTo(), position.nextReadOffset())))
                : watermark.submitted();
    }

    /** The offset up to which the partition is applied with this batch. */
    long appliedOffset(int partition) {
        long applied = watermarks.get(partition).applied();
        return lastByPartition.containsKey(partition)
                ? Math.max(applied, lastByPartition.get(partition).offset() + 1)
                : applied;
    }

    /** Determines from the locked progress which records are new. */
    void findNewRecords(Map<Integer, PartitionProgress.Watermarks> progress) {
        watermarks.putAll(progress);
        for (IncomingRecord record : records) {
            if (record.offset() >= watermarks.get(record.partition()).applied()) {
                newRecords.add(record);
            }
        }
    }

    /** The offsets from one up to, but excluding, another. */
    record OffsetRange(long from, long to) {

        boolean contains(long offset) {
            return from <= offset && offset < to;
        }
    }

    /** The offsets that were applied earlier and whose outputs are still to be submitted, by partition; mostly none. */
    Map<Integer, OffsetRange> unsubmittedRanges() {
        Map<Integer, OffsetRange> ranges = new TreeMap<>();
        watermarks.forEach((partition, watermark) -> {
            OffsetRange range =
                    new OffsetRange(watermark.submitted(), Math.min(watermark.applied(), nextOffset(partition)));
            if (range.from < range.to) {
                ranges.put(partition, range);
            }
        });
        return ranges;
    }

    /** Leaves out this new record and all after it. */
    void endBefore(IncomingRecord record) {
        truncate(records.indexOf(record), newRecords.indexOf(record));
    }

    /** The same; this record gets a batch of its own. */
    void deferToOwnBatch(IncomingRecord record) {
        endBefore(record);
        firstDeferredNeedsOwnBatch = true;
    }

    boolean isOnly(IncomingRecord record) {
        return records.size() == 1 && records.get(0) == record;
    }

    /** Leaves out all records after this new one. */
    void endAfter(IncomingRecord record) {
        truncate(records.indexOf(record) + 1, newRecords.indexOf(record) + 1);
    }

    private void truncate(int size, int newSize) {
        if (size < records.size()) {
            firstDeferred = records.get(size);
            firstDeferredNeedsOwnBatch = false;
            records = records.subList(0, size);
            newRecords.subList(newSize, newRecords.size()).clear();
            indexFirstAndLast();
        }
    }

    List<IncomingRecord> records() {
        return records;
    }

    List<IncomingRecord> newRecords() {
        return newRecords;
    }

    void put(IncomingRecord record, RecordOutput output) {
        outputs.put(record, output);
    }

    /** Adds the stored output of a record that was applied earlier. */
    void putStored(int partition, RecordOutput output) {
        storedOutputs.computeIfAbsent(partition, p -> new TreeMap<>()).put(output.offset(), output);
    }

    /** Adds the output stored in pages after that. */
    void putStored(int partition, long offset, OutputPages pages) {
        storedOutputs
                .getOrDefault(partition, new TreeMap<>())
                .computeIfPresent(offset, (o, output) -> output.withPages(pages));
    }

    RecordOutput output(IncomingRecord record) {
        return outputs.get(record);
    }

    void addGap(OffsetGap gap) {
        gaps.add(gap);
    }

    BatchOutcome toOutcome() {
        Map<Integer, List<RecordOutput>> byPartition = new TreeMap<>();
        for (int partition : partitions()) {
            byPartition.put(
                    partition,
                    new ArrayList<>(storedOutputs
                            .getOrDefault(partition, new TreeMap<>())
                            .headMap(nextOffset(partition))
                            .values()));
        }
        newRecords.forEach(record -> byPartition.get(record.partition()).add(outputs.get(record)));
        addGaps();
        List<PartitionOutcome> all = new ArrayList<>();
        byPartition.forEach((partition, outputs) -> all.add(outcome(partition, outputs)));
        return new BatchOutcome(all, firstDeferred, firstDeferredNeedsOwnBatch, List.copyOf(gaps));
    }

    private PartitionOutcome outcome(int partition, List<RecordOutput> outputs) {
        IncomingRecord end = lastByPartition.get(partition);
        Integer leaderEpoch = end == null ? null : end.origin().leaderEpoch().orElse(null);
        long seekTo = watermarks.get(partition).seekTo();
        return new PartitionOutcome(
                partition,
                nextOffset(partition),
                leaderEpoch,
                appliedOffset(partition),
                end != null,
                seekTo == position(partition).resumeOffset() ? null : seekTo,
                outputs);
    }

    /** Records a gap wherever offsets are skipped: before a new record, or between what is applied and the first record. */
    private void addGaps() {
        Map<Integer, Long> expected = new HashMap<>();
        for (int partition : partitions()) {
            expected.put(partition, nextExpectedOffset(partition));
        }
        for (IncomingRecord record : newRecords) {
            long before = expected.put(record.partition(), record.offset() + 1);
            if (before < record.offset()) {
                gaps.add(gap(record.partition(), before, record.offset()));
            }
        }
        for (int partition : partitionsWithoutRecords) {
            if (position(partition).isFresh() && lacksMoreThanMarker(position(partition), expected.get(partition))) {
                gaps.add(gap(partition, expected.get(partition), Long.MAX_VALUE));
            }
        }
    }

    /** If everything was deleted from a log that ended with a transaction marker, the log begins one offset later. */
    private static boolean lacksMoreThanMarker(PartitionPosition position, long expected) {
        return position.beginningOffset() > expected + (position.beginningOffset() == position.endOffset() ? 1 : 0);
    }

    /** The next new offset. What a partition new to the worker lost earlier does not count as missing. */
    private long nextExpectedOffset(int partition) {
        long applied = watermarks.get(partition).applied();
        PartitionPosition position = position(partition);
        return applied == 0 && position.committedOffset() == null ? position.beginningOffset() : applied;
    }

    private static OffsetGap gap(int partition, long from, long to) {
        return new OffsetGap(OffsetGap.Cause.OFFSETS_MISSING, partition, from, to, to - from);
    }
}
