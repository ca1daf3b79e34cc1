package dev.lockstep.batch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The output of one record of the commands topic.
 *
 * @param offset the record's, in its partition of the commands topic
 * @param outcome the outcome of the record; null if it was stored by a version that did not record it
 * @param records in the order in which they are to be published
 * @param pages what is to be published after them, in the same transaction
 */
public record RecordOutput(
        long offset, @Nullable RecordOutcome outcome, List<OutgoingRecord> records, OutputPages pages) {

    /** An output that is completely in memory. */
    public RecordOutput(long offset, @Nullable RecordOutcome outcome, List<OutgoingRecord> records) {
        this(offset, outcome, records, OutputPages.NONE);
    }

    public RecordOutput withPages(OutputPages pages) {
        return new RecordOutput(offset, outcome, records, pages);
    }
}
