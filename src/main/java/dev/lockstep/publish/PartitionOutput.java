package dev.lockstep.publish;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.OutputPages;
import java.util.List;

/**
 * Everything one partition of the commands topic puts out in a batch.
 *
 * @param partition of the commands topic
 * @param nextOffset the offset to commit: that of the last record of the batch, plus 1
 * @param leaderEpoch of that record, by which a consumer that begins behind it notices that the topic was truncated; null
 *     when it is not known
 * @param records in the order they go out; may be empty, and then only the offset is committed
 * @param pages what goes out behind them, in the same transaction
 */
public record PartitionOutput(
        int partition, long nextOffset, Integer leaderEpoch, List<OutgoingRecord> records, OutputPages pages) {

    /** One that is all at hand. */
    public PartitionOutput(int partition, long nextOffset, Integer leaderEpoch, List<OutgoingRecord> records) {
        this(partition, nextOffset, leaderEpoch, records, OutputPages.NONE);
    }
}
