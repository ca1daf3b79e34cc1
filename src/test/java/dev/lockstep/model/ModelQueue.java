package dev.lockstep.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Checks again what waits in one environment (rules 20, 21, 27, 28 and 30). */
record ModelQueue(ModelState state, ModelLifecycle life) {

    ModelQueue(ModelState state, String environment) {
        this(state, new ModelLifecycle(state, environment));
    }

    /** What caused this: only a timer and a definition that changes the environment check the time (rules 24 and 28). */
    enum Cause {
        COMMAND,
        POLICY_OR_TIMER
    }

    /** After a change that does not check the time. */
    static void reevaluateAll(ModelState state) {
        reevaluateAll(state, List.of());
    }

    /**
     * Rule 28: whatever waits in the application is checked again. An environment is affected only by those before it, and they
     * come first.
     *
     * @param timed where the time is checked
     */
    static void reevaluateAll(ModelState state, List<String> timed) {
        for (String id : state.pipeline.ids()) {
            new ModelQueue(state, id).reevaluate(timed.contains(id) ? Cause.POLICY_OR_TIMER : Cause.COMMAND);
        }
    }

    void reevaluate(Cause cause) {
        settle(cause);
        announce();
    }

    void settle(Cause cause) {
        ModelDeployment inProgress = life.inProgress();
        String overdue = inProgress == null || cause == Cause.COMMAND ? null : life.overdue(inProgress);
        if (overdue != null) {
            life.endStarted(inProgress, "failed", overdue);
        }
        if (cause != Cause.COMMAND) {
            waiting().stream()
                    .filter(deployment -> deployment.isExpired(state.now))
                    .forEach(deployment -> life.unstartedEndEvents(deployment, "expired"));
        }
        waiting().forEach(deployment -> checkGates(deployment, cause));
        List<ModelDeployment> joining = new ArrayList<>(waiting().stream()
                .filter(deployment -> !deployment.joined && !deployment.isEarly && !deployment.isSoaking)
                .toList());
        startWhatCan(joining);
        joining.forEach(this::join);
        while (life.inProgress() == null && !life.line().isEmpty()) {
            life.start(life.line().get(0));
        }
    }

    /** Time alone opens neither gate unless it is checked, or for a new request; a release that must soak after all closes one. */
    private void checkGates(ModelDeployment deployment, Cause cause) {
        boolean checksTime = cause != Cause.COMMAND || !deployment.queued;
        ModelSoak soak = ModelSoak.of(state, deployment);
        deployment.isEarly = checksTime ? !deployment.hasItsTime(state.now) : deployment.isEarly;
        deployment.isSoaking = !checksTime && deployment.isSoaking ? soak.isRequired() : soak.isMissing(state.now);
        deployment.joined &= !deployment.isSoaking;
    }

    /** Deployments that have nothing to wait for start, in the order of their requests, and supersede none. */
    private void startWhatCan(List<ModelDeployment> joining) {
        List<ModelDeployment> ready = new ArrayList<>(life.line());
        ready.addAll(joining);
        ready.sort(Comparator.comparing(deployment -> deployment.number));
        for (ModelDeployment deployment : ready) {
            if (life.inProgress() == null) {
                deployment.joined = true;
                life.start(deployment);
            }
        }
    }

    /** Rule 21: which deployments are superseded when one joins, or is requested, while others are ahead of it. */
    private void join(ModelDeployment joining) {
        if (!joining.isWaiting()) {
            return;
        }
        joining.joined = true;
        List<ModelDeployment> others = life.line().stream()
                .filter(other -> other.number != joining.number)
                .toList();
        if (joining.requestedKind == CommandKind.ROLLBACK) {
            others.forEach(other -> supersede(other, joining));
        } else if (life.policy().whenBusy().equals("supersede")) {
            boolean late = others.stream().anyMatch(other -> other.number > joining.number);
            if (late) {
                supersede(joining, others.get(others.size() - 1));
            } else {
                others.forEach(other -> supersede(other, joining));
            }
        }
    }

    private void supersede(ModelDeployment superseded, ModelDeployment successor) {
        superseded.supersededBy = successor.number;
        life.unstartedEndEvents(superseded, "superseded");
    }

    /**
     * Those that begin to wait are announced, then those that wait for different reasons than before. Rule 14 leaves the order
     * open; here, as in the worker, those that have just joined the queue are announced before the others.
     */
    void announce() {
        for (ModelDeployment deployment : waiting()) {
            if (!deployment.queued) {
                life.queue(deployment, blockers(deployment));
            }
        }
        List<ModelDeployment> joinedFirst = new ArrayList<>(waiting());
        joinedFirst.sort(Comparator.comparing(deployment -> !hasJustJoined(deployment)));
        for (ModelDeployment deployment : joinedFirst) {
            List<ExpectedBlocker> now = blockers(deployment);
            boolean same = codes(now).equals(codes(deployment.blockedBy));
            long judged = same ? deployment.blockedBy.get(0).judged() : state.revision + 1;
            deployment.blockedBy =
                    now.stream().map(blocker -> blocker.judgedWith(judged)).toList();
            if (!same) {
                state.emitAbout(EventKind.DEPLOYMENT_WAITING, deployment);
            }
        }
    }

    private static boolean hasJustJoined(ModelDeployment deployment) {
        List<String> before = codes(deployment.blockedBy);
        return deployment.joined
                && (before.contains(ExpectedBlocker.NOT_BEFORE) || before.contains(ExpectedBlocker.NOT_SOAKED));
    }

    private static List<String> codes(List<ExpectedBlocker> blockers) {
        return blockers.stream().map(ExpectedBlocker::code).toList();
    }

    /** Rule 27, in its order. */
    List<ExpectedBlocker> blockers(ModelDeployment deployment) {
        List<ExpectedBlocker> found = new ArrayList<>();
        if (deployment.isEarly) {
            found.add(new ExpectedBlocker(ExpectedBlocker.NOT_BEFORE, deployment.notBefore, 0, 0));
        }
        if (deployment.isSoaking) {
            Instant until = ModelSoak.of(state, deployment).until();
            found.add(new ExpectedBlocker(ExpectedBlocker.NOT_SOAKED, until, 0, 0));
        }
        ModelDeployment inProgress = life.inProgress();
        if (inProgress != null) {
            found.add(new ExpectedBlocker(ExpectedBlocker.ENVIRONMENT_BUSY, null, inProgress.revision, 0));
        }
        life.line().stream()
                .filter(other -> other.number < deployment.number)
                .reduce((earlier, later) -> later)
                .ifPresent(before ->
                        found.add(new ExpectedBlocker(ExpectedBlocker.QUEUED_BEHIND, null, before.revision, 0)));
        return found;
    }

    private List<ModelDeployment> waiting() {
        return state.waitingIn(life.environment());
    }

    /** The next moment at which the clock changes anything here, null if never. */
    Instant due() {
        Instant earliest = null;
        ModelDeployment inProgress = life.inProgress();
        if (inProgress != null) {
            earliest = earlier(
                    earliest,
                    ModelLifecycle.after(inProgress.startedAt, life.policy().timeoutDuration()));
            earliest = earlier(
                    earliest,
                    ModelLifecycle.after(inProgress.heardAt, life.policy().reportInterval()));
        }
        for (ModelDeployment deployment : waiting()) {
            earliest = earlier(earliest, deployment.isEarly ? deployment.notBefore : null);
            earliest = earlier(
                    earliest,
                    deployment.isSoaking ? ModelSoak.of(state, deployment).until() : null);
            earliest = earlier(earliest, deployment.expiresAt);
        }
        return earliest;
    }

    static Instant earlier(Instant one, Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return other.isBefore(one) ? other : one;
    }
}
