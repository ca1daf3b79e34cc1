package dev.lockstep.model;

import java.util.List;

/**
 * What a deployment-status record must say.
 *
 * @param running    what runs there, or null
 * @param previous   the other release that was last current there, or null
 * @param rollbackTo where a rollback without release would go, or null
 * @param last       the latest deployment that started and ended, or null
 * @param active     what is in progress, or null
 * @param waiting    in the order of asking
 */
public record EnvironmentView(
        StopView stop,
        Running running,
        String previous,
        String rollbackTo,
        ExpectedDeployment last,
        ExpectedDeployment active,
        List<Waiter> waiting) {

    /** @param position from 1, 0 for one that waits for more than others */
    public record Waiter(ExpectedDeployment deployment, int position) {}

    /**
     * @param since the revision of the event with which it became current
     * @param actor who asked for the current deployment, or null
     */
    public record Running(String release, long deployment, long since, String actor) {}

    public String id() {
        return stop.id();
    }

    /** The release that runs there, or null. */
    public String current() {
        return running == null ? null : running.release;
    }
}
