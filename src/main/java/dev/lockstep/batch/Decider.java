package dev.lockstep.batch;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.release.Release;
import java.util.List;

/** Decides what a record causes. Called inside the transaction, in order; must not block. */
public interface Decider {

    /** @return what is to be published for the record; effects go into {@code state} */
    RecordOutput decide(CommandRecord record, BatchState state);

    /** The same for a record that the database refused for what it contains: no effects. */
    RecordOutput rejectUnprocessable(CommandRecord record, BatchState state);

    /** The fallback when that failed, too: made from the record alone, so that it cannot fail. */
    RecordOutput deadLetterOnly(CommandRecord record);

    /**
     * What a command puts out for releases of an application, all of which it changed, when they are too many to be at hand:
     * for some of them.
     *
     * @param context of the decision on that command
     */
    List<OutgoingRecord> renderReleases(
            CommandRecord record, Application application, DecisionContext context, List<Release> releases);
}
