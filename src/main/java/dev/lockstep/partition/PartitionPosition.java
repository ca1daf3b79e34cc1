package dev.lockstep.partition;

import org.jspecify.annotations.Nullable;

/**
 * Progress of a partition of the commands topic under its current assignment to this worker. All values are next offsets.
 *
 * @param committedOffset the consumer group's; null if none was ever committed, or if it has expired
 * @param isCommittedByWorker whether a worker committed it; if not, it was set by hand, or by a version that marks nothing
 * @param beginningOffset the first offset that still existed when Kafka was asked
 * @param endOffset the offset after the last record at that time
 * @param isFresh whether the offsets were fetched from Kafka after the last submission
 * @param submittedOffset everything below is in Kafka, or was submitted to the publisher under this assignment; 0 if
 *     nothing was yet
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

    /** A copy to which something was submitted. */
    public PartitionPosition afterSubmission(long nextOffset, boolean hasRead) {
        return new PartitionPosition(
                committedOffset,
                isCommittedByWorker,
                beginningOffset,
                endOffset,
                false,
                Math.max(submittedOffset, nextOffset),
                hasRead ? nextOffset : nextReadOffset);
    }

    /** A copy with an offset that a worker has committed. */
    public PartitionPosition afterCommit(long offset) {
        return new PartitionPosition(
                offset, true, beginningOffset, endOffset, isFresh, submittedOffset, nextReadOffset);
    }

    /**
     * This position, fetched again under the same assignment, merged with the earlier one: takes over its progress, and its
     * committed offset if that is higher.
     */
    public PartitionPosition mergedWithEarlier(PartitionPosition earlier) {
        boolean isOutdated = isCommittedByWorker
                && earlier.isCommittedByWorker
                && committedOffset != null
                && earlier.committedOffset != null
                && earlier.committedOffset > committedOffset;
        return new PartitionPosition(
                isOutdated ? earlier.committedOffset : committedOffset,
                isCommittedByWorker,
                beginningOffset,
                endOffset,
                true,
                earlier.submittedOffset,
                earlier.nextReadOffset);
    }
}
