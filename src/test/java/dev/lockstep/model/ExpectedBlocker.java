package dev.lockstep.model;

import java.time.Instant;

/**
 * One reason why a deployment waits (rule 27).
 *
 * @param until  null unless it opens by time
 * @param by     first revision of the deployment that it waits for, 0 if it waits for none
 * @param judged the revision at which the set of codes last changed; 0 if no event says so
 */
public record ExpectedBlocker(String code, Instant until, long by, long judged) {

    static final String NOT_BEFORE = "NOT_BEFORE";
    static final String NOT_SOAKED = "NOT_SOAKED";
    static final String ENVIRONMENT_BUSY = "ENVIRONMENT_BUSY";
    static final String QUEUED_BEHIND = "QUEUED_BEHIND";

    boolean opensByTime() {
        return until != null;
    }

    String opensBy() {
        if (opensByTime()) {
            return "time";
        }
        return code.equals(NOT_SOAKED) ? "actor" : "event";
    }

    ExpectedBlocker judgedWith(long revision) {
        return new ExpectedBlocker(code, until, by, revision);
    }
}
