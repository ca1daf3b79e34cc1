package dev.lockstep.domain;

import static dev.lockstep.domain.Decision.rejected;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.Ids;
import dev.lockstep.domain.common.RefusalCode;
import dev.lockstep.domain.common.Words;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Deployment.Action;
import dev.lockstep.domain.deployment.Deployment.FailureKind;
import dev.lockstep.domain.deployment.Deployment.Outcome;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.gate.Gate;
import dev.lockstep.domain.gate.Gates;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.release.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** How a deployment is requested, reported and cancelled: rules 19 to 21, 25 and 26. */
final class DeploymentRules {

    /** At most this many deployments wait in one environment, and in one application, for whatever reason. */
    private static final int MOST_WAITING = 50;

    private static final int MOST_WAITING_IN_ALL = 100;

    private DeploymentRules() {}

    /**
     * A deployment that {@link PromotionRules} allow starts at once, waits, or is refused because it would have to wait.
     *
     * @param release the current one, if this is an undeploy
     */
    static Decision ask(
            Application application,
            Environment environment,
            Release release,
            Action asked,
            Command.Common common,
            Command.Terms terms,
            DecisionContext context) {
        Instant now = context.now();
        if (terms.expiresAt() != null && !terms.expiresAt().isAfter(now)) {
            return rejected(
                    RefusalCode.EXPIRED,
                    "expiresAt (" + terms.expiresAt()
                            + ") has already passed: request the deployment again if it is still wanted.");
        }
        Deployment.Request provisional = new Deployment.Request(
                Ids.deployment(application.id(), application.revision() + 1),
                release.id(),
                environment.id(),
                asked,
                common.actor(),
                common.reason(),
                release.source(),
                now,
                terms.notBefore(),
                terms.expiresAt(),
                common.correlationId(),
                null);
        Stage stage = application.pipeline().stageOf(environment.id());
        Policy policy = stage.policy();
        Deployment.Waiting waiting = new Deployment.Waiting(provisional, false, List.of(), now);
        Gates.Answer first =
                application.gates().ask(new Gate.Question(stage, environment, waiting, Gate.Occasion.TIME, context));
        if (first.refusal() != null) {
            return rejected(first.refusal().code(), first.refusal().detail());
        }
        List<Deployment.Waiting> superseded = first.joins() ? superseded(environment, asked, policy) : List.of();
        Environment after = without(environment, superseded, now);
        Gates.Answer answer =
                application.gates().ask(new Gate.Question(stage, after, waiting, Gate.Occasion.TIME, context));
        if (answer.isOpen()) {
            return new Decision.Accepted(
                    Course.begin(application, environment, release, provisional, false, now), provisional.id());
        }
        if (!terms.mayWait()) {
            List<Blocker> blockers = answer.blockers(now);
            return rejected(
                    RefusalCode.BLOCKED,
                    "The deployment is blocked, and ifBlocked is reject: "
                            + blockers.get(0).detail(),
                    new Remedy.BlockedBy(blockers));
        }
        Decision.Rejected full = refusesToWait(after, policy, answer.joins());
        if (full == null && application.waitingCount() - superseded.size() >= MOST_WAITING_IN_ALL) {
            full = rejected(
                    RefusalCode.QUEUE_FULL,
                    MOST_WAITING_IN_ALL + " deployments of '" + application.id()
                            + "' are already waiting: try again when one of them has started, or cancel one.");
        }
        return full != null ? full : wait(application, release, provisional, answer, superseded, now);
    }

    /** Rule 21: the deployments that it replaces in the queue. */
    static List<Deployment.Waiting> superseded(Environment environment, Action asked, Policy policy) {
        return asked == Action.ROLLBACK || policy.whenBusy() == Policy.WhenBusy.SUPERSEDE
                ? environment.queue()
                : List.of();
    }

    private static Environment without(Environment environment, List<Deployment.Waiting> superseded, Instant now) {
        if (superseded.isEmpty()) {
            return environment;
        }
        Environment after = environment.copy();
        superseded.forEach(one -> after.ended(one.end(Outcome.superseded(null), now)));
        return after;
    }

    private static Decision.Rejected refusesToWait(Environment environment, Policy policy, boolean joins) {
        int queued = environment.queue().size();
        if (joins && policy.whenBusy() == Policy.WhenBusy.REJECT) {
            Deployment.Request active = environment.active().request();
            return rejected(
                    RefusalCode.ENVIRONMENT_BUSY,
                    "Deployment " + active.id() + " of '" + active.release() + "' is in progress in '"
                            + environment.id() + "': try again when it has ended.",
                    new Remedy.InTheWay(active.id()));
        }
        boolean isFull = joins && policy.whenBusy() == Policy.WhenBusy.QUEUE && queued >= policy.maxQueued();
        return isFull || environment.waiting().size() >= MOST_WAITING
                ? rejected(
                        RefusalCode.QUEUE_FULL,
                        (isFull ? queued : environment.waiting().size()) + " deployments are already waiting in '"
                                + environment.id() + "': try again when one of them has started, or cancel one.")
                : null;
    }

    /** @param answer of the gates, with the superseded deployments gone */
    private static Decision wait(
            Application application,
            Release release,
            Deployment.Request provisional,
            Gates.Answer answer,
            List<Deployment.Waiting> superseded,
            Instant now) {
        List<Event> events = new ArrayList<>();
        int before = superseded.stream()
                .mapToInt(one -> Course.unstarted(application, one, Outcome.superseded(null), now)
                        .size())
                .sum();
        Deployment.Request request =
                provisional.named(Ids.deployment(application.id(), application.revision() + 1 + before));
        superseded.forEach(
                one -> events.addAll(Course.unstarted(application, one, Outcome.superseded(request.id()), now)));
        Deployment.Waiting waiting = new Deployment.Waiting(request, answer.joins(), answer.codes(), now);
        events.add(new Event.DeploymentQueued(release, waiting, answer.blockers(now)));
        if (!release.locked()) {
            events.add(new Event.ReleaseLocked(release, waiting));
        }
        return new Decision.Accepted(events, request.id());
    }

    /** Rule 25. */
    static Decision report(Application application, Command.ReportDeployment command, DecisionContext context) {
        Deployment deployment = application.onItsWay(command.deployment());
        if (deployment == null) {
            return reportedAgain(application, command);
        }
        if (!(deployment instanceof Deployment.InProgress active)) {
            return rejected(
                    RefusalCode.NOT_STARTED,
                    "Deployment " + command.deployment()
                            + " is still waiting: report it once it has started, or cancel it.");
        }
        Deployment.Report report = active.report().and(command.report());
        Outcome outcome =
                switch (command.status()) {
                    case IN_PROGRESS -> null;
                    case SUCCEEDED -> Outcome.SUCCEEDED;
                    case FAILED -> Outcome.failed(FailureKind.FAILED);
                    case ERRORED -> Outcome.failed(FailureKind.ERRORED);
                    case CANCELLED -> Outcome.CANCELLED;
                };
        if (outcome != null) {
            return new Decision.Accepted(
                    Course.end(application, active, outcome, report, context.now()), command.deployment());
        }
        return report.saysTheSame(active.report())
                ? new Decision.Accepted(List.of(), command.deployment(), true)
                : new Decision.Accepted(
                        List.of(new Event.DeploymentUpdated(
                                application.release(active.request().release()), active.heard(report, context.now()))),
                        command.deployment());
    }

    private static Decision reportedAgain(Application application, Command.ReportDeployment command) {
        Deployment.Past past = application.past(command.deployment());
        boolean isSame =
                switch (command.status()) {
                    case IN_PROGRESS -> false;
                    case SUCCEEDED -> past.status() == Deployment.Status.SUCCEEDED;
                    case FAILED -> past.failureKind() == FailureKind.FAILED;
                    case ERRORED -> past.failureKind() == FailureKind.ERRORED;
                    case CANCELLED -> past.status() == Deployment.Status.CANCELLED;
                };
        return isSame ? new Decision.Accepted(List.of(), command.deployment()) : hasEnded(past);
    }

    /** Rule 26. */
    static Decision cancel(Application application, Command.CancelDeployment command, DecisionContext context) {
        Deployment deployment = application.onItsWay(command.deployment());
        if (deployment instanceof Deployment.Waiting waiting) {
            return new Decision.Accepted(
                    Course.unstarted(application, waiting, Outcome.CANCELLED, context.now()), command.deployment());
        }
        if (deployment instanceof Deployment.InProgress active) {
            Release release = application.release(active.request().release());
            return new Decision.Accepted(
                    active.cancelRequested()
                            ? List.of()
                            : List.of(new Event.DeploymentCancelRequested(release, active.askedToStop())),
                    command.deployment());
        }
        Deployment.Past past = application.past(command.deployment());
        return past.status() == Deployment.Status.CANCELLED
                ? new Decision.Accepted(List.of(), command.deployment())
                : hasEnded(past);
    }

    private static Decision hasEnded(Deployment.Past past) {
        String how = Words.word(past.failureKind() == null ? past.status() : past.failureKind());
        return rejected(
                RefusalCode.DEPLOYMENT_NOT_ACTIVE,
                "Deployment " + past.id() + " ended as " + how + " at " + past.finishedAt() + ".",
                new Remedy.Ended(past));
    }
}
