package dev.lockstep.store.format;

import dev.lockstep.domain.common.LastChange;
import java.time.Instant;

/** A {@link LastChange} as it is stored. */
record MarkRow(long revision, Instant at) {

    /** @param change may be null */
    static MarkRow of(LastChange change) {
        return change == null ? null : new MarkRow(change.revision(), change.at());
    }

    LastChange lastChange() {
        return new LastChange(revision, at);
    }
}
