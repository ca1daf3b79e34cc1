package dev.lockstep;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.Mark;
import dev.lockstep.domain.Release;
import dev.lockstep.outbox.OutRecord;
import dev.lockstep.outbox.Output;
import dev.lockstep.store.Judge;
import dev.lockstep.store.State;
import java.util.List;

/** The real judgement, for a test to change in one respect. */
class PassingOn implements Judge<Received> {

    private final Judge<Received> real;

    PassingOn(Judge<Received> real) {
        this.real = real;
    }

    @Override
    public Output judge(Received record, State state) {
        return real.judge(record, state);
    }

    @Override
    public Output unprocessable(Received record, State state) {
        return real.unprocessable(record, state);
    }

    @Override
    public Output lastResort(Received record) {
        return real.lastResort(record);
    }

    @Override
    public List<OutRecord> releases(Received record, Application application, Mark mark, List<Release> releases) {
        return real.releases(record, application, mark, releases);
    }
}
