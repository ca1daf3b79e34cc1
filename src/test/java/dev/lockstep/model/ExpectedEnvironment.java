package dev.lockstep.model;

import java.util.List;

/**
 * What a deployment-status record must say.
 *
 * @param running    what is current there, or null
 * @param previous   the other release that was last current there, or null
 * @param rollbackTo where a rollback without release would go, or null
 * @param last       the latest deployment that started and ended, or null
 * @param active     what is in progress, or null
 * @param waiting    in the order of their requests
 */
public record ExpectedEnvironment(
        StageView stop,
        CurrentDeployment running,
        String previous,
        String rollbackTo,
        ExpectedDeployment last,
        ExpectedDeployment active,
        List<WaitingDeployment> waiting) {

    /** @param position from 1; 0 for one that does not wait only for others */
    public record WaitingDeployment(ExpectedDeployment deployment, int position) {}

    /**
     * @param since the revision of the event with which it became current
     * @param actor who requested the current deployment, or null
     */
    public record CurrentDeployment(String release, long deployment, long since, String actor) {}

    public String id() {
        return stop.id();
    }

    /** The current release, or null. */
    public String current() {
        return running == null ? null : running.release;
    }
}
