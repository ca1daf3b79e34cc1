package dev.lockstep;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.Mark;
import dev.lockstep.domain.Release;
import dev.lockstep.outbox.OutRecord;
import dev.lockstep.outbox.Output;
import dev.lockstep.store.Judge;
import dev.lockstep.store.State;
import java.util.List;
import java.util.function.Predicate;

/**
 * The real judgement, but for records at which it fails.
 *
 * @param judging which it fails to judge
 * @param refusing which it fails to call unprocessable
 */
record FaultyJudge(Judge<Received> real, Predicate<Received> judging, Predicate<Received> refusing)
        implements Judge<Received> {

    FaultyJudge(Judge<Received> real, Predicate<Received> judging) {
        this(real, judging, record -> false);
    }

    /** Fails late: what it did up to there must leave no trace. */
    @Override
    public Output judge(Received record, State state) {
        return failing(judging.test(record), real.judge(record, state));
    }

    @Override
    public Output unprocessable(Received record, State state) {
        return failing(refusing.test(record), real.unprocessable(record, state));
    }

    @Override
    public Output lastResort(Received record) {
        return real.lastResort(record);
    }

    @Override
    public List<OutRecord> releases(Received record, Application application, Mark mark, List<Release> releases) {
        return real.releases(record, application, mark, releases);
    }

    private static Output failing(boolean fails, Output output) {
        if (fails) {
            throw new IllegalStateException("a fault in the rules");
        }
        return output;
    }
}
