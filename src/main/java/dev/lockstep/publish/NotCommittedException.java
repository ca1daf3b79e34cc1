package dev.lockstep.publish;

import dev.lockstep.batch.OutgoingRecord;
import java.util.Map;

/** A transaction that certainly did not happen: commitTransaction was never called for it. It may be retried. */
final class NotCommittedException extends RuntimeException {

    private final transient Map<OutgoingRecord, Exception> rejected;
    private final boolean wasSplitRepeatedly;

    /**
     * @param rejected exactly those records that their topics rejected, by identity, and why; often empty
     * @param wasSplitRepeatedly whether batches were repeatedly rejected for their size until they timed out
     */
    NotCommittedException(Throwable cause, Map<OutgoingRecord, Exception> rejected, boolean wasSplitRepeatedly) {
        super(cause);
        this.rejected = rejected;
        this.wasSplitRepeatedly = wasSplitRepeatedly;
    }

    Map<OutgoingRecord, Exception> rejectedRecords() {
        return rejected;
    }

    boolean wasSplitRepeatedly() {
        return wasSplitRepeatedly;
    }
}
