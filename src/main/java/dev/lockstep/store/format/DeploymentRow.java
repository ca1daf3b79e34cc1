package dev.lockstep.store.format;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.domain.common.Actor;
import dev.lockstep.domain.common.Attribution;
import dev.lockstep.domain.common.TraceContext;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import java.time.Instant;
import java.util.List;

/**
 * A deployment as it is stored: the last that ended in an environment, the one in progress, or one that waits. Before format 5
 * of an application there was only the first kind, and it had always succeeded.
 *
 * @param environmentTier null also if written by a version that did not know it
 * @param action for a waiting deployment, the requested action
 * @param requestedAction for a deployment in progress, the requested action if it is a different one
 * @param correlationId null for one that ended, as are traceparent and tracestate: nothing more is published about it
 * @param awaitsReport whether its deployer reports how it went; null for no
 * @param cancelRequested null for no
 * @param isInQueue whether a waiting deployment is in the queue of those that wait only for each other; null for no
 */
record DeploymentRow(
        String id,
        String release,
        String environment,
        String environmentTier,
        Deployment.Status status,
        Deployment.Action action,
        String previousRelease,
        String linkedFrom,
        String actor,
        String reason,
        SourceRow source,
        Instant createdAt,
        Instant startedAt,
        Instant finishedAt,
        Deployment.FailureKind failureKind,
        @JsonProperty("asked") Deployment.Action requestedAction,
        Instant notBefore,
        Instant expiresAt,
        String correlationId,
        String traceparent,
        String tracestate,
        String restoreOf,
        @JsonProperty("reported") Boolean awaitsReport,
        String url,
        String message,
        @JsonProperty("toldAt") Instant reportedAt,
        @JsonProperty("heardAt") Instant lastReportAt,
        Boolean cancelRequested,
        @JsonProperty("isDue") Boolean isInQueue,
        List<Blocker.Code> codes,
        Instant judgedAt) {

    /** @param deployment a deployment that had started */
    static DeploymentRow of(Deployment.Ended deployment) {
        Attribution requested = deployment.request().attribution();
        Attribution kept = new Attribution(requested.actor(), requested.reason(), null, null);
        return of(deployment, null, kept, deployment.finishedAt(), null, null);
    }

    static DeploymentRow of(Deployment.InProgress deployment) {
        Deployment.Action requestedAction = deployment.request().requestedAction();
        return of(
                deployment,
                requestedAction == deployment.start().action() ? null : requestedAction,
                deployment.request().attribution(),
                null,
                deployment.lastReportAt(),
                null);
    }

    static DeploymentRow of(Deployment.Waiting deployment) {
        return of(deployment, null, deployment.request().attribution(), null, null, deployment);
    }

    private static DeploymentRow of(
            Deployment deployment,
            Deployment.Action requestedAction,
            Attribution attribution,
            Instant finishedAt,
            Instant lastReportAt,
            Deployment.Waiting waiting) {
        Deployment.Request request = deployment.request();
        Deployment.Start start = deployment.start();
        Deployment.Report report = deployment.report();
        return new DeploymentRow(
                request.id(),
                request.release(),
                request.environment(),
                start == null ? null : start.environmentTier(),
                deployment.outcome().status(),
                start == null ? request.requestedAction() : start.action(),
                start == null ? null : start.previousRelease(),
                start == null ? null : start.linkedFrom(),
                Actor.nameOf(attribution.actor()),
                attribution.reason(),
                SourceRow.of(request.source()),
                request.createdAt(),
                start == null ? null : start.startedAt(),
                finishedAt,
                deployment.outcome().failureKind(),
                requestedAction,
                request.notBefore(),
                request.expiresAt(),
                attribution.correlationId(),
                attribution.trace() == null ? null : attribution.trace().traceparent(),
                attribution.trace() == null ? null : attribution.trace().tracestate(),
                request.restoreOf(),
                start != null && start.awaitsReport() ? true : null,
                report.url(),
                report.message(),
                report.reportedAt(),
                lastReportAt,
                deployment.isCancelRequested() ? true : null,
                waiting != null && waiting.isInQueue() ? true : null,
                waiting == null ? null : waiting.blockerCodes(),
                waiting == null ? null : waiting.judgedAt());
    }

    /**
     * Whether versions that knew only immediately successful ones could read it, if they know its {@linkplain EnumFormats
     * constants}.
     */
    static boolean fitsFormat1(Deployment.Ended deployment) {
        Deployment.Request request = deployment.request();
        return deployment.outcome().equals(Deployment.StatusDetail.SUCCEEDED)
                && !deployment.start().awaitsReport()
                && deployment.report().equals(Deployment.Report.NONE)
                && !deployment.isCancelRequested()
                && request.notBefore() == null
                && request.expiresAt() == null
                && request.restoreOf() == null;
    }

    Deployment.Ended toEnded() {
        return new Deployment.Ended(
                request(),
                start(),
                report(),
                cancelRequested != null,
                new Deployment.StatusDetail(status, failureKind, null, null),
                finishedAt);
    }

    Deployment.InProgress toInProgress() {
        return new Deployment.InProgress(request(), start(), report(), lastReportAt, cancelRequested != null);
    }

    Deployment.Waiting toWaiting() {
        return new Deployment.Waiting(request(), isInQueue != null, codes, judgedAt);
    }

    private Deployment.Request request() {
        return new Deployment.Request(
                id,
                release,
                environment,
                requestedAction == null ? action : requestedAction,
                new Attribution(
                        Actor.of(actor),
                        reason,
                        correlationId,
                        traceparent == null ? null : new TraceContext(traceparent, tracestate)),
                source == null ? null : source.toSource(),
                createdAt,
                notBefore,
                expiresAt,
                restoreOf);
    }

    private Deployment.Start start() {
        return new Deployment.Start(
                action, previousRelease, linkedFrom, environmentTier, awaitsReport != null, startedAt);
    }

    private Deployment.Report report() {
        return url == null && message == null && reportedAt == null
                ? Deployment.Report.NONE
                : new Deployment.Report(url, message, reportedAt);
    }
}
