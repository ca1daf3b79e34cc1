package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;

/**
 * A deployment as it must be published. It is identified by the revision of its first event, and times are given as revisions
 * of events at the same moment, 0 for none.
 *
 * @param tier            the environment's tier at its start, or null
 * @param action          deploy, rollback, redeploy or undeploy
 * @param previousRelease what it replaced, or null
 * @param link            null before its start
 * @param actor           the command's, or null, like {@code reason}
 * @param source          the release's, or null
 * @param restoreOf       the first revision of the deployment after which it restores, 0 if it restores nothing
 * @param supersededBy    the same
 * @param endedBy         what refused its start, or null
 * @param blockedBy       why it waits; empty if it does not
 * @param asked           the kind of command, which is not published
 */
public record ExpectedDeployment(
        long revision,
        String release,
        String environment,
        String tier,
        String status,
        String failureKind,
        String action,
        String previousRelease,
        Link link,
        String actor,
        String reason,
        JsonNode source,
        Instant notBefore,
        Instant expiresAt,
        long started,
        long finished,
        boolean cancelRequested,
        String url,
        String message,
        Instant reportedAt,
        long restoreOf,
        long supersededBy,
        ExpectedRefusal endedBy,
        List<ExpectedBlocker> blockedBy,
        CommandKind asked) {

    boolean wasAskedAs(CommandKind kind) {
        return asked == kind;
    }

    boolean isRedeploy() {
        return action.equals("redeploy");
    }

    boolean isUndeploy() {
        return action.equals("undeploy");
    }

    String linkedFrom(EventLog chronicle, String application) {
        return link == null ? null : link.resolve(chronicle, application);
    }

    /** Null if any reason opens by an event or an actor, otherwise the latest time (rule 27). */
    static Instant earliestStart(List<ExpectedBlocker> blockedBy) {
        Instant latest = null;
        for (ExpectedBlocker blocker : blockedBy) {
            if (!blocker.opensByTime()) {
                return null;
            }
            latest = latest == null || blocker.until().isAfter(latest) ? blocker.until() : latest;
        }
        return latest;
    }

    /** The {@code outcome} of {@code finished} (section 6). */
    String outcome() {
        if (status.equals("succeeded")) {
            return "success";
        }
        if (!status.equals("failed")) {
            return "cancel";
        }
        return failureKind.equals("failed") ? "failure" : "error";
    }

    /** As in the status of its release: the environment's status has the rest. */
    ExpectedDeployment brief() {
        return new ExpectedDeployment(
                revision,
                release,
                environment,
                tier,
                status,
                failureKind,
                action,
                previousRelease,
                link,
                actor,
                null,
                null,
                notBefore,
                expiresAt,
                started,
                finished,
                cancelRequested,
                null,
                null,
                reportedAt,
                restoreOf,
                supersededBy,
                endedBy,
                List.of(),
                asked);
    }

    ExpectedDeployment supersededBy(long revision) {
        return new ExpectedDeployment(
                this.revision,
                release,
                environment,
                tier,
                status,
                failureKind,
                action,
                previousRelease,
                link,
                actor,
                reason,
                source,
                notBefore,
                expiresAt,
                started,
                finished,
                cancelRequested,
                url,
                message,
                reportedAt,
                restoreOf,
                revision,
                endedBy,
                blockedBy,
                asked);
    }
}
