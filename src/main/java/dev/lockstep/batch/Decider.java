package dev.lockstep.batch;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.release.Release;
import java.util.List;

/** Decides what a record causes. Called inside the transaction, in order; must not block. */
public interface Decider {

    /** @return what is to be published for the record; effects go into {@code state} */
    RecordOutput decide(IncomingRecord record, BatchState state);

    /**
     * Rejects a command that could not be stored, or whose decision failed; anything else is decided as usual. Changes no
     * application, but remembers the rejection.
     */
    RecordOutput rejectUnprocessable(IncomingRecord record, BatchState state);

    /** The fallback if that failed, too: built from the record alone, so that it cannot fail. */
    RecordOutput deadLetterOnly(IncomingRecord record);

    /**
     * A command's output for an application's releases, if it changed all of them and there are too many to keep in memory:
     * the output for some of them.
     *
     * @param context the context of the decision on that command
     */
    List<OutgoingRecord> renderReleases(
            IncomingRecord record, Application application, DecisionContext context, List<Release> releases);
}
