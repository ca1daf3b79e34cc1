package dev.lockstep.domain;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.Ids;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Deployment.Action;
import dev.lockstep.domain.deployment.Deployment.FailureKind;
import dev.lockstep.domain.deployment.Deployment.Outcome;
import dev.lockstep.domain.deployment.Deployment.Report;
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
                trigger == Gate.Trigger.TIME ? endOverdue(application, environment, context.now()) : List.of();
        if (events.isEmpty() && environment.inProgress() != null) {
            events = queueJoinEvents(application, environment, trigger, context);
        }
        return events.isEmpty() ? evaluateWaiting(application, environment, trigger, context) : events;
    }

    /**
     * More than ever happen there by themselves at one time: the one in progress, its restore and the waiting ones start and
     * end once each, with up to four events together, and in between each waiting one gets new reasons once. A gate that causes
     * more contradicts itself.
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
        Policy policy = application.pipeline().stageOf(environment.id()).policy();
        Stream<Instant> ofWaiting = environment.waiting().stream()
                .flatMap(one -> Stream.concat(
                        gateChangeTimes(application, environment, one, context),
                        Stream.of(one).map(waiting -> waiting.request().expiresAt())));
        return Stream.concat(
                        Stream.ofNullable(environment.inProgress()).map(active -> active.failsAt(policy)), ofWaiting)
                .filter(Objects::nonNull);
    }

    /** Deployments that end because of time. */
    private static List<Event> endOverdue(Application application, Environment environment, Instant now) {
        Deployment.InProgress active = environment.inProgress();
        Policy policy = application.pipeline().stageOf(environment.id()).policy();
        if (active != null && active.isTimedOut(policy, now)) {
            return endEvents(application, active, Outcome.failed(FailureKind.TIMED_OUT), active.report(), now);
        }
        if (active != null && active.isLost(policy, now)) {
            return endEvents(application, active, Outcome.failed(FailureKind.LOST), active.report(), now);
        }
        for (Deployment.Waiting one : environment.waiting()) {
            if (one.request().isExpired(now)) {
                return unstartedEndEvents(application, one, Outcome.EXPIRED, now);
            }
        }
        return List.of();
    }

    /** Rule 21: while the environment is busy, deployments that nothing else holds any longer join the queue, one by one. */
    private static List<Event> queueJoinEvents(
            Application application, Environment environment, Gate.Trigger trigger, DecisionContext context) {
        Instant now = context.now();
        Policy policy = application.pipeline().stageOf(environment.id()).policy();
        Environment after = environment.copy();
        List<Event> events = new ArrayList<>();
        List<Deployment.Waiting> joined = new ArrayList<>();
        for (Deployment.Waiting one : environment.waiting()) {
            if (!one.isInQueue()
                    && evaluateGates(application, environment, one, trigger, context)
                            .joinsQueue()) {
                for (Superseded superseded : join(after, one, policy, now)) {
                    events.addAll(unstartedEndEvents(
                            application,
                            superseded.waiting(),
                            Outcome.superseded(superseded.by().request().id()),
                            now));
                    joined.remove(superseded.waiting());
                }
                joined.addAll(after.queue().stream()
                        .filter(other ->
                                other.request().id().equals(one.request().id()))
                        .toList());
            }
        }
        for (Deployment.Waiting one : joined) {
            events.add(waitingEvent(application, one, evaluateGates(application, after, one, trigger, context), now));
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
    private static List<Superseded> join(Environment after, Deployment.Waiting one, Policy policy, Instant now) {
        Action requestedAction = one.request().requestedAction();
        List<Deployment.Waiting> toSupersede = DeploymentRules.superseded(after, requestedAction, policy);
        int place = placeOf(after, one);
        boolean isSupersededByLater = requestedAction != Action.ROLLBACK
                && toSupersede.stream().anyMatch(rival -> placeOf(after, rival) > place);
        List<Superseded> superseded = isSupersededByLater
                ? List.of(new Superseded(one, toSupersede.get(toSupersede.size() - 1)))
                : toSupersede.stream().map(rival -> new Superseded(rival, one)).toList();
        superseded.forEach(other -> after.recordEnd(other.waiting().end(Outcome.superseded(null), now)));
        if (!isSupersededByLater) {
            after.putWaiting(one.withBlockers(true, List.of(), now));
        }
        return superseded;
    }

    private static int placeOf(Environment environment, Deployment.Waiting waiting) {
        List<String> ids =
                environment.waiting().stream().map(one -> one.request().id()).toList();
        return ids.indexOf(waiting.request().id());
    }

    /**
     * Asks the gates about the waiting deployments, in the order in which they were requested. The first that no gate holds
     * starts, or the first that a gate refuses ends. If there is neither, reports the first whose reasons have changed, even if
     * they went away and came back before anybody checked.
     */
    private static List<Event> evaluateWaiting(
            Application application, Environment environment, Gate.Trigger trigger, DecisionContext context) {
        Instant now = context.now();
        List<Event> waiting = List.of();
        for (Deployment.Waiting one : environment.waiting()) {
            Gates.GateResult gateResult = evaluateGates(application, environment, one, trigger, context);
            if (gateResult.rejection() != null) {
                Gate.Rejected rejection = gateResult.rejection();
                return unstartedEndEvents(
                        application, one, Outcome.rejectedAtStart(rejection.code(), rejection.detail()), now);
            }
            if (gateResult.isOpen()) {
                return one.request().isExpired(now)
                        ? unstartedEndEvents(application, one, Outcome.EXPIRED, now)
                        : recheckedStartEvents(application, environment, one, now);
            }
            boolean reasonsChanged = !gateResult.codes().equals(one.blockerCodes())
                    || trigger == Gate.Trigger.TIME
                            && gateChangeTimes(application, environment, one, context)
                                    .anyMatch(turn -> !turn.isAfter(now));
            if (waiting.isEmpty() && reasonsChanged) {
                waiting = List.of(waitingEvent(application, one, gateResult, now));
            }
        }
        return waiting;
    }

    private static Event waitingEvent(
            Application application, Deployment.Waiting waiting, Gates.GateResult gateResult, Instant now) {
        return new Event.DeploymentWaiting(
                application.release(waiting.request().release()),
                waiting.withBlockers(gateResult.joinsQueue(), gateResult.codes(), now),
                gateResult.blockers(now));
    }

    private static List<Event> recheckedStartEvents(
            Application application, Environment environment, Deployment.Waiting waiting, Instant now) {
        Deployment.Request request = waiting.request();
        Decision.Rejected rejection = PromotionRules.recheckAtStart(application, environment, request);
        if (rejection != null) {
            return unstartedEndEvents(
                    application, waiting, Outcome.rejectedAtStart(rejection.code(), rejection.detail()), now);
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
                        : PromotionRules.linkedFrom(application, release, application.position(environment.id())),
                stage.tier(),
                stage.policy().completion() == Policy.Completion.REPORTED,
                now);
        Deployment.InProgress started = new Deployment.InProgress(request, start, Report.NONE, now, false);
        Deployment.Ended succeeded = started.end(Outcome.SUCCEEDED, Report.NONE, now);
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
            Application application, Deployment.InProgress active, Outcome outcome, Report report, Instant now) {
        Deployment.Ended ended = active.end(outcome, report, now);
        Deployment.Request request = active.request();
        Release release = application.release(request.release());
        if (outcome.succeeded()) {
            return List.of(serviceEvent(release, ended), new Event.DeploymentFinished(release, ended));
        }
        List<Event> events = new ArrayList<>();
        events.add(new Event.DeploymentFinished(release, ended));
        Environment environment = application.environment(request.environment());
        Stage stage = application.pipeline().stageOf(environment.id());
        if (stage.policy().onFailure() == Policy.OnFailure.RESTORE
                && active.start().action() != Action.REDEPLOY
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
    static List<Event> unstartedEndEvents(
            Application application, Deployment.Waiting waiting, Outcome outcome, Instant now) {
        Release release = application.release(waiting.request().release());
        Deployment.Ended ended = waiting.end(outcome, now);
        Event finished = new Event.DeploymentFinished(release, ended);
        return release.unlockedBy(ended.request().environment(), ended.request().id())
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
