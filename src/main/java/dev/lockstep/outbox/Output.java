package dev.lockstep.outbox;

import dev.lockstep.listener.Outcome;
import java.util.List;

/**
 * What one record of the commands topic puts out.
 *
 * @param offset the record's, in its partition of the commands topic
 * @param outcome what became of it; null when it was stored by a version that did not say
 * @param records in the order in which they are to be published
 * @param more what is to be published behind them, in the same transaction
 */
public record Output(long offset, Outcome outcome, List<OutRecord> records, Pages more) {

    /** One that is all at hand. */
    public Output(long offset, Outcome outcome, List<OutRecord> records) {
        this(offset, outcome, records, Pages.NONE);
    }

    public Output with(Pages pages) {
        return new Output(offset, outcome, records, pages);
    }
}
