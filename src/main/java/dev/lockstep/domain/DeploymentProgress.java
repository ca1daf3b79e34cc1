package dev.lockstep.domain;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.Ids;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Deployment.Action;
import dev.lockstep.domain.deployment.Deployment.FailureKind;
import dev.lockstep.domain.deployment.Deployment.Report;
import dev.lockstep.domain.deployment.Deployment.StatusDetail;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.gate.Gate;
import dev.lockstep.domain.gate.Gates;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.release.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How deployments start and end, and what follows: rules 14, 19 to 24 and 28. Changes no state; returns the events to
 * apply.
 */
final class DeploymentProgress {

    private DeploymentProgress() {}

    /**
     * What happens next in an environment without a command.
     *
     * @param trigger whether the time is being checked, or only what just happened
     * @return the events; empty if nothing more happens
     */
    static List<Event> nextEvents(
            Application application, Environment environment, Gate.Trigger trigger, DecisionContext context) {
        List<Event> events =
                trigger == Gate.Trigger.TIME ? overdueEvents(application, environment, context.now()) : List.of();
        if (events.isEmpty() && environment.inProgress() != null) {
            events = queueJoinEvents(application, environment, trigger, context);
        }
        return events.isEmpty() ? waitingEvents(application, environment, trigger, context) : events;
    }

    /**
     * An upper bound on the events that one re-evaluation can cause; a gate that exceeds it is inconsistent. The deployment in
     * progress, its restore and the waiting ones start and end once each, with up to four events together, and in between each
     * waiting one gets new reasons once.
     */
    static int maxEvents(Environment environment) {
        int deployments = environment.waiting().size() + 2;
        return 8 * deployments * deployments;
    }

    /**
     * The times at which something is due there: a gate opens or closes for a waiting deployment, one expires, or the
     * one in progress is given up.
     */
    static Stream<Instant> dueTimes(Application application, Environment environment, DecisionContext context) {
        Policy policy = application.policyOf(environment);
        Stream<Instant> ofWaiting = environment.waiting().stream()
                .flatMap(deployment -> Stream.concat(
                        gateChangeTimes(application, environment, deployment, context),
                        Stream.of(deployment).map(waiting -> waiting.request().expiresAt())));
        return Stream.concat(
                        Stream.ofNullable(environment.inProgress()).map(inProgress -> inProgress.failsAt(policy)),
                        ofWaiting)
                .filter(Objects::nonNull);
    }

    /** Deployments that end because of time. */
    private static List<Event> overdueEvents(Application application, Environment environment, Instant now) {
        Deployment.InProgress inProgress = environment.inProgress();
        Policy policy = application.policyOf(environment);
        if (inProgress != null && inProgress.isTimedOut(policy, now)) {
            return endEvents(
                    application, inProgress, StatusDetail.failed(FailureKind.TIMED_OUT), inProgress.report(), now);
        }
        if (inProgress != null && inProgress.isLost(policy, now)) {
            return endEvents(application, inProgress, StatusDetail.failed(FailureKind.LOST), inProgress.report(), now);
        }
        for (Deployment.Waiting waiting : environment.waiting()) {
            if (waiting.request().isExpired(now)) {
                return endWithoutStartEvents(application, waiting, StatusDetail.EXPIRED, now);
            }
        }
        return List.of();
    }

    /**
     * Rule 21: while the environment is busy, deployments that nothing else holds any longer join the queue, one by one.
     * One that has expired but has not been ended yet ends now instead: it must not supersede any other.
     */
    private static List<Event> queueJoinEvents(
            Application application, Environment environment, Gate.Trigger trigger, DecisionContext context) {
        Instant now = context.now();
        Policy policy = application.policyOf(environment);
        List<Deployment.Waiting> joining = environment.waiting().stream()
                .filter(waiting -> !waiting.isInQueue()
                        && evaluateGates(application, environment, waiting, trigger, context)
                                .joinsQueue())
                .toList();
        for (Deployment.Waiting waiting : joining) {
            if (waiting.request().isExpired(now)) {
                return endWithoutStartEvents(application, waiting, StatusDetail.EXPIRED, now);
            }
        }
        Environment after = environment.copy();
        List<Event> events = new ArrayList<>();
        for (Deployment.Waiting waiting : joining) {
            for (Superseded superseded : join(after, waiting, policy, now)) {
                events.addAll(endWithoutStartEvents(
                        application,
                        superseded.waiting(),
                        StatusDetail.superseded(superseded.by().request().id()),
                        now));
            }
        }
        Set<String> joiningIds =
                joining.stream().map(waiting -> waiting.request().id()).collect(Collectors.toSet());
        List<Deployment.Waiting> joined = after.queue().stream()
                .filter(queued -> joiningIds.contains(queued.request().id()))
                .toList();
        for (Deployment.Waiting waiting : joined) {
            events.add(waitingEvent(
                    application, waiting, evaluateGates(application, after, waiting, trigger, context), now));
        }
        return events;
    }

    private static Gates.GateResult evaluateGates(
            Application application,
            Environment environment,
            Deployment.Waiting waiting,
            Gate.Trigger trigger,
            DecisionContext context) {
        return application.gates().evaluate(new Gate.GateContext(application, environment, waiting, trigger, context));
    }

    /** When gates open or close for it, counted from when its reasons were last announced. */
    private static Stream<Instant> gateChangeTimes(
            Application application, Environment environment, Deployment.Waiting waiting, DecisionContext context) {
        return application.gates().changeTimes(Gate.GateContext.forDisplay(application, environment, waiting, context));
    }

    private record Superseded(Deployment.Waiting waiting, Deployment.Waiting by) {}

    /** @param after is changed: the deployment joins, or is itself superseded */
    private static List<Superseded> join(Environment after, Deployment.Waiting waiting, Policy policy, Instant now) {
        Action requestedAction = waiting.request().requestedAction();
        List<Deployment.Waiting> toSupersede = DeploymentRules.deploymentsToSupersede(after, requestedAction, policy);
        int position = positionOf(after, waiting);
        boolean isSupersededByLater = requestedAction != Action.ROLLBACK
                && toSupersede.stream().anyMatch(queued -> positionOf(after, queued) > position);
        List<Superseded> superseded = isSupersededByLater
                ? List.of(new Superseded(waiting, toSupersede.get(toSupersede.size() - 1)))
                : toSupersede.stream()
                        .map(queued -> new Superseded(queued, waiting))
                        .toList();
        superseded.forEach(pair -> after.recordEnd(pair.waiting().end(StatusDetail.superseded(null), now)));
        if (!isSupersededByLater) {
            after.putWaiting(waiting.withBlockers(true, List.of(), now));
        }
        return superseded;
    }

    private static int positionOf(Environment environment, Deployment.Waiting waiting) {
        List<String> ids = environment.waiting().stream()
                .map(deployment -> deployment.request().id())
                .toList();
        return ids.indexOf(waiting.request().id());
    }

    /**
     * Asks the gates about the waiting deployments, in the order in which they were requested. The first that no gate holds
     * starts, or the first that a gate refuses ends. If there is neither, reports the first whose reasons have changed, even if they changed and changed back between two checks.
     */
    private static List<Event> waitingEvents(
            Application application, Environment environment, Gate.Trigger trigger, DecisionContext context) {
        Instant now = context.now();
        List<Event> waitingEvents = List.of();
        for (Deployment.Waiting waiting : environment.waiting()) {
            Gates.GateResult gateResult = evaluateGates(application, environment, waiting, trigger, context);
            if (gateResult.rejection() != null) {
                Gate.Rejected rejection = gateResult.rejection();
                return endWithoutStartEvents(
                        application, waiting, StatusDetail.rejectedAtStart(rejection.code(), rejection.detail()), now);
            }
            if (gateResult.isOpen()) {
                return waiting.request().isExpired(now)
                        ? endWithoutStartEvents(application, waiting, StatusDetail.EXPIRED, now)
                        : startOrRejectEvents(application, environment, waiting, now);
            }
            boolean reasonsChanged = !gateResult.codes().equals(waiting.blockerCodes())
                    || trigger == Gate.Trigger.TIME
                            && gateChangeTimes(application, environment, waiting, context)
                                    .anyMatch(changesAt -> !changesAt.isAfter(now));
            if (waitingEvents.isEmpty() && reasonsChanged) {
                waitingEvents = List.of(waitingEvent(application, waiting, gateResult, now));
            }
        }
        return waitingEvents;
    }

    private static Event waitingEvent(
            Application application, Deployment.Waiting waiting, Gates.GateResult gateResult, Instant now) {
        return new Event.DeploymentWaiting(
                application.release(waiting.request().release()),
                waiting.withBlockers(gateResult.joinsQueue(), gateResult.codes(), now),
                gateResult.blockers(now));
    }

    private static List<Event> startOrRejectEvents(
            Application application, Environment environment, Deployment.Waiting waiting, Instant now) {
        Deployment.Request request = waiting.request();
        Decision.Rejected rejection = PromotionRules.recheckAtStart(application, environment, request);
        if (rejection != null) {
            return endWithoutStartEvents(
                    application, waiting, StatusDetail.rejectedAtStart(rejection.code(), rejection.detail()), now);
        }
        Release release = application.release(
                request.requestedAction() == Action.UNDEPLOY
                        ? environment.current().release()
                        : request.release());
        return startEvents(
                application, environment, release, request.withRelease(release.id(), release.source()), true, now);
    }

    /** @param hasWaited whether it waited before */
    static List<Event> startEvents(
            Application application,
            Environment environment,
            Release release,
            Deployment.Request request,
            boolean hasWaited,
            Instant now) {
        Stage stage = application.pipeline().stageOf(environment.id());
        Action action = PromotionRules.actualAction(environment, release, request.requestedAction());
        Deployment.Start start = new Deployment.Start(
                action,
                environment.current() == null ? null : environment.current().release(),
                action == Action.UNDEPLOY
                        ? null
                        : PromotionRules.linkedFrom(application, release, application.positionOf(environment.id())),
                stage.tier(),
                stage.policy().completion() == Policy.Completion.REPORTED,
                now);
        Deployment.InProgress started = new Deployment.InProgress(request, start, Report.NONE, now, false);
        Deployment.Ended succeeded = started.end(StatusDetail.SUCCEEDED, Report.NONE, now);
        List<Event> events = new ArrayList<>();
        if (hasWaited || start.awaitsReport()) {
            events.add(new Event.DeploymentStarted(release, started));
        }
        if (!release.isLocked()) {
            events.add(new Event.ReleaseLocked(release, start.awaitsReport() ? started : succeeded));
        }
        if (!start.awaitsReport()) {
            events.add(serviceEvent(release, succeeded));
        }
        if (!start.awaitsReport() && hasWaited) {
            events.add(new Event.DeploymentFinished(release, succeeded));
        }
        return events;
    }

    /** Ends a deployment that had started, and restores what is current if the policy says so (rule 23). */
    static List<Event> endEvents(
            Application application,
            Deployment.InProgress inProgress,
            StatusDetail outcome,
            Report report,
            Instant now) {
        Deployment.Ended ended = inProgress.end(outcome, report, now);
        Deployment.Request request = inProgress.request();
        Release release = application.release(request.release());
        if (outcome.succeeded()) {
            return List.of(serviceEvent(release, ended), new Event.DeploymentFinished(release, ended));
        }
        List<Event> events = new ArrayList<>();
        events.add(new Event.DeploymentFinished(release, ended));
        Environment environment = application.environment(request.environment());
        Stage stage = application.pipeline().stageOf(environment.id());
        if (stage.policy().onFailure() == Policy.OnFailure.RESTORE
                && inProgress.start().action() != Action.REDEPLOY
                && environment.current() != null) {
            Release current = application.release(environment.current().release());
            Deployment.Request restore = new Deployment.Request(
                    Ids.deployment(application.id(), application.revision() + events.size() + 1),
                    current.id(),
                    environment.id(),
                    Action.REDEPLOY,
                    request.attribution().automatic(),
                    current.source(),
                    now,
                    null,
                    null,
                    request.id());
            events.addAll(startEvents(application, environment, current, restore, false, now));
        }
        return events;
    }

    /** Ends a waiting deployment, which never started. */
    static List<Event> endWithoutStartEvents(
            Application application, Deployment.Waiting waiting, StatusDetail outcome, Instant now) {
        Release release = application.release(waiting.request().release());
        Deployment.Ended ended = waiting.end(outcome, now);
        Event finished = new Event.DeploymentFinished(release, ended);
        return release.withoutWaitingLock(
                                        ended.request().environment(),
                                        ended.request().id())
                                .isLocked()
                        || !release.isLocked()
                ? List.of(finished)
                : List.of(finished, new Event.ReleaseUnlocked(release, ended));
    }

    private static Event serviceEvent(Release release, Deployment.Ended deployment) {
        return switch (deployment.start().action()) {
            case DEPLOY, ROLLBACK -> new Event.ServiceDeployed(release, deployment);
            case REDEPLOY -> new Event.ServiceRedeployed(release, deployment);
            case UNDEPLOY ->
                new Event.ServiceRemoved(release, deployment.request().environment(), deployment);
        };
    }
}
