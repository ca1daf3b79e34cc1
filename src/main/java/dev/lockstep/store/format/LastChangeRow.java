package dev.lockstep.store.format;

import dev.lockstep.domain.common.LastChange;
import java.time.Instant;

/** A {@link LastChange} as it is stored. */
record LastChangeRow(long revision, Instant at) {

    /** @param change may be null */
    static LastChangeRow of(LastChange change) {
        return change == null ? null : new LastChangeRow(change.revision(), change.at());
    }

    LastChange toLastChange() {
        return new LastChange(revision, at);
    }
}
