package dev.lockstep.model;

/**
 * What a deployment-status record must say.
 *
 * @param running    what runs there, or null
 * @param previous   the other release that was last current there, or null
 * @param rollbackTo where a rollback without release would go, or null
 * @param last       the latest deployment, or null
 */
public record EnvironmentView(
        StopView stop, Running running, String previous, String rollbackTo, ExpectedDeployment last) {

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
