package dev.lockstep.domain;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * Why a deployment waits (rule 27).
 *
 * @param until when it opens, of what opens by time, else null
 * @param by the deployment that is in the way, or null
 * @param detail in words
 * @param judgedAt since when these are the reasons
 */
public record Blocker(Code code, Instant until, String by, String detail, Instant judgedAt) {

    /** In the order in which they are told. */
    public enum Code {
        NOT_BEFORE(OpensBy.TIME),
        ENVIRONMENT_BUSY(OpensBy.EVENT),
        QUEUED_BEHIND(OpensBy.EVENT);

        private final OpensBy opensBy;

        Code(OpensBy opensBy) {
            this.opensBy = opensBy;
        }

        public OpensBy opensBy() {
            return opensBy;
        }
    }

    public enum OpensBy {
        TIME,
        ACTOR,
        EVENT
    }

    /** @return when the deployment can start, or null when that does not hang on time alone */
    public static Instant earliestStart(List<Blocker> blockers) {
        return blockers.stream().allMatch(blocker -> blocker.code.opensBy == OpensBy.TIME)
                ? blockers.stream()
                        .map(Blocker::until)
                        .max(Comparator.naturalOrder())
                        .orElse(null)
                : null;
    }
}
