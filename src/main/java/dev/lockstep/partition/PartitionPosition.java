package dev.lockstep.partition;

import org.jspecify.annotations.Nullable;

/**
 * Progress of a partition of the commands topic under its current assignment to this worker. All values are next offsets.
 *
 * @param committedOffset the consumer group's; null if none was ever committed, or if it has expired
 * @param isCommittedByWorker whether a worker committed it; if not, it was set by hand, or by a version that marks nothing
 * @param beginningOffset the first offset that still existed when Kafka was asked
 * @param endOffset the offset after the last record at that time
 * @param isFresh whether Kafka has been asked since anything was submitted
 * @param submittedOffset everything below is in Kafka, or was submitted to the publisher under this assignment; 0 if nothing was yet
 * @param nextReadOffset the offset after the last record received under this assignment; 0 if there was none yet
 */
public record PartitionPosition(
        @Nullable Long committedOffset,
        boolean isCommittedByWorker,
        long beginningOffset,
        long endOffset,
        boolean isFresh,
        long submittedOffset,
        long nextReadOffset) {

    /** Where the consumer starts reading by itself: at the committed offset, or at the first record if that is out of range. */
    public long resumeOffset() {
        return committedOffset != null && committedOffset >= beginningOffset && committedOffset <= endOffset
                ? committedOffset
                : beginningOffset;
    }

    /** The same after something was submitted. */
    public PartitionPosition afterSubmission(long next, boolean hasRead) {
        return new PartitionPosition(
                committedOffset,
                isCommittedByWorker,
                beginningOffset,
                endOffset,
                false,
                Math.max(submittedOffset, next),
                hasRead ? next : nextReadOffset);
    }

    /** The same after a worker has committed an offset. */
    public PartitionPosition afterCommit(long offset) {
        return new PartitionPosition(
                offset, true, beginningOffset, endOffset, isFresh, submittedOffset, nextReadOffset);
    }

    /**
     * This position, fetched again under the same assignment, merged with the earlier one, whose progress counts; that may
     * be ahead by now.
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
                before.submittedOffset,
                before.nextReadOffset);
    }
}
