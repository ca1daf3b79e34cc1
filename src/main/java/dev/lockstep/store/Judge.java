package dev.lockstep.store;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.Mark;
import dev.lockstep.domain.Release;
import dev.lockstep.outbox.OutRecord;
import dev.lockstep.outbox.Output;
import java.util.List;

/** Decides what a record brings about. Called inside the transaction, in order; must not block. */
public interface Judge<E extends Entry> {

    /** @return what is to be published for the record; effects go into {@code state} */
    Output judge(E entry, State state);

    /** The same for a record that the database refused for what it contains: no effects. */
    Output unprocessable(E entry, State state);

    /** The same when that failed too: of nothing but the record, so that it cannot fail. */
    Output lastResort(E entry);

    /**
     * What a command puts out for releases of an application, all of which it changed, when they are too many to be at hand:
     * for some of them.
     *
     * @param mark that they have by now
     */
    List<OutRecord> releases(E entry, Application application, Mark mark, List<Release> releases);
}
