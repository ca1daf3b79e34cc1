package dev.lockstep.batch;

import dev.lockstep.decode.envelope.DeadLetterKind;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one record of the commands topic.
 *
 * @param command the CloudEvents type of the command, or null if this version does not know it
 * @param code why: for a rejection its code in the contract, for a dead letter its {@link DeadLetterKind} (null if it was
 *     stored by a version that did not record it), else null
 */
public record RecordOutcome(
        Kind kind, @Nullable String command, @Nullable String code) {

    /** Stored by ordinal ({@code store.format.OutboxCodec}): append new constants at the end, and never remove one. */
    public enum Kind {
        ACCEPTED,
        REJECTED,
        /** A re-send: the first outcome was repeated. */
        DUPLICATE,
        /** Moved to the partition that its key belongs to. */
        MOVED,
        DEAD_LETTER
    }
}
