package dev.lockstep.domain.deployment;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * Why a deployment waits (rule 27).
 *
 * @param opensBy what ends this reason; it may differ between reasons with the same code
 * @param until when it ends, if time ends it, else null
 * @param blockingDeployment the deployment that is in the way, or null
 * @param detail the reason, as a sentence for people
 * @param judgedAt since when these reasons have applied
 */
public record Blocker(
        Code code, OpensBy opensBy, Instant until, String blockingDeployment, String detail, Instant judgedAt) {

    /** In the order in which they are reported. */
    public enum Code {
        NOT_BEFORE,
        NOT_SOAKED,
        ENVIRONMENT_BUSY,
        QUEUED_BEHIND
    }

    public enum OpensBy {
        TIME,
        ACTOR,
        EVENT
    }

    /** @return when the deployment can start, or null when that does not depend on time alone */
    public static Instant earliestStart(List<Blocker> blockers) {
        return blockers.stream().allMatch(blocker -> blocker.until != null)
                ? blockers.stream()
                        .map(Blocker::until)
                        .max(Comparator.naturalOrder())
                        .orElse(null)
                : null;
    }
}
