package dev.lockstep.batch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch's output for one partition of the commands topic, and the progress of the partition after it.
 *
 * @param nextOffset everything below it has been submitted; to be committed when something is published
 * @param leaderEpoch that of the record before it; null if there was none in the batch, or it had none
 * @param appliedOffset the offset up to which the partition is applied, {@code nextOffset} or more
 * @param hasRecords whether the batch had records of the partition
 * @param seekTo the offset at which the consumer is to begin, if it was just assigned the partition; null to leave it where
 *     it is
 * @param outputs in the order of the records; none for those known to be in Kafka already
 */
public record PartitionOutcome(
        int partition,
        long nextOffset,
        @Nullable Integer leaderEpoch,
        long appliedOffset,
        boolean hasRecords,
        @Nullable Long seekTo,
        List<RecordOutput> outputs) {

    /** Whether there is anything to publish or to commit. */
    public boolean needsPublishing() {
        return hasRecords || !outputs.isEmpty();
    }

    /** Splits this into consecutive parts: an output with further pages is a part of its own. */
    public List<PartitionOutcome> splitAtPages() {
        List<PartitionOutcome> parts = new ArrayList<>();
        int from = 0;
        for (int i = 1; i < outputs.size(); i++) {
            if (hasPages(i - 1) || hasPages(i)) {
                parts.add(part(from, i));
                from = i;
            }
        }
        parts.add(part(from, outputs.size()));
        return parts;
    }

    /**
     * Splits this into as many outputs as fit into a number of bytes, one at least, and the rest.
     *
     * @return one part if everything fits, else two
     */
    public List<PartitionOutcome> splitAtSize(long maxBytes) {
        long bytes = 0;
        for (int i = 0; i < outputs.size(); i++) {
            bytes += outputs.get(i).records().stream()
                    .mapToLong(OutgoingRecord::sizeInBytes)
                    .sum();
            if (bytes > maxBytes && i > 0) {
                return List.of(part(0, i), part(i, outputs.size()));
            }
        }
        return List.of(this);
    }

    /** Whether its first output has further pages; if this is a part, that is its only one. */
    public boolean hasPages() {
        return !outputs.isEmpty() && hasPages(0);
    }

    private boolean hasPages(int index) {
        return outputs.get(index).pages().count() > 0;
    }

    /** A part with the outputs from one up to, but excluding, another; the last part extends as far as the whole. */
    private PartitionOutcome part(int from, int to) {
        return to == outputs.size()
                ? new PartitionOutcome(
                        partition,
                        nextOffset,
                        leaderEpoch,
                        appliedOffset,
                        hasRecords,
                        seekTo,
                        outputs.subList(from, to))
                : new PartitionOutcome(
                        partition,
                        outputs.get(to - 1).offset() + 1,
                        null,
                        appliedOffset,
                        hasRecords,
                        seekTo,
                        outputs.subList(from, to));
    }

    /** This outcome followed by the next one, merged. */
    public PartitionOutcome concat(PartitionOutcome next) {
        List<RecordOutput> all = new ArrayList<>(outputs);
        all.addAll(next.outputs);
        return new PartitionOutcome(
                partition,
                next.nextOffset,
                next.hasRecords ? next.leaderEpoch : leaderEpoch,
                next.appliedOffset,
                hasRecords || next.hasRecords,
                seekTo,
                all);
    }
}
