package dev.lockstep.publish;

import dev.lockstep.batch.OutgoingRecord;
import java.util.Map;

/** A transaction that certainly did not happen: commitTransaction was never called for it. It may be tried again. */
final class NotCommittedException extends RuntimeException {

    private final transient Map<OutgoingRecord, Exception> refused;
    private final boolean splitRepeatedly;

    /**
     * @param refused the very records that their topics refused, by identity, and why; often none
     * @param splitInVain whether batches were refused for their size again and again, until their time was up
     */
    NotCommittedException(Throwable cause, Map<OutgoingRecord, Exception> refused, boolean splitInVain) {
        super(cause);
        this.refused = refused;
        this.splitRepeatedly = splitInVain;
    }

    Map<OutgoingRecord, Exception> refused() {
        return refused;
    }

    boolean splitInVain() {
        return splitRepeatedly;
    }
}
