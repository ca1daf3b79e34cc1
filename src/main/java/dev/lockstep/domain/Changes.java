package dev.lockstep.domain;

import java.util.List;
import java.util.Set;

/**
 * What one accepted command changed.
 *
 * @param events in the order of their revisions
 * @param releases the ids of those at hand whose published state changed; one that the application no longer has was deleted
 * @param environments the ids of those whose published state changed; one that left the pipeline was dropped
 * @param everyRelease whether all releases changed so, those too that are not at hand: each shows the pipeline, and goes with its application
 * @param ownFacts whether the published state of the application itself changed: its profile, its pipeline
 * @param ended deployments to be remembered
 * @param untold whether anything changed that no event tells of: a deployer is alive, a look has found nothing
 * @param lastChange the revision and the time that they carry
 */
public record Changes(
        List<Numbered> events,
        Set<String> releases,
        Set<String> environments,
        boolean everyRelease,
        boolean ownFacts,
        List<Deployment.Ended> ended,
        boolean untold,
        LastChange lastChange) {

    public record Numbered(long revision, Event event) {}
}
