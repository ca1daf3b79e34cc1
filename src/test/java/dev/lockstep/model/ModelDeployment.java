package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** A deployment as the model remembers it. */
final class ModelDeployment implements Cloneable {

    /** In the order of the requests, within the application. */
    final long number;
    /**
     * What was requested: {@link CommandKind#DEPLOY}, {@link CommandKind#UNDEPLOY}, {@link CommandKind#ROLLBACK} or {@link
     * CommandKind#REDEPLOY}.
     */
    final CommandKind requestedKind;

    final String environment;
    final String actor;
    final String reason;
    /** The possible correlation ids of its events: the command that requested it. */
    final Set<String> correlations;
    /** Identifies it for the generator: the command that caused it, and its index among that command's deployments. */
    final String label;

    final Instant notBefore;
    final Instant expiresAt;
    /** The number of the deployment after which it restores, 0 if none. */
    final long restoreOf;

    String release;
    JsonNode source;
    /** The revision of its first event, 0 before that. */
    long revision;
    /** Whether it was announced as waiting. */
    boolean queued;
    /** Whether it waits for its {@code notBefore}: until that is checked, even if the time has passed (rule 28). */
    boolean isEarly;
    /** Whether it waits for its release to soak; the same applies. */
    boolean isSoaking;
    /** Whether it waits only for others (rule 21). */
    boolean joined;

    String status = "pending";
    String failureKind;
    String action;
    String previousRelease;
    Link link;
    String tier;
    /** According to the policy when it started. */
    boolean isReported;

    Instant startedAt;
    Instant heardAt;
    long started;
    long finished;
    boolean reportedOn;
    /** Ended, and can no longer be reported on (rule 25). */
    boolean forgotten;

    boolean cancelRequested;
    String url;
    String message;
    Instant reportedAt;
    /** The number of the deployment that superseded it, 0 if none. */
    long supersededBy;

    ExpectedRefusal endedBy;
    List<ExpectedBlocker> blockedBy = List.of();

    ModelDeployment(
            long number,
            CommandKind asked,
            ModelRelease release,
            String environment,
            DeploymentRequest asking,
            long restoreOf) {
        this.number = number;
        this.requestedKind = asked;
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
        return requestedKind == CommandKind.UNDEPLOY;
    }

    /** Rule 20: a time in the past has no effect. */
    boolean hasItsTime(Instant now) {
        return notBefore == null || !notBefore.isAfter(now);
    }

    boolean isExpired(Instant now) {
        return expiresAt != null && !expiresAt.isAfter(now);
    }

    /** Whether it ended in the way a report with this status says. */
    boolean endedAs(String reported) {
        return switch (reported) {
            case "failed", "errored" -> status.equals("failed") && reported.equals(failureKind);
            default -> status.equals(reported);
        };
    }

    /** Whether anything that is published has changed. */
    boolean tell(JsonNode data) {
        String urlBefore = url;
        String messageBefore = message;
        url = data.has("url") ? data.get("url").textValue() : url;
        message = data.has("message") ? data.get("message").textValue() : message;
        return !Objects.equals(url, urlBefore) || !Objects.equals(message, messageBefore);
    }

    /** @param restored the first revision of the deployment after which it restores, 0 for none */
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
                requestedKind);
    }
}
