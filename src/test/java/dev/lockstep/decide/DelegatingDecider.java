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

/** Delegates to the real decider, so that a test can override one method. */
public class DelegatingDecider implements Decider {

    private final Decider real;

    public DelegatingDecider(Decider real) {
        this.real = real;
    }

    @Override
    public RecordOutput decide(IncomingRecord record, BatchState state) {
        return real.decide(record, state);
    }

    @Override
    public RecordOutput rejectUnprocessable(IncomingRecord record, BatchState state) {
        return real.rejectUnprocessable(record, state);
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
}
