package dev.lockstep.store;

import dev.lockstep.outbox.Output;

/** Decides what a record brings about. Called inside the transaction, in order; must not block. */
public interface Judge<E extends Entry> {

    /** @return what is to be published for the record; effects go into {@code state} */
    Output judge(E entry, State state);

    /** The same for a record that the database refused for what it contains: no effects. */
    Output unprocessable(E entry, State state);

    /** The same when that failed too: of nothing but the record, so that it cannot fail. */
    Output lastResort(E entry);
}
