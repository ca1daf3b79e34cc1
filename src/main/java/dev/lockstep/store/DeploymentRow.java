package dev.lockstep.store;

import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import java.time.Instant;
import java.util.List;

/**
 * A deployment as it is stored: the last that ended in an environment, the one in progress, or one that waits. Until format 5 of
 * an application there was the first kind alone, and it had always succeeded.
 *
 * @param environmentTier null also where a version wrote that did not know of it
 * @param action of one that waits what was asked for
 * @param asked of one in progress what was asked for, where it is something else
 * @param correlationId of one that ended null: no more is told of it
 * @param reported whether its deployer says how it went; null for no
 * @param cancelRequested null for no
 * @param isDue whether one that waits has joined those that wait for nothing but each other; null for no
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
        Deployment.Action asked,
        Instant notBefore,
        Instant expiresAt,
        String correlationId,
        String restoreOf,
        Boolean reported,
        String url,
        String message,
        Instant toldAt,
        Instant heardAt,
        Boolean cancelRequested,
        Boolean isDue,
        List<Blocker.Code> codes,
        Instant judgedAt) {

    /** @param deployment one that had started */
    static DeploymentRow of(Deployment.Ended deployment) {
        return of(deployment, null, null, deployment.finishedAt(), null, null);
    }

    static DeploymentRow of(Deployment.InProgress deployment) {
        Deployment.Action asked = deployment.request().requestedAction();
        return of(
                deployment,
                asked == deployment.start().action() ? null : asked,
                deployment.request().correlationId(),
                null,
                deployment.lastReportAt(),
                null);
    }

    static DeploymentRow of(Deployment.Waiting deployment) {
        return of(deployment, null, deployment.request().correlationId(), null, null, deployment);
    }

    private static DeploymentRow of(
            Deployment deployment,
            Deployment.Action asked,
            String correlationId,
            Instant finishedAt,
            Instant heardAt,
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
                request.actor(),
                request.reason(),
                SourceRow.of(request.source()),
                request.createdAt(),
                start == null ? null : start.at(),
                finishedAt,
                deployment.outcome().failureKind(),
                asked,
                request.notBefore(),
                request.expiresAt(),
                correlationId,
                request.restoreOf(),
                start != null && start.awaitsReport() ? true : null,
                report.url(),
                report.message(),
                report.at(),
                heardAt,
                deployment.cancelRequested() ? true : null,
                waiting != null && waiting.isInQueue() ? true : null,
                waiting == null ? null : waiting.blockerCodes(),
                waiting == null ? null : waiting.judgedAt());
    }

    /**
     * Whether versions that knew of none but those that succeed at once could read it, if they know its {@linkplain EnumFormats
     * words}.
     */
    static boolean fitsFormat1(Deployment.Ended deployment) {
        Deployment.Request request = deployment.request();
        return deployment.outcome().equals(Deployment.Outcome.SUCCEEDED)
                && !deployment.start().awaitsReport()
                && deployment.report().equals(Deployment.Report.NONE)
                && !deployment.cancelRequested()
                && request.notBefore() == null
                && request.expiresAt() == null
                && request.restoreOf() == null;
    }

    Deployment.Ended ended() {
        return new Deployment.Ended(
                request(),
                start(),
                report(),
                cancelRequested != null,
                new Deployment.Outcome(status, failureKind, null, null),
                finishedAt);
    }

    Deployment.InProgress inProgress() {
        return new Deployment.InProgress(request(), start(), report(), heardAt, cancelRequested != null);
    }

    Deployment.Waiting waiting() {
        return new Deployment.Waiting(request(), isDue != null, codes, judgedAt);
    }

    private Deployment.Request request() {
        return new Deployment.Request(
                id,
                release,
                environment,
                asked == null ? action : asked,
                actor,
                reason,
                source == null ? null : source.source(),
                createdAt,
                notBefore,
                expiresAt,
                correlationId,
                restoreOf);
    }

    private Deployment.Start start() {
        return new Deployment.Start(action, previousRelease, linkedFrom, environmentTier, reported != null, startedAt);
    }

    private Deployment.Report report() {
        return url == null && message == null && toldAt == null
                ? Deployment.Report.NONE
                : new Deployment.Report(url, message, toldAt);
    }
}
