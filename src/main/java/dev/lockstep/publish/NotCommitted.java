package dev.lockstep.publish;

import dev.lockstep.outbox.OutRecord;
import java.util.Map;

/** A transaction that certainly did not happen: commitTransaction was never called for it. It may be tried again. */
final class NotCommitted extends RuntimeException {

    private final transient Map<OutRecord, Exception> refused;
    private final boolean splitInVain;

    /**
     * @param refused the very records that their topics refused, by identity, and why; often none
     * @param splitInVain whether batches were refused for their size again and again, until their time was up
     */
    NotCommitted(Throwable cause, Map<OutRecord, Exception> refused, boolean splitInVain) {
        super(cause);
        this.refused = refused;
        this.splitInVain = splitInVain;
    }

    Map<OutRecord, Exception> refused() {
        return refused;
    }

    boolean splitInVain() {
        return splitInVain;
    }
}
