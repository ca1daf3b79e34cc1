package dev.lockstep.publish;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.OutputPages;
import java.util.List;

/**
 * All output of one partition of the commands topic in a batch.
 *
 * @param partition of the commands topic
 * @param nextOffset the offset to commit: that of the last record of the batch, plus 1
 * @param leaderEpoch that record's leader epoch, by which a consumer starting after it notices a truncated topic; null
 *     when unknown
 * @param records in the order in which they are sent; if empty, only the offset is committed
 * @param pages what is sent after them in the same transaction
 */
public record PartitionOutput(
        int partition, long nextOffset, Integer leaderEpoch, List<OutgoingRecord> records, OutputPages pages) {

    /** An output that is completely in memory. */
    public PartitionOutput(int partition, long nextOffset, Integer leaderEpoch, List<OutgoingRecord> records) {
        this(partition, nextOffset, leaderEpoch, records, OutputPages.NONE);
    }
}
