package dev.lockstep.decide;

import dev.lockstep.batch.CommandRecord;
import dev.lockstep.batch.Decider;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.batch.WorkingSet;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.release.Release;
import java.util.List;

/** The real decider, for a test to change in one respect. */
public class PassingOn implements Decider {

    private final Decider real;

    public PassingOn(Decider real) {
        this.real = real;
    }

    @Override
    public RecordOutput decide(CommandRecord record, WorkingSet state) {
        return real.decide(record, state);
    }

    @Override
    public RecordOutput unprocessable(CommandRecord record, WorkingSet state) {
        return real.unprocessable(record, state);
    }

    @Override
    public RecordOutput lastResort(CommandRecord record) {
        return real.lastResort(record);
    }

    @Override
    public List<OutgoingRecord> releases(
            CommandRecord record, Application application, DecisionContext context, List<Release> releases) {
        return real.releases(record, application, context, releases);
    }
}
