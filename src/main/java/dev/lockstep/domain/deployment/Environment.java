package dev.lockstep.domain.deployment;

import dev.lockstep.domain.common.Actor;
import dev.lockstep.domain.common.LastChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * The state of an application's environment. It outlives its place in the pipeline: an environment that is dropped and later
 * comes back has its successes and its line again (rule 8).
 */
public final class Environment {

    /**
     * A release that runs, or ran, in an environment.
     *
     * @param actor who brought it there, or null
     */
    public record DeployedRelease(String release, String deployment, Instant since, Actor actor) {}

    private final String id;
    private DeployedRelease current;
    private final List<DeployedRelease> former = new ArrayList<>(3);
    private final List<DeployedRelease> formerView = Collections.unmodifiableList(former);
    private Deployment.Ended lastDeployment;
    private Deployment.InProgress inProgress;
    private final List<Deployment.Waiting> waiting = new ArrayList<>(1);
    private final List<Deployment.Waiting> waitingView = Collections.unmodifiableList(waiting);
    private final SuccessLine line;
    private LastChange lastChange;
    private String blockersDigest;

    public Environment(String id) {
        this(id, null, List.of(), null, null, List.of(), new SuccessLine(), null, null);
    }

    /**
     * As it was stored; {@code current}, {@code lastDeployment}, {@code inProgress}, {@code lastChange} and {@code
     * blockersDigest} may be null.
     */
    public Environment(
            String id,
            DeployedRelease current,
            List<DeployedRelease> former,
            Deployment.Ended lastDeployment,
            Deployment.InProgress inProgress,
            List<Deployment.Waiting> waiting,
            SuccessLine line,
            LastChange lastChange,
            String blockersDigest) {
        this.id = id;
        this.current = current;
        this.former.addAll(former);
        this.lastDeployment = lastDeployment;
        this.inProgress = inProgress;
        this.waiting.addAll(waiting);
        this.line = line;
        this.lastChange = lastChange;
        this.blockersDigest = blockersDigest;
    }

    public String id() {
        return id;
    }

    /** @return what runs there, or null */
    public DeployedRelease current() {
        return current;
    }

    /** @return the other release that was last current, or null */
    public DeployedRelease previous() {
        return former.isEmpty() ? null : former.get(0);
    }

    /**
     * The releases that were current before this one, latest first, two at most. That is enough to always know the previous
     * one, since a release that comes back leaves the list.
     */
    public List<DeployedRelease> former() {
        return formerView;
    }

    /** @return the deployment in progress, or null */
    public Deployment.InProgress inProgress() {
        return inProgress;
    }

    /** The waiting deployments, in the order in which they were requested. */
    public List<Deployment.Waiting> waiting() {
        return waitingView;
    }

    /** The waiting deployments that are blocked only by other deployments, in the order in which they will start. */
    public List<Deployment.Waiting> queue() {
        return waiting.stream().filter(Deployment.Waiting::isInQueue).toList();
    }

    /** Whether a deployment waits or is in progress there. */
    public boolean hasUnfinishedDeployments() {
        return inProgress != null || !waiting.isEmpty();
    }

    /**
     * @return the unfinished deployment of that release, including one that empties the environment: the one in progress,
     *     else the first that waits, or null
     */
    public Deployment unfinishedDeploymentOf(String release) {
        if (inProgress != null && inProgress.request().release().equals(release)) {
            return inProgress;
        }
        for (Deployment.Waiting candidate : waiting) {
            if (candidate.request().release().equals(release)) {
                return candidate;
            }
        }
        return null;
    }

    /** The deployment in progress, then the waiting ones. */
    public Stream<Deployment> unfinishedDeployments() {
        return Stream.concat(Stream.ofNullable(inProgress), waiting.stream());
    }

    /** @return the latest deployment that started and ended, whatever its result, or null */
    public Deployment.Ended lastDeployment() {
        return lastDeployment;
    }

    /**
     * Whether a deployment ever started and ended there. An environment without a history is simply discarded when it is
     * dropped.
     */
    public boolean hasHistory() {
        return lastDeployment != null;
    }

    public SuccessLine line() {
        return line;
    }

    /** @return where a rollback without a release would go, or null if there is none or it is archived (rule 6) */
    public String rollbackTarget() {
        String before = current == null ? null : line.predecessor();
        return before == null || line.isArchived(before) ? null : before;
    }

    /** @return the last change to its published state, or null before the first */
    public LastChange lastChange() {
        return lastChange;
    }

    public void setLastChange(LastChange lastChange) {
        this.lastChange = lastChange;
    }

    /** @return identifies what was last published about why deployments wait here; null if none did, or not known */
    public String blockersDigest() {
        return blockersDigest;
    }

    public void setBlockersDigest(String blockersDigest) {
        this.blockersDigest = blockersDigest;
    }

    public boolean isCurrent(String release) {
        return current != null && current.release().equals(release);
    }

    public void putWaiting(Deployment.Waiting deployment) {
        waiting.replaceAll(candidate -> isSame(candidate, deployment) ? deployment : candidate);
        if (waiting.stream().noneMatch(candidate -> isSame(candidate, deployment))) {
            waiting.add(deployment);
        }
    }

    public void putInProgress(Deployment.InProgress deployment) {
        waiting.removeIf(candidate -> isSame(candidate, deployment));
        inProgress = deployment;
    }

    public void recordEnd(Deployment.Ended deployment) {
        waiting.removeIf(candidate -> isSame(candidate, deployment));
        if (deployment.start() != null) {
            inProgress = null;
            lastDeployment = deployment;
        }
    }

    private static boolean isSame(Deployment first, Deployment second) {
        return first.request().id().equals(second.request().id());
    }

    public void recordSuccess(Deployment.Ended deployment) {
        Deployment.Request request = deployment.request();
        moveCurrentToFormer();
        former.removeIf(deployedRelease -> deployedRelease.release().equals(request.release()));
        current = new DeployedRelease(
                request.release(),
                request.id(),
                deployment.finishedAt(),
                request.attribution().actor());
        recordEnd(deployment);
    }

    /** What runs there was deployed again; it has been current since the same time as before (rule 15). */
    public void recordRedeploy(Deployment.Ended deployment) {
        Deployment.Request request = deployment.request();
        current = new DeployedRelease(
                request.release(),
                request.id(),
                current.since(),
                request.attribution().actor());
        recordEnd(deployment);
    }

    public void clearCurrent() {
        moveCurrentToFormer();
    }

    /** A copy that can be changed without changing this one. */
    public Environment copy() {
        return new Environment(
                id, current, former, lastDeployment, inProgress, waiting, line.copy(), lastChange, blockersDigest);
    }

    private void moveCurrentToFormer() {
        if (current == null) {
            return;
        }
        former.removeIf(deployedRelease -> deployedRelease.release().equals(current.release()));
        former.add(0, current);
        if (former.size() > 2) {
            former.remove(2);
        }
        current = null;
    }
}
