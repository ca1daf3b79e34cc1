package dev.lockstep.domain;

import dev.lockstep.domain.common.LastChange;
import dev.lockstep.domain.deployment.Deployment;
import java.util.List;
import java.util.Set;

/**
 * What one accepted command changed.
 *
 * @param events in the order of their revisions
 * @param releases the ids of releases at hand whose published state changed; one that the application no longer has was deleted
 * @param environments the ids of environments whose published state changed; one that is no longer in the pipeline was dropped
 * @param everyRelease whether the published state of every release changed, at hand or not: each shows the pipeline, and appears and disappears with its application
 * @param ownFacts whether the published state of the application itself changed: its profile, its pipeline
 * @param ended the deployments that ended, to be remembered
 * @param withoutEvent whether anything changed that no event reports: a deployer is alive, or a look found nothing
 * @param lastChange the revision and time of these changes
 */
public record Changes(
        List<Numbered> events,
        Set<String> releases,
        Set<String> environments,
        boolean everyRelease,
        boolean ownFacts,
        List<Deployment.Ended> ended,
        boolean withoutEvent,
        LastChange lastChange) {

    public record Numbered(long revision, Event event) {}
}
