package dev.lockstep.publish;

/** A transaction that may or may not have happened: commitTransaction was called, and its producer is unusable. */
final class CommitOutcomeUnknownException extends RuntimeException {

    CommitOutcomeUnknownException(Throwable cause) {
        super(cause);
    }
}
