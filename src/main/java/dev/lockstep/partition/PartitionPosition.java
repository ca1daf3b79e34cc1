package dev.lockstep.partition;

import org.jspecify.annotations.Nullable;

/**
 * Progress of a partition of the commands topic under its current assignment to this worker. All are next offsets.
 *
 * @param committedOffset the consumer group's; null when nothing was ever committed, or it has expired
 * @param isCommittedByWorker whether a worker committed it; if not, somebody set it by hand, or a version did that marks nothing
 * @param beginningOffset the first offset that is still there, when Kafka was asked
 * @param endOffset the offset behind the last record, at the same time
 * @param isFresh whether Kafka was asked since anything was handed out
 * @param handedOut what lies below is in Kafka, or was handed to the publisher under this assignment; 0 when nothing was yet
 * @param nextRead behind the last record that came under this assignment; 0 when none did yet
 */
public record PartitionPosition(
        @Nullable Long committedOffset,
        boolean isCommittedByWorker,
        long beginningOffset,
        long endOffset,
        boolean isFresh,
        long handedOut,
        long nextRead) {

    /** Where the consumer begins to read by itself: at what is committed, or at the first record where that is out of range. */
    public long resumeOffset() {
        return committedOffset != null && committedOffset >= beginningOffset && committedOffset <= endOffset
                ? committedOffset
                : beginningOffset;
    }

    /** The same after something was handed out. */
    public PartitionPosition afterHandOut(long next, boolean hasRead) {
        return new PartitionPosition(
                committedOffset,
                isCommittedByWorker,
                beginningOffset,
                endOffset,
                false,
                Math.max(handedOut, next),
                hasRead ? next : nextRead);
    }

    /** The same after a worker has committed an offset. */
    public PartitionPosition afterCommit(long offset) {
        return new PartitionPosition(offset, true, beginningOffset, endOffset, isFresh, handedOut, nextRead);
    }

    /**
     * This position, fetched again under the same assignment, merged with the earlier one, whose progress counts and may be
     * ahead by now.
     */
    public PartitionPosition mergedWithEarlier(PartitionPosition before) {
        boolean isOutrun = isCommittedByWorker
                && before.isCommittedByWorker
                && committedOffset != null
                && before.committedOffset != null
                && before.committedOffset > committedOffset;
        return new PartitionPosition(
                isOutrun ? before.committedOffset : committedOffset,
                isCommittedByWorker,
                beginningOffset,
                endOffset,
                true,
                before.handedOut,
                before.nextRead);
    }
}
