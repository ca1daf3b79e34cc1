package dev.lockstep.batch;

import dev.lockstep.failure.RetryCause;

/** A page of output that is due to be published cannot be read from the database; the message is for people to read. */
public final class UnreadablePageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final RetryCause retryCause;

    public UnreadablePageException(String reason, RetryCause retryCause) {
        super("Output that is due to be published cannot be read: " + reason, null, false, false);
        this.retryCause = retryCause;
    }

    public RetryCause retryCause() {
        return retryCause;
    }
}
