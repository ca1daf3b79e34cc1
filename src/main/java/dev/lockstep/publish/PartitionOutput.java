package dev.lockstep.publish;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.OutputPages;
import java.util.List;

/**
 * All output of one partition of the commands topic in a batch, or a part of it.
 *
 * @param partition of the commands topic
 * @param nextOffset the offset to commit: that of the last record whose output this is, plus 1
 * @param leaderEpoch that record's leader epoch, by which a consumer starting after it notices a truncated topic; null
 *     when unknown
 * @param records in the order in which they are sent; if empty, only the offset is committed
 * @param pages what is sent after them in the same transaction
 * @param splitter splits it
 */
public record PartitionOutput(
        int partition,
        long nextOffset,
        Integer leaderEpoch,
        List<OutgoingRecord> records,
        OutputPages pages,
        Splitter splitter) {

    /** Splits an output between the records of the commands topic, so that each part can be committed by itself. */
    @FunctionalInterface
    public interface Splitter {

        /**
         * @param maxBytes the most bytes of the first part, unless already its first record has more
         * @return one part if everything fits, or if it cannot be split; else two
         */
        List<PartitionOutput> split(PartitionOutput whole, long maxBytes);

        /** For what is committed as a whole. */
        Splitter NONE = (whole, maxBytes) -> List.of(whole);
    }

    /** An output that is committed as a whole. */
    public PartitionOutput(
            int partition, long nextOffset, Integer leaderEpoch, List<OutgoingRecord> records, OutputPages pages) {
        this(partition, nextOffset, leaderEpoch, records, pages, Splitter.NONE);
    }

    /** An output that is completely in memory, and is committed as a whole. */
    public PartitionOutput(int partition, long nextOffset, Integer leaderEpoch, List<OutgoingRecord> records) {
        this(partition, nextOffset, leaderEpoch, records, OutputPages.NONE, Splitter.NONE);
    }

    /** Of keys and values, without pages. */
    long bytes() {
        return records.stream().mapToLong(OutgoingRecord::sizeInBytes).sum();
    }

    List<PartitionOutput> split(long maxBytes) {
        return bytes() <= maxBytes ? List.of(this) : splitter.split(this, maxBytes);
    }
}
