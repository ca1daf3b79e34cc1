package dev.lockstep.domain.deployment;

import dev.lockstep.domain.common.LastChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The state of an application's environment. It outlives its place in the pipeline: an environment that is dropped and comes
 * back has its successes and its line again (rule 8).
 */
public final class Environment {

    /**
     * A release that runs, or ran, in an environment.
     *
     * @param actor who brought it there, or null
     */
    public record Occupant(String release, String deployment, Instant since, String actor) {}

    private final String id;
    private Occupant current;
    private final List<Occupant> former = new ArrayList<>(3);
    private Deployment.Ended lastDeployment;
    private Deployment.InProgress active;
    private final List<Deployment.Waiting> waiting = new ArrayList<>(1);
    private final SuccessLine line;
    private LastChange lastChange;

    public Environment(String id) {
        this(id, null, List.of(), null, null, List.of(), new SuccessLine(), null);
    }

    /** As it was stored; {@code current}, {@code lastDeployment}, {@code active} and {@code lastChange} may be null. */
    public Environment(
            String id,
            Occupant current,
            List<Occupant> former,
            Deployment.Ended lastDeployment,
            Deployment.InProgress active,
            List<Deployment.Waiting> waiting,
            SuccessLine line,
            LastChange lastChange) {
        this.id = id;
        this.current = current;
        this.former.addAll(former);
        this.lastDeployment = lastDeployment;
        this.active = active;
        this.waiting.addAll(waiting);
        this.line = line;
        this.lastChange = lastChange;
    }

    public String id() {
        return id;
    }

    /** @return what runs there, or null */
    public Occupant current() {
        return current;
    }

    /** @return the other release last current, or null */
    public Occupant previous() {
        return former.isEmpty() ? null : former.get(0);
    }

    /**
     * The releases that were current before this one, latest first, two at most. That is enough to always know the previous
     * one, since a release that comes back leaves the list.
     */
    public List<Occupant> former() {
        return former;
    }

    /** @return the deployment in progress, or null */
    public Deployment.InProgress active() {
        return active;
    }

    /** The waiting deployments, in the order in which they were requested. */
    public List<Deployment.Waiting> waiting() {
        return waiting;
    }

    /** The waiting deployments that only others hold, in the order in which they will start. */
    public List<Deployment.Waiting> queue() {
        return waiting.stream().filter(Deployment.Waiting::joined).toList();
    }

    /** Whether a deployment waits or is in progress there. */
    public boolean isBusy() {
        return active != null || !waiting.isEmpty();
    }

    /** @return the deployment that brings the release there, in progress or else the first that waits, or null */
    public Deployment onItsWay(String release) {
        if (active != null && active.request().release().equals(release)) {
            return active;
        }
        for (Deployment.Waiting one : waiting) {
            if (one.request().release().equals(release)) {
                return one;
            }
        }
        return null;
    }

    /** The deployment in progress, then the waiting ones. */
    public Stream<Deployment> onItsWay() {
        return Stream.concat(Stream.ofNullable(active), waiting.stream());
    }

    /** @return the latest deployment that started and ended, whatever became of it, or null */
    public Deployment.Ended lastDeployment() {
        return lastDeployment;
    }

    /** Whether anything ever happened there. An environment without a history is simply forgotten when it is dropped. */
    public boolean hasHistory() {
        return lastDeployment != null;
    }

    public SuccessLine line() {
        return line;
    }

    /** @return where a rollback without a release would go, or null when there is nothing or that is archived (rule 6) */
    public String rollbackTo() {
        String before = current == null ? null : line.beforeEnd();
        return before == null || line.isArchived(before) ? null : before;
    }

    /** @return the last change to its published state, or null before the first */
    public LastChange lastChange() {
        return lastChange;
    }

    public void changed(LastChange lastChange) {
        this.lastChange = lastChange;
    }

    public boolean runs(String release) {
        return current != null && current.release().equals(release);
    }

    public void waits(Deployment.Waiting deployment) {
        waiting.replaceAll(one -> isSame(one, deployment) ? deployment : one);
        if (waiting.stream().noneMatch(one -> isSame(one, deployment))) {
            waiting.add(deployment);
        }
    }

    public void becomesActive(Deployment.InProgress deployment) {
        waiting.removeIf(one -> isSame(one, deployment));
        active = deployment;
    }

    public void ended(Deployment.Ended deployment) {
        waiting.removeIf(one -> isSame(one, deployment));
        if (deployment.start() != null) {
            active = null;
            lastDeployment = deployment;
        }
    }

    private static boolean isSame(Deployment one, Deployment other) {
        return one.request().id().equals(other.request().id());
    }

    public void occupy(Deployment.Ended deployment) {
        Deployment.Request request = deployment.request();
        retire();
        former.removeIf(o -> o.release().equals(request.release()));
        current = new Occupant(request.release(), request.id(), deployment.finishedAt(), request.actor());
        ended(deployment);
    }

    /** What runs there was deployed again; it has been current since the same time as before (rule 15). */
    public void reoccupy(Deployment.Ended deployment) {
        Deployment.Request request = deployment.request();
        current = new Occupant(request.release(), request.id(), current.since(), request.actor());
        ended(deployment);
    }

    public void becomesEmpty() {
        retire();
    }

    /** A copy that can be changed without changing this one. */
    public Environment copy() {
        return new Environment(id, current, former, lastDeployment, active, waiting, line.copy(), lastChange);
    }

    private void retire() {
        if (current == null) {
            return;
        }
        former.removeIf(o -> o.release().equals(current.release()));
        former.add(0, current);
        if (former.size() > 2) {
            former.remove(2);
        }
        current = null;
    }
}
