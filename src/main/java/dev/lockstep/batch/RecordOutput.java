package dev.lockstep.batch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one record of the commands topic puts out.
 *
 * @param offset the record's, in its partition of the commands topic
 * @param outcome what became of it; null when it was stored by a version that did not say
 * @param records in the order in which they are to be published
 * @param pages what is to be published behind them, in the same transaction
 */
public record RecordOutput(
        long offset, @Nullable CommandOutcome outcome, List<OutgoingRecord> records, OutputPages pages) {

    /** One that is all at hand. */
    public RecordOutput(long offset, @Nullable CommandOutcome outcome, List<OutgoingRecord> records) {
        this(offset, outcome, records, OutputPages.NONE);
    }

    public RecordOutput withPages(OutputPages pages) {
        return new RecordOutput(offset, outcome, records, pages);
    }
}
