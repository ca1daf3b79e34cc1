package dev.lockstep.domain;

import dev.lockstep.domain.common.LastChange;
import dev.lockstep.domain.deployment.Deployment;
import java.util.List;
import java.util.Set;

/**
 * What one accepted command changed.
 *
 * @param events in the order of their revisions
 * @param releases the ids of loaded releases whose published state changed; one that the application no longer has was deleted
 * @param environments the ids of environments whose published state changed; one that is no longer in the pipeline was dropped
 * @param affectsEveryRelease whether the published state of every release changed, loaded or not: each shows the pipeline, and
 *     appears and disappears with its application
 * @param isApplicationChanged whether the published state of the application itself changed: its profile, its pipeline
 * @param ended the deployments that ended, to be remembered
 * @param hasChangesWithoutEvent whether anything changed that no event reports: a heartbeat, a check that found nothing to
 *     archive, or other reasons for which deployments wait
 * @param lastChange the revision and time of these changes
 */
public record Changes(
        List<NumberedEvent> events,
        Set<String> releases,
        Set<String> environments,
        boolean affectsEveryRelease,
        boolean isApplicationChanged,
        List<Deployment.Ended> ended,
        boolean hasChangesWithoutEvent,
        LastChange lastChange) {

    public record NumberedEvent(long revision, Event event) {}
}
