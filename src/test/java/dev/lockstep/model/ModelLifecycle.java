package dev.lockstep.model;

import dev.lockstep.model.ModelRelease.EnvironmentHistory;
import dev.lockstep.model.ModelRelease.Lock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** How deployments begin and end in one environment, and what follows from that (rules 4, 14, 19, 23 and 25). */
record ModelLifecycle(ModelState state, String environment) {

    private ModelEnvironment there() {
        return state.environment(environment);
    }

    ModelStagePolicy policy() {
        return state.pipeline.stop(environment).policy();
    }

    ModelDeployment inProgress() {
        return state.inProgressIn(environment);
    }

    /** Creates a deployment that waits for whatever it has to wait for. */
    ModelDeployment ask(CommandKind kind, ModelRelease release, DeploymentRequest asking) {
        ModelDeployment asked = new ModelDeployment(state.nextNumber(), kind, release, environment, asking, 0);
        state.unfinished.put(asked.number, asked);
        return asked;
    }

    /** Rule 19: the reason why it is refused at its start; null if there is none. */
    ExpectedRefusal refusal(ModelDeployment deployment) {
        String current = there().current();
        ModelRelease release = state.releases.get(deployment.release);
        boolean same = deployment.release.equals(current);
        return switch (deployment.requestedKind) {
            case UNDEPLOY -> current == null ? ExpectedRefusal.NOTHING_LEFT : null;
            case REDEPLOY -> current == null ? ExpectedRefusal.NOTHING_LEFT : same ? null : ExpectedRefusal.NOT_THERE;
            case ROLLBACK -> same && !lastFailed() ? ExpectedRefusal.ALREADY_CURRENT : null;
            default -> same ? ExpectedRefusal.ALREADY_CURRENT : new TargetCheck(state).refusal(release, environment);
        };
    }

    /** Rule 22. */
    private boolean lastFailed() {
        return there().last != null && !there().last.status().equals("succeeded");
    }

    /** Starts it, unless it is too late (rule 20) or now refused; in an immediate environment it also succeeds. */
    void start(ModelDeployment deployment) {
        if (deployment.isExpired(state.now)) {
            unstartedEndEvents(deployment, "expired");
            return;
        }
        ExpectedRefusal code = refusal(deployment);
        if (code != null) {
            deployment.endedBy = code;
            unstartedEndEvents(deployment, "cancelled");
            return;
        }
        String current = there().current();
        if (deployment.isUndeploy()) {
            deployment.release = current;
            deployment.source = state.releases.get(current).source;
        }
        ModelRelease release = state.releases.get(deployment.release);
        deployment.status = "in_progress";
        deployment.action = action(deployment, current);
        deployment.previousRelease = current;
        deployment.link = deployment.isUndeploy() ? null : new ModelPromotion(state, release).linkTo(environment);
        deployment.tier = state.pipeline.stop(environment).tier();
        deployment.isReported = policy().isReported();
        deployment.blockedBy = List.of();
        deployment.startedAt = state.now;
        deployment.heardAt = state.now;
        deployment.started = state.revision + 1;
        boolean alone = !deployment.isReported && !deployment.queued;
        if (!alone) {
            state.emitAbout(EventKind.DEPLOYMENT_STARTED, deployment);
        }
        deployment.revision = deployment.revision == 0 ? state.revision + 1 : deployment.revision;
        lock(release, deployment, new Lock(Lock.DEPLOYED, deployment.revision, deployment.started));
        if (!deployment.isReported) {
            deployment.forgotten = alone;
            succeed(deployment, !alone);
        }
    }

    private String action(ModelDeployment deployment, String current) {
        return switch (deployment.requestedKind) {
            case UNDEPLOY -> "undeploy";
            case REDEPLOY -> "redeploy";
            default -> deployment.release.equals(current) ? "redeploy" : there().actionFor(deployment.release);
        };
    }

    /** A started deployment's lock stays as it is; otherwise the new lock replaces that of a waiting one. */
    private void lock(ModelRelease release, ModelDeployment deployment, Lock lock) {
        Lock before = release.locks.get(environment);
        if (before != null && !before.isWaiting()) {
            return;
        }
        boolean first = !release.isLocked();
        release.locks.put(environment, lock);
        if (first) {
            state.emitLock(EventKind.RELEASE_LOCKED, release, deployment);
        }
    }

    /** Announces that it waits, and locks the release (rule 4). */
    void queue(ModelDeployment deployment, List<ExpectedBlocker> blockedBy) {
        deployment.queued = true;
        long revision = state.revision + 1;
        deployment.blockedBy =
                blockedBy.stream().map(blocker -> blocker.judgedWith(revision)).toList();
        state.emitAbout(EventKind.DEPLOYMENT_QUEUED, deployment);
        if (!deployment.isUndeploy()) {
            lock(state.releases.get(deployment.release), deployment, new Lock(Lock.WAITING, revision, revision));
        }
    }

    /** @param finished whether a separate event announces the end */
    private void succeed(ModelDeployment deployment, boolean finished) {
        end(deployment, "succeeded", null);
        ModelRelease release = state.releases.get(deployment.release);
        String current = there().current();
        state.emitAbout(fact(deployment, current), deployment);
        long revision = state.revision;
        if (current != null && !(current.equals(release.id) && !deployment.isUndeploy())) {
            state.releases.get(current).ceaseCurrent(environment, revision, state.now);
        }
        if (deployment.isUndeploy()) {
            there().empty();
        } else {
            EnvironmentHistory place = release.places.computeIfAbsent(
                    environment, id -> new EnvironmentHistory(revision, deployment.link));
            place.lastSuccess = revision;
            place.deployment = deployment.revision;
            if (!release.id.equals(current)) {
                place.becomeCurrent(revision, state.now);
            }
            there().succeed(deployment, revision);
        }
        there().last = state.view(deployment);
        if (finished) {
            state.emitAbout(EventKind.DEPLOYMENT_FINISHED, deployment);
        }
    }

    private static EventKind fact(ModelDeployment deployment, String current) {
        if (deployment.isUndeploy()) {
            return EventKind.SERVICE_REMOVED;
        }
        if (deployment.action.equals("redeploy")) {
            return EventKind.SERVICE_REDEPLOYED;
        }
        if (current == null) {
            return EventKind.SERVICE_DEPLOYED;
        }
        return deployment.action.equals("rollback") ? EventKind.SERVICE_ROLLEDBACK : EventKind.SERVICE_UPGRADED;
    }

    /** Ends a deployment in progress, followed by a restore if required (rule 23). */
    void endStarted(ModelDeployment deployment, String status, String failureKind) {
        if (status.equals("succeeded")) {
            succeed(deployment, true);
            return;
        }
        end(deployment, status, failureKind);
        state.emitAbout(EventKind.DEPLOYMENT_FINISHED, deployment);
        there().last = state.view(deployment);
        ModelRelease current = state.releases.get(there().current());
        if (policy().restores() && current != null && !deployment.action.equals("redeploy")) {
            DeploymentRequest asking = state.restoring(deployment);
            ModelDeployment restore = new ModelDeployment(
                    state.nextNumber(), CommandKind.REDEPLOY, current, environment, asking, deployment.number);
            state.unfinished.put(restore.number, restore);
            start(restore);
        }
    }

    /** Ends a waiting deployment, which releases its lock. */
    void unstartedEndEvents(ModelDeployment deployment, String status) {
        end(deployment, status, null);
        state.emitAbout(EventKind.DEPLOYMENT_FINISHED, deployment);
        ModelRelease release = state.releases.get(deployment.release);
        Lock lock = release.locks.get(environment);
        if (lock != null && lock.isWaiting() && lock.deployment() == deployment.revision) {
            release.locks.remove(environment);
            if (!release.isLocked()) {
                state.emitLock(EventKind.RELEASE_UNLOCKED, release, deployment);
            }
        }
    }

    private void end(ModelDeployment deployment, String status, String failureKind) {
        deployment.status = status;
        deployment.failureKind = failureKind;
        deployment.blockedBy = List.of();
        deployment.finished = state.revision + 1;
        state.unfinished.remove(deployment.number);
        state.ended.put(deployment.number, deployment);
    }

    /** Which of its time limits has passed; null if none has. */
    String overdue(ModelDeployment deployment) {
        Instant timeout = after(deployment.startedAt, policy().timeoutDuration());
        Instant silence = after(deployment.heardAt, policy().reportInterval());
        boolean timedOut = timeout != null && !timeout.isAfter(state.now);
        boolean lost = silence != null && !silence.isAfter(state.now);
        return timedOut ? "timed_out" : lost ? "lost" : null;
    }

    static Instant after(Instant time, Duration duration) {
        return duration == null ? null : time.plus(duration);
    }

    /** The deployments that wait only for others, in the order of their requests (rule 21). */
    List<ModelDeployment> line() {
        return state.waitingIn(environment).stream()
                .filter(deployment -> deployment.joined)
                .toList();
    }
}
