package dev.lockstep.domain.deployment;

import dev.lockstep.domain.common.Attribution;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.release.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * One attempt to bring a release into an environment, or to empty one. It waits, is in progress, or has ended, and only moves
 * in that order (rules 19 to 28).
 */
public sealed interface Deployment {

    /** The request. Only an undeploy's changes: its release is the one that is current when it starts (rule 7). */
    Request request();

    /** @return null while it has not started */
    Start start();

    /** What its deployer last reported. */
    Report report();

    boolean isCancelRequested();

    /** @return its status and, if it has ended, why */
    StatusDetail outcome();

    /**
     * What was requested.
     *
     * @param release the one that was current, if this is an undeploy
     * @param requestedAction what the command asked for; the actual action is known once it {@linkplain Start starts}
     * @param source where the release's code comes from, or null
     * @param notBefore null for none
     * @param expiresAt null for none
     * @param restoreOf the failed deployment that this one follows (rule 23), or null
     */
    record Request(
            String id,
            String release,
            String environment,
            Action requestedAction,
            Attribution attribution,
            Source source,
            Instant createdAt,
            Instant notBefore,
            Instant expiresAt,
            String restoreOf) {

        public boolean isExpired(Instant now) {
            return expiresAt != null && !expiresAt.isAfter(now);
        }

        public Request withId(String id) {
            return with(id, release, source);
        }

        public Request withRelease(String release, Source source) {
            return with(id, release, source);
        }

        private Request with(String id, String release, Source source) {
            return new Request(
                    id,
                    release,
                    environment,
                    requestedAction,
                    attribution,
                    source,
                    createdAt,
                    notBefore,
                    expiresAt,
                    restoreOf);
        }
    }

    /**
     * What is fixed when it starts. From then on the release is locked (rule 4).
     *
     * @param previousRelease what ran there before, or null
     * @param linkedFrom the environment that the release came from (rule 3); null for an undeploy
     * @param environmentTier the tier of the environment, or null
     * @param awaitsReport whether it ends when its deployer reports, rather than at once
     */
    record Start(
            Action action,
            String previousRelease,
            String linkedFrom,
            String environmentTier,
            boolean awaitsReport,
            Instant startedAt) {}

    /** @param reportedAt the deployer's own time; each may be null */
    record Report(String url, String message, Instant reportedAt) {

        public static final Report NONE = new Report(null, null, null);

        /** Members that are left out keep their values. */
        public Report mergedWith(Report later) {
            return new Report(
                    later.url == null ? url : later.url,
                    later.message == null ? message : later.message,
                    later.reportedAt);
        }

        public boolean hasSameContent(Report other) {
            return Objects.equals(url, other.url) && Objects.equals(message, other.message);
        }
    }

    /**
     * Its status and the reason for it.
     *
     * @param failureKind how it failed, if it did, else null
     * @param supersededBy the deployment that replaced it, or null
     * @param rejection the rejection that it got when it was about to start, or null
     */
    record StatusDetail(Status status, FailureKind failureKind, String supersededBy, Rejection rejection) {

        static final StatusDetail PENDING = of(Status.PENDING);
        static final StatusDetail IN_PROGRESS = of(Status.IN_PROGRESS);
        public static final StatusDetail SUCCEEDED = of(Status.SUCCEEDED);
        public static final StatusDetail CANCELLED = of(Status.CANCELLED);
        public static final StatusDetail EXPIRED = of(Status.EXPIRED);

        private static StatusDetail of(Status status) {
            return new StatusDetail(status, null, null, null);
        }

        public static StatusDetail failed(FailureKind kind) {
            return new StatusDetail(Status.FAILED, kind, null, null);
        }

        public static StatusDetail superseded(String by) {
            return new StatusDetail(Status.SUPERSEDED, null, by, null);
        }

        public static StatusDetail rejectedAtStart(RejectionCode code, String detail) {
            return new StatusDetail(Status.CANCELLED, null, null, new Rejection(code, detail));
        }

        public boolean succeeded() {
            return status == Status.SUCCEEDED;
        }
    }

    record Rejection(RejectionCode code, String detail) {}

    /**
     * @param isInQueue whether it is in the queue: only other deployments hold it back (rule 21)
     * @param blockerCodes why it waits, as last announced
     * @param judgedAt since when these are the reasons
     */
    record Waiting(Request request, boolean isInQueue, List<Blocker.Code> blockerCodes, Instant judgedAt)
            implements Deployment {

        public Waiting {
            blockerCodes = List.copyOf(blockerCodes);
        }

        @Override
        public Start start() {
            return null;
        }

        @Override
        public Report report() {
            return Report.NONE;
        }

        @Override
        public boolean isCancelRequested() {
            return false;
        }

        @Override
        public StatusDetail outcome() {
            return StatusDetail.PENDING;
        }

        public Waiting withBlockers(boolean isInQueue, List<Blocker.Code> codes, Instant now) {
            return new Waiting(request, isInQueue, codes, now);
        }

        /** Ended without having started. */
        public Ended end(StatusDetail outcome, Instant now) {
            return new Ended(request, null, Report.NONE, false, outcome, now);
        }
    }

    /** @param lastReportAt when its deployer last reported, or when it started if it has not */
    record InProgress(Request request, Start start, Report report, Instant lastReportAt, boolean isCancelRequested)
            implements Deployment {

        @Override
        public StatusDetail outcome() {
            return StatusDetail.IN_PROGRESS;
        }

        public InProgress withReport(Report report, Instant now) {
            return new InProgress(request, start, report, now, isCancelRequested);
        }

        public InProgress withCancelRequested() {
            return new InProgress(request, start, report, lastReportAt, true);
        }

        public Ended end(StatusDetail outcome, Report report, Instant now) {
            return new Ended(request, start, report, isCancelRequested, outcome, now);
        }

        /** @return when the current policy gives it up, or null for never */
        public Instant failsAt(Policy policy) {
            Instant timedOut = plus(start.startedAt(), policy.timeoutDuration());
            Instant lost = plus(lastReportAt, policy.reportEveryDuration());
            return timedOut == null || lost != null && lost.isBefore(timedOut) ? lost : timedOut;
        }

        public boolean isTimedOut(Policy policy, Instant now) {
            Instant at = plus(start.startedAt(), policy.timeoutDuration());
            return at != null && !at.isAfter(now);
        }

        public boolean isLost(Policy policy, Instant now) {
            Instant at = plus(lastReportAt, policy.reportEveryDuration());
            return at != null && !at.isAfter(now);
        }

        private static Instant plus(Instant at, Duration duration) {
            return duration == null ? null : at.plus(duration);
        }
    }

    /** @param start null for one that never started */
    record Ended(
            Request request,
            Start start,
            Report report,
            boolean isCancelRequested,
            StatusDetail outcome,
            Instant finishedAt)
            implements Deployment {}

    /** Contract, section 1. */
    enum Status {
        PENDING,
        IN_PROGRESS,
        SUCCEEDED,
        FAILED,
        CANCELLED,
        SUPERSEDED,
        EXPIRED
    }

    enum FailureKind {
        FAILED,
        ERRORED,
        TIMED_OUT,
        LOST
    }

    /**
     * Rule 6: deploying a release that stands before the end of the environment's line is a rollback. Rule 15: deploying
     * what already runs there is a redeploy. Rule 7: emptying the environment is an undeploy.
     */
    enum Action {
        DEPLOY,
        ROLLBACK,
        REDEPLOY,
        UNDEPLOY
    }

    /** How a deployment ended, for as long as it is remembered. */
    record EndedSummary(String id, Status status, FailureKind failureKind, Instant finishedAt) {

        public static EndedSummary of(Ended deployment) {
            return new EndedSummary(
                    deployment.request().id(),
                    deployment.outcome().status(),
                    deployment.outcome().failureKind(),
                    deployment.finishedAt());
        }
    }
}
