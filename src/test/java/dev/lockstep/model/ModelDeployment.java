package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** A deployment as the model remembers it. */
final class ModelDeployment implements Cloneable {

    /** In the order of asking, within the application. */
    final long number;
    /** What was asked for: {@link Kind#DEPLOY}, {@link Kind#UNDEPLOY}, {@link Kind#ROLLBACK} or {@link Kind#REDEPLOY}. */
    final Kind asked;

    final String environment;
    final String actor;
    final String reason;
    /** What its events may have as their correlation id: the command that asked for it. */
    final Set<String> correlations;
    /** By which the generator knows it: the command that brought it about, and the how-manieth it was of that. */
    final String label;

    final Instant notBefore;
    final Instant expiresAt;
    /** The number of the deployment that it restores after, 0 if none. */
    final long restoreOf;

    String release;
    JsonNode source;
    /** Of its first event, 0 before. */
    long revision;
    /** Whether it was announced as waiting. */
    boolean queued;
    /** Whether it waits for others alone (rule 21). */
    boolean joined;

    String status = "pending";
    String failureKind;
    String action;
    String previousRelease;
    Link link;
    String tier;
    /** As the policy said when it started. */
    boolean isReported;

    Instant startedAt;
    Instant heardAt;
    long started;
    long finished;
    boolean reportedOn;
    /** Ended, and nothing can be said of it any more (rule 25). */
    boolean forgotten;

    boolean cancelRequested;
    String url;
    String message;
    Instant reportedAt;
    /** The number of the deployment that came instead, 0 if none. */
    long supersededBy;

    Code endedBy;
    List<Blocker> blockedBy = List.of();

    ModelDeployment(long number, Kind asked, ModelRelease release, String environment, Asking asking, long restoreOf) {
        this.number = number;
        this.asked = asked;
        this.release = release.id;
        this.source = release.source;
        this.environment = environment;
        this.actor = asking.actor();
        this.reason = asking.reason();
        this.correlations = asking.correlations();
        this.label = asking.label();
        this.notBefore = asking.notBefore();
        this.expiresAt = asking.expiresAt();
        this.restoreOf = restoreOf;
        this.action = asked.name().toLowerCase(Locale.ROOT);
    }

    ModelDeployment copy() {
        try {
            return (ModelDeployment) clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean isWaiting() {
        return status.equals("pending");
    }

    boolean isInProgress() {
        return status.equals("in_progress");
    }

    boolean isOnItsWay() {
        return isWaiting() || isInProgress();
    }

    boolean isUndeploy() {
        return asked == Kind.UNDEPLOY;
    }

    /** Rule 20: in the past it means nothing. */
    boolean hasItsTime(Instant now) {
        return notBefore == null || !notBefore.isAfter(now);
    }

    boolean isExpired(Instant now) {
        return expiresAt != null && !expiresAt.isAfter(now);
    }

    /** Whether it ended as a report with this status says. */
    boolean endedAs(String reported) {
        return switch (reported) {
            case "failed", "errored" -> status.equals("failed") && reported.equals(failureKind);
            default -> status.equals(reported);
        };
    }

    /** Whether anything that is published got another value. */
    boolean tell(JsonNode data) {
        String urlBefore = url;
        String messageBefore = message;
        url = data.has("url") ? data.get("url").textValue() : url;
        message = data.has("message") ? data.get("message").textValue() : message;
        return !Objects.equals(url, urlBefore) || !Objects.equals(message, messageBefore);
    }

    /** @param restored the first revision of what it restores after, 0 if nothing */
    ExpectedDeployment view(long restored, long superseding) {
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
                restored,
                superseding,
                endedBy,
                blockedBy,
                asked);
    }
}
