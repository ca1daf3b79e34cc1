package dev.lockstep.domain;

import static dev.lockstep.domain.Decision.rejected;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.Ids;
import dev.lockstep.domain.common.NameFormat;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Deployment.Action;
import dev.lockstep.domain.deployment.Deployment.FailureKind;
import dev.lockstep.domain.deployment.Deployment.StatusDetail;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.gate.Gate;
import dev.lockstep.domain.gate.Gates;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.release.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** How a deployment is requested, reported and cancelled: rules 19 to 21, 25 and 26. */
final class DeploymentRules {

    /** At most this many deployments wait in one environment, for whatever reason. */
    private static final int MAX_WAITING_PER_ENVIRONMENT = 50;

    /** At most this many deployments wait in all environments of an application. */
    private static final int MAX_WAITING_PER_APPLICATION = 100;

    private DeploymentRules() {}

    /** A deployment that the {@link PromotionRules} allow starts at once, waits, or is refused because it would have to wait. */
    static Decision requestDeployment(
            Application application,
            RequestedDeployment requested,
            Command.DeploymentCommand command,
            DecisionContext context) {
        Environment environment = requested.environment();
        Command.StartOptions startOptions = command.startOptions();
        Instant now = context.now();
        if (startOptions.expiresAt() != null && !startOptions.expiresAt().isAfter(now)) {
            return rejected(
                    RejectionCode.EXPIRED,
                    "expiresAt (" + startOptions.expiresAt()
                            + ") has already passed: request the deployment again if it is still wanted.");
        }
        Deployment.Request provisional = provisionalRequest(application, requested, command, now);
        Policy policy = application.policyOf(environment);
        Gates.GateResult beforeSuperseding = evaluateGates(application, environment, provisional, context);
        if (beforeSuperseding.rejection() != null) {
            return rejected(beforeSuperseding.rejection());
        }
        List<Deployment.Waiting> superseded = beforeSuperseding.joinsQueue()
                ? deploymentsToSupersede(environment, requested.action(), policy)
                : List.of();
        Environment after = withoutSuperseded(environment, superseded, now);
        Gates.GateResult gateResult = evaluateGates(application, after, provisional, context);
        if (gateResult.rejection() != null) {
            return rejected(gateResult.rejection());
        }
        if (gateResult.isOpen()) {
            if (!superseded.isEmpty()) {
                throw new IllegalStateException(
                        "a deployment that supersedes a queue must not start at once: the gates contradict each other");
            }
            return new Decision.Accepted(
                    DeploymentProgress.startEvents(
                            application, environment, requested.release(), provisional, false, now),
                    provisional.id());
        }
        if (!startOptions.mayWait()) {
            return rejectBlocked("The deployment is blocked, and ifBlocked is reject", gateResult.blockers(now));
        }
        Decision.Rejected rejection =
                checkCapacity(application, after, policy, gateResult.joinsQueue(), superseded.size());
        return rejection != null
                ? rejection
                : enqueue(application, requested.release(), provisional, gateResult, superseded, now);
    }

    /**
     * Asks the gates about what takes effect without being a deployment, so that it cannot wait (rule 7).
     *
     * @return the rejection, or null if it may take effect
     */
    static Decision.Rejected checkImmediate(
            Application application,
            RequestedDeployment requested,
            Command.DeploymentCommand command,
            DecisionContext context) {
        Deployment.Request request = provisionalRequest(application, requested, command, context.now());
        Gates.GateResult gateResult = evaluateGates(application, requested.environment(), request, context);
        if (gateResult.rejection() != null) {
            return rejected(gateResult.rejection());
        }
        return gateResult.isOpen()
                ? null
                : rejectBlocked("The undeploy is blocked, and cannot wait here", gateResult.blockers(context.now()));
    }

    /** The request, provided that nothing is superseded for it: otherwise its id derives from a later revision. */
    private static Deployment.Request provisionalRequest(
            Application application, RequestedDeployment requested, Command.DeploymentCommand command, Instant now) {
        return new Deployment.Request(
                Ids.deployment(application.id(), application.revision() + 1),
                requested.release().id(),
                requested.environment().id(),
                requested.action(),
                command.common().attribution(),
                requested.release().source(),
                now,
                command.startOptions().notBefore(),
                command.startOptions().expiresAt(),
                null);
    }

    private static Gates.GateResult evaluateGates(
            Application application, Environment environment, Deployment.Request request, DecisionContext context) {
        Deployment.Waiting waiting = new Deployment.Waiting(request, false, List.of(), context.now());
        return application
                .gates()
                .evaluate(new Gate.GateContext(application, environment, waiting, Gate.Trigger.TIME, context));
    }

    private static Decision.Rejected rejectBlocked(String what, List<Blocker> blockers) {
        return rejected(
                RejectionCode.BLOCKED,
                what + ": " + blockers.get(0).detail(),
                new ProblemExtension.BlockedBy(blockers));
    }

    /** Rule 21: the deployments that it replaces in the queue. */
    static List<Deployment.Waiting> deploymentsToSupersede(
            Environment environment, Action requestedAction, Policy policy) {
        return requestedAction == Action.ROLLBACK || policy.whenBusy() == Policy.WhenBusy.SUPERSEDE
                ? environment.queue()
                : List.of();
    }

    private static Environment withoutSuperseded(
            Environment environment, List<Deployment.Waiting> superseded, Instant now) {
        if (superseded.isEmpty()) {
            return environment;
        }
        Environment after = environment.copy();
        superseded.forEach(waiting -> after.recordEnd(waiting.end(StatusDetail.superseded(null), now)));
        return after;
    }

    /** @param environment the environment without the superseded deployments */
    private static Decision.Rejected checkCapacity(
            Application application, Environment environment, Policy policy, boolean joinsQueue, int supersededCount) {
        int queued = environment.queue().size();
        if (joinsQueue && policy.whenBusy() == Policy.WhenBusy.REJECT) {
            Deployment.Request inProgress = environment.inProgress().request();
            return rejected(
                    RejectionCode.ENVIRONMENT_BUSY,
                    "Deployment " + inProgress.id() + " of '" + inProgress.release() + "' is in progress in '"
                            + environment.id() + "': try again when it has ended.",
                    new ProblemExtension.ConflictingDeployment(inProgress.id()));
        }
        if (joinsQueue && policy.whenBusy() == Policy.WhenBusy.QUEUE && queued >= policy.maxQueued()) {
            return rejectFull(queued + " deployments are already waiting in '" + environment.id() + "'");
        }
        int waiting = environment.waiting().size();
        if (waiting >= MAX_WAITING_PER_ENVIRONMENT) {
            return rejectFull(waiting + " deployments are already waiting in '" + environment.id() + "'");
        }
        return application.waitingCount() - supersededCount >= MAX_WAITING_PER_APPLICATION
                ? rejectFull(
                        MAX_WAITING_PER_APPLICATION + " deployments of '" + application.id() + "' are already waiting")
                : null;
    }

    private static Decision.Rejected rejectFull(String what) {
        return rejected(RejectionCode.QUEUE_FULL, what + ": try again when one of them has started, or cancel one.");
    }

    /** @param gateResult the gates' result with the superseded deployments gone */
    private static Decision enqueue(
            Application application,
            Release release,
            Deployment.Request provisional,
            Gates.GateResult gateResult,
            List<Deployment.Waiting> superseded,
            Instant now) {
        List<Event> events = new ArrayList<>();
        int before = superseded.stream()
                .mapToInt(replaced -> DeploymentProgress.endWithoutStartEvents(
                                application, replaced, StatusDetail.superseded(null), now)
                        .size())
                .sum();
        Deployment.Request request =
                provisional.withId(Ids.deployment(application.id(), application.revision() + 1 + before));
        superseded.forEach(replaced -> events.addAll(DeploymentProgress.endWithoutStartEvents(
                application, replaced, StatusDetail.superseded(request.id()), now)));
        Deployment.Waiting waiting = new Deployment.Waiting(request, gateResult.joinsQueue(), gateResult.codes(), now);
        events.add(new Event.DeploymentQueued(release, waiting, gateResult.blockers(now)));
        if (!release.isLocked()) {
            events.add(new Event.ReleaseLocked(release, waiting));
        }
        return new Decision.Accepted(events, request.id());
    }

    /** Rule 25. */
    static Decision report(Application application, Command.ReportDeployment command, DecisionContext context) {
        Deployment deployment = application.unfinishedDeployment(command.deployment());
        if (deployment == null) {
            return reportOnEnded(application, command);
        }
        if (!(deployment instanceof Deployment.InProgress inProgress)) {
            return rejected(
                    RejectionCode.NOT_STARTED,
                    "Deployment " + command.deployment()
                            + " is still waiting: report it once it has started, or cancel it.");
        }
        Deployment.Report report = inProgress.report().mergedWith(command.report());
        StatusDetail outcome =
                switch (command.status()) {
                    case IN_PROGRESS -> null;
                    case SUCCEEDED -> StatusDetail.SUCCEEDED;
                    case FAILED -> StatusDetail.failed(FailureKind.FAILED);
                    case ERRORED -> StatusDetail.failed(FailureKind.ERRORED);
                    case CANCELLED -> StatusDetail.CANCELLED;
                };
        if (outcome != null) {
            return new Decision.Accepted(
                    DeploymentProgress.endEvents(application, inProgress, outcome, report, context.now()),
                    command.deployment());
        }
        return report.hasSameContent(inProgress.report())
                ? new Decision.Accepted(List.of(), command.deployment(), true)
                : new Decision.Accepted(
                        List.of(new Event.DeploymentUpdated(
                                application.release(inProgress.request().release()),
                                inProgress.withReport(report, context.now()))),
                        command.deployment());
    }

    private static Decision reportOnEnded(Application application, Command.ReportDeployment command) {
        Deployment.EndedSummary endedSummary = application.endedDeployment(command.deployment());
        boolean isSame =
                switch (command.status()) {
                    case IN_PROGRESS -> false;
                    case SUCCEEDED -> endedSummary.status() == Deployment.Status.SUCCEEDED;
                    case FAILED -> endedSummary.failureKind() == FailureKind.FAILED;
                    case ERRORED -> endedSummary.failureKind() == FailureKind.ERRORED;
                    case CANCELLED -> endedSummary.status() == Deployment.Status.CANCELLED;
                };
        return isSame ? new Decision.Accepted(List.of(), command.deployment()) : rejectEnded(endedSummary);
    }

    /** Rule 26. */
    static Decision cancel(Application application, Command.CancelDeployment command, DecisionContext context) {
        Deployment deployment = application.unfinishedDeployment(command.deployment());
        if (deployment instanceof Deployment.Waiting waiting) {
            return new Decision.Accepted(
                    DeploymentProgress.endWithoutStartEvents(
                            application, waiting, StatusDetail.CANCELLED, context.now()),
                    command.deployment());
        }
        if (deployment instanceof Deployment.InProgress inProgress) {
            Release release = application.release(inProgress.request().release());
            return new Decision.Accepted(
                    inProgress.isCancelRequested()
                            ? List.of()
                            : List.of(new Event.DeploymentCancelRequested(release, inProgress.withCancelRequested())),
                    command.deployment());
        }
        Deployment.EndedSummary endedSummary = application.endedDeployment(command.deployment());
        return endedSummary.status() == Deployment.Status.CANCELLED
                ? new Decision.Accepted(List.of(), command.deployment())
                : rejectEnded(endedSummary);
    }

    private static Decision rejectEnded(Deployment.EndedSummary endedSummary) {
        String how = NameFormat.wireName(
                endedSummary.failureKind() == null ? endedSummary.status() : endedSummary.failureKind());
        return rejected(
                RejectionCode.DEPLOYMENT_NOT_ACTIVE,
                "Deployment " + endedSummary.id() + " ended as " + how + " at " + endedSummary.finishedAt() + ".",
                new ProblemExtension.EndedDeployment(endedSummary));
    }
}
