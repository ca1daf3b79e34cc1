package dev.lockstep.store;

import dev.lockstep.domain.Annotations;
import dev.lockstep.domain.Lock;
import dev.lockstep.domain.Placement;
import dev.lockstep.domain.Release;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A release as it is stored.
 *
 * @param labels null for none
 * @param archived null for no
 */
record ReleaseRow(
        String title,
        String description,
        String artifactId,
        SourceRow source,
        String chainId,
        String notes,
        Map<String, String> labels,
        Instant createdAt,
        String createdBy,
        long createdRevision,
        List<PlacementRow> placements,
        Boolean archived,
        MarkRow mark) {

    /** @throws IllegalStateException for a lock without a success at the same moment, which this cannot express */
    static ReleaseRow of(Release release) {
        if (!release.locks().keySet().equals(release.placements().keySet())
                || release.locks().entrySet().stream().anyMatch(lock -> !lock.getValue()
                        .since()
                        .equals(release.placements().get(lock.getKey()).firstSucceededAt()))) {
            throw new IllegalStateException("a release that is locked by what did not succeed cannot be stored yet");
        }
        Annotations annotations = release.annotations();
        return new ReleaseRow(
                release.title(),
                release.description(),
                release.artifactId(),
                SourceRow.of(release.source()),
                release.chainId(),
                annotations.notes(),
                annotations.labels().isEmpty() ? null : annotations.labels(),
                release.createdAt(),
                release.createdBy(),
                release.createdRevision(),
                release.placements().entrySet().stream()
                        .map(one -> PlacementRow.of(release, one.getKey(), one.getValue()))
                        .toList(),
                release.archived() ? true : null,
                MarkRow.of(release.mark()));
    }

    /** The lowest format that can express it. */
    static int format(Release release) {
        return release.archived() || !release.annotations().equals(Annotations.NONE) ? 2 : 1;
    }

    Release release(String id) {
        Map<String, Placement> inEnvironments = new LinkedHashMap<>();
        Map<String, Lock> locks = new LinkedHashMap<>();
        placements.forEach(one -> {
            inEnvironments.put(one.environment, one.placement());
            locks.put(one.environment, one.lock());
        });
        return new Release(
                id,
                title,
                description,
                artifactId,
                source == null ? null : source.source(),
                chainId,
                notes == null && labels == null
                        ? Annotations.NONE
                        : new Annotations(notes, labels == null ? Map.of() : labels),
                createdAt,
                createdBy,
                createdRevision,
                locks,
                inEnvironments,
                archived != null,
                mark == null ? null : mark.lastChange());
    }

    /**
     * One of a list, as their order counts.
     *
     * @param lastSucceededAt null where it follows from the rest: since when it is current, or the first success
     * @param firstDeployment the one that locked the release; that it started is not told apart from that it succeeded
     */
    private record PlacementRow(
            String environment,
            boolean current,
            Instant since,
            Instant firstSucceededAt,
            Instant lastSucceededAt,
            String deployment,
            String firstDeployment,
            String linkedFrom,
            int linePosition) {

        static PlacementRow of(Release release, String environment, Placement placement) {
            Instant usual = placement.current() ? placement.since() : placement.firstSucceededAt();
            return new PlacementRow(
                    environment,
                    placement.current(),
                    placement.since(),
                    placement.firstSucceededAt(),
                    placement.lastSucceededAt().equals(usual) ? null : placement.lastSucceededAt(),
                    placement.deployment(),
                    release.locks().get(environment).deployment(),
                    placement.linkedFrom(),
                    placement.linePosition());
        }

        Lock lock() {
            return new Lock(firstDeployment, firstSucceededAt);
        }

        Placement placement() {
            Instant usual = current ? since : firstSucceededAt;
            return new Placement(
                    current,
                    since,
                    firstSucceededAt,
                    lastSucceededAt == null ? usual : lastSucceededAt,
                    deployment,
                    linkedFrom,
                    linePosition);
        }
    }
}
