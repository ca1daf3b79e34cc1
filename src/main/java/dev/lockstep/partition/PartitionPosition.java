package dev.lockstep.partition;

import org.jspecify.annotations.Nullable;

/**
 * Progress of a partition of the commands topic under its current assignment to this worker. All are next offsets.
 *
 * @param committed the consumer group's; null when nothing was ever committed, or it has expired
 * @param isMarked whether a worker committed it; if not, somebody set it by hand, or a version did that marks nothing
 * @param start the first offset that is still there, when Kafka was asked
 * @param end the offset behind the last record, at the same time
 * @param isFresh whether Kafka was asked since anything was handed out
 * @param handedOut what lies below is in Kafka, or was handed to the publisher under this assignment; 0 when nothing was yet
 * @param read behind the last record that came under this assignment; 0 when none did yet
 */
public record PartitionPosition(
        @Nullable Long committed, boolean isMarked, long start, long end, boolean isFresh, long handedOut, long read) {

    /** Where the consumer begins to read by itself: at what is committed, or at the first record where that is out of range. */
    public long resume() {
        return committed != null && committed >= start && committed <= end ? committed : start;
    }

    /** The same after something was handed out. */
    public PartitionPosition handedOut(long next, boolean hasRead) {
        return new PartitionPosition(
                committed, isMarked, start, end, false, Math.max(handedOut, next), hasRead ? next : read);
    }

    /** The same after a worker has committed an offset. */
    public PartitionPosition committed(long offset) {
        return new PartitionPosition(offset, true, start, end, isFresh, handedOut, read);
    }

    /** This one, asked once more under the same assignment: what happened under it counts, and may have gone on meanwhile. */
    public PartitionPosition behind(PartitionPosition before) {
        boolean isOutrun = isMarked
                && before.isMarked
                && committed != null
                && before.committed != null
                && before.committed > committed;
        return new PartitionPosition(
                isOutrun ? before.committed : committed, isMarked, start, end, true, before.handedOut, before.read);
    }
}
