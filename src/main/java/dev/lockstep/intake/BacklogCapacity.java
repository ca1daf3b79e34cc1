package dev.lockstep.intake;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * How many records and bytes may wait, with a share for each partition, and how many do. It only counts: the polling code
 * enforces it. Not thread-safe.
 */
final class BacklogCapacity {

    private static final Load EMPTY = new Load();

    private static final class Load {
        private int records;
        private long bytes;

        void add(long bytes) {
            this.records++;
            this.bytes += bytes;
        }

        /** Not below zero: expected records that never came may already have been dropped from the count. */
        void subtract(long bytes) {
            this.records = Math.max(0, this.records - 1);
            this.bytes = Math.max(0, this.bytes - bytes);
        }
    }

    private final long maxRecords;
    private final long maxBytes;
    private final Map<Integer, Load> waiting = new HashMap<>();
    private final Map<Integer, Load> expected = new HashMap<>();

    /** Partitions whose next record did not fit: fetching it again makes no sense before some of theirs have been taken. */
    private final Set<Integer> overfull = new HashSet<>();

    private int generation;
    private int partitions = 1;

    BacklogCapacity(long maxRecords, long maxBytes) {
        this.maxRecords = maxRecords;
        this.maxBytes = maxBytes;
    }

    /** Some of the records expected under another generation may have gone with their partition. */
    void setPartitionCount(int generation, int partitions) {
        if (generation != this.generation) {
            expected.clear();
            overfull.clear();
        }
        this.generation = generation;
        this.partitions = Math.max(1, partitions);
    }

    /** A partition may have more records than its share as long as others do not use theirs, but not more bytes. */
    boolean isFull(int partition) {
        Load waitingHere = waiting.getOrDefault(partition, EMPTY);
        Load expectedHere = expected.getOrDefault(partition, EMPTY);
        boolean hasFullShare = waitingHere.records + expectedHere.records >= shareOf(maxRecords);
        return overfull.contains(partition)
                || hasFullShare && sum(load -> load.records) >= maxRecords
                || waitingHere.bytes + expectedHere.bytes >= shareOf(maxBytes);
    }

    private long sum(ToLongFunction<Load> figure) {
        return Stream.of(waiting, expected)
                .flatMap(loads -> loads.values().stream())
                .mapToLong(figure)
                .sum();
    }

    /**
     * Counts expected records. A partition is paused once it is full, so as a rule there is room for all; but polled records
     * are measured before they are decompressed, and may grow a thousandfold.
     *
     * @param sizes the records' sizes in bytes
     * @return how many of them, counted from the first, fit
     */
    int reserve(int partition, long[] sizes) {
        Load expectedHere = expected.computeIfAbsent(partition, p -> new Load());
        long partitionBytes = waiting.getOrDefault(partition, EMPTY).bytes + expectedHere.bytes;
        long totalBytes = sum(load -> load.bytes);
        int count = 0;
        for (long size : sizes) {
            if (partitionBytes > 0 && partitionBytes + size > 2 * shareOf(maxBytes) && totalBytes + size > maxBytes) {
                break;
            }
            expectedHere.add(size);
            partitionBytes += size;
            totalBytes += size;
            count++;
        }
        if (count < sizes.length) {
            overfull.add(partition);
        }
        return count;
    }

    /** At least 1, however many partitions there are. */
    private long shareOf(long total) {
        return Math.max(1, total / partitions);
    }

    /** A record has arrived; if it was expected, it no longer is. */
    void recordArrival(int partition, long size) {
        subtract(expected, partition, size);
    }

    void addWaiting(int partition, long size) {
        waiting.computeIfAbsent(partition, p -> new Load()).add(size);
    }

    void removeWaiting(int partition, long size) {
        overfull.remove(partition);
        subtract(waiting, partition, size);
    }

    private static void subtract(Map<Integer, Load> loads, int partition, long size) {
        Load load = loads.get(partition);
        if (load != null) {
            load.subtract(size);
        }
    }
}
