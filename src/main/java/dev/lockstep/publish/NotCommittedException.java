package dev.lockstep.publish;

import dev.lockstep.batch.OutgoingRecord;
import java.util.Map;

/** A transaction that certainly did not happen: commitTransaction was never called for it. It may be retried. */
final class NotCommittedException extends RuntimeException {

    private final transient Map<OutgoingRecord, Exception> refused;
    private final boolean splitRepeatedly;

    /**
     * @param refused exactly those records that their topics refused, by identity, and why; often empty
     * @param splitRepeatedly whether batches were repeatedly refused for their size until they timed out
     */
    NotCommittedException(Throwable cause, Map<OutgoingRecord, Exception> refused, boolean splitRepeatedly) {
        super(cause);
        this.refused = refused;
        this.splitRepeatedly = splitRepeatedly;
    }

    Map<OutgoingRecord, Exception> refused() {
        return refused;
    }

    boolean splitInVain() {
        return splitRepeatedly;
    }
}
