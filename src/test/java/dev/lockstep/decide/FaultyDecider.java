package dev.lockstep.decide;

import dev.lockstep.batch.BatchState;
import dev.lockstep.batch.Decider;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.release.Release;
import java.util.List;
import java.util.function.Predicate;

/**
 * The real decider, except that it fails on some records.
 *
 * @param deciding the records that it fails to judge
 * @param refusing the records that it fails to reject as unprocessable
 */
public record FaultyDecider(Decider real, Predicate<IncomingRecord> deciding, Predicate<IncomingRecord> refusing)
        implements Decider {

    public FaultyDecider(Decider real, Predicate<IncomingRecord> deciding) {
        this(real, deciding, record -> false);
    }

    /** Fails late: what it did until then must leave no trace. */
    @Override
    public RecordOutput decide(IncomingRecord record, BatchState state) {
        return failing(deciding.test(record), real.decide(record, state));
    }

    @Override
    public RecordOutput rejectUnprocessable(IncomingRecord record, BatchState state) {
        return failing(refusing.test(record), real.rejectUnprocessable(record, state));
    }

    @Override
    public RecordOutput deadLetterOnly(IncomingRecord record) {
        return real.deadLetterOnly(record);
    }

    @Override
    public List<OutgoingRecord> renderReleases(
            IncomingRecord record, Application application, DecisionContext context, List<Release> releases) {
        return real.renderReleases(record, application, context, releases);
    }

    private static RecordOutput failing(boolean fails, RecordOutput output) {
        if (fails) {
            throw new IllegalStateException("a fault in the rules");
        }
        return output;
    }
}
