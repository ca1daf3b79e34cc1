package dev.lockstep.model;

import java.time.Instant;

/**
 * One reason why a deployment waits (rule 27).
 *
 * @param until  null for all but {@code NOT_BEFORE}
 * @param by     first revision of the deployment that it waits for, 0 if it waits for its time
 * @param judged the revision at which the set of codes last changed; 0 if no event says so
 */
public record Blocker(String code, Instant until, long by, long judged) {

    static final String NOT_BEFORE = "NOT_BEFORE";
    static final String ENVIRONMENT_BUSY = "ENVIRONMENT_BUSY";
    static final String QUEUED_BEHIND = "QUEUED_BEHIND";

    boolean opensByTime() {
        return code.equals(NOT_BEFORE);
    }

    String opensBy() {
        return opensByTime() ? "time" : "event";
    }

    Blocker judgedWith(long revision) {
        return new Blocker(code, until, by, revision);
    }
}
