package dev.lockstep.publish;

import dev.lockstep.outbox.OutRecord;
import java.util.Set;

/** A transaction that certainly did not happen: commitTransaction was never called for it. It may be tried again. */
final class NotCommitted extends RuntimeException {

    private final transient Set<OutRecord> tooLarge;

    /** @param tooLarge the very records that were refused for their size, by identity; often empty */
    NotCommitted(Throwable cause, Set<OutRecord> tooLarge) {
        super(cause);
        this.tooLarge = tooLarge;
    }

    Set<OutRecord> tooLarge() {
        return tooLarge;
    }
}
