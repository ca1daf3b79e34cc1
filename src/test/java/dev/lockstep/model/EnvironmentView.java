package dev.lockstep.model;

/**
 * What a deployment-status record must say, without times and ids of deployments.
 *
 * @param index       place in the pipeline, counted from 0
 * @param current     the release that runs there, or null
 * @param previous    the other release that was last current there, or null
 * @param rollbackTo  where a rollback without release would go, or null
 * @param lastRelease the release of the latest deployment, or null
 * @param lastAction  its action, or null
 */
public record EnvironmentView(
        String id,
        String tier,
        int index,
        String current,
        String previous,
        String rollbackTo,
        String lastRelease,
        String lastAction) {}
