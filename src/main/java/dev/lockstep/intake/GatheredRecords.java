package dev.lockstep.intake;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Waiting records that are to become a batch: of one generation, within the limits, and alone if they are exclusive. */
final class GatheredRecords {

    private final int maxRecords;
    private final long maxBytes;
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    private final Map<Integer, Integer> counts = new LinkedHashMap<>();
    private int generation;
    private long bytes;
    private boolean isExclusive;

    GatheredRecords(int maxRecords, long maxBytes) {
        this.maxRecords = maxRecords;
        this.maxBytes = maxBytes;
    }

    /** Adds as many of a partition's records as fit; the very first always does. */
    void add(int partition, Collection<BacklogEntry> queue) {
        for (BacklogEntry entry : queue) {
            if (isEmpty()) {
                generation = entry.generation();
            }
            boolean fits = records.isEmpty()
                    || entry.isProbe()
                    || records.size() < maxRecords && bytes + entry.bytes() <= maxBytes;
            boolean isAmongOthers = (isExclusive || entry.isExclusive()) && !isEmpty();
            if (!fits || isAmongOthers || entry.generation() != generation) {
                return;
            }
            isExclusive = entry.isExclusive();
            if (!entry.isProbe()) {
                records.add(entry.record());
                bytes += entry.bytes();
            }
            counts.merge(partition, 1, Integer::sum);
        }
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    /** How many more records fit. */
    int remainingCapacity() {
        return maxRecords - records.size();
    }

    /** Less than half a batch. */
    boolean isSmall() {
        return records.size() < maxRecords / 2 && bytes < maxBytes / 2;
    }

    /** How many records there are of each partition, probes included, in the order in which they were added. */
    Map<Integer, Integer> counts() {
        return counts;
    }

    InFlightBatch toBatch(int lane, long takenAt) {
        return new InFlightBatch(lane, takenAt, generation, records, counts.keySet(), isExclusive);
    }
}
