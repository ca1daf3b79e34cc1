package dev.lockstep.store.format;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.domain.common.Actor;
import dev.lockstep.domain.release.Annotations;
import dev.lockstep.domain.release.Lock;
import dev.lockstep.domain.release.Placement;
import dev.lockstep.domain.release.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A release as it is stored.
 *
 * @param labels null for none
 * @param archived null for no
 * @param unarchivedAt null for never
 * @param locks oldest first; null where they follow from the placements
 */
public record ReleaseRow(
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
        Instant unarchivedAt,
        @JsonProperty("mark") LastChangeRow lastChange,
        List<LockRow> locks) {

    static ReleaseRow of(Release release) {
        boolean hasSeparateLocks = !areLocksDerivable(release);
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
                Actor.nameOf(release.createdBy()),
                release.createdRevision(),
                release.placements().entrySet().stream()
                        .map(placement -> PlacementRow.of(
                                placement.getKey(),
                                placement.getValue(),
                                hasSeparateLocks ? null : release.locks().get(placement.getKey())))
                        .toList(),
                release.isArchived() ? true : null,
                release.unarchivedAt(),
                LastChangeRow.of(release.lastChange()),
                hasSeparateLocks
                        ? release.locks().entrySet().stream().map(LockRow::of).toList()
                        : null);
    }

    /** Whether the locks are exactly those that each success set at the time it happened. */
    private static boolean areLocksDerivable(Release release) {
        if (release.locks().size() != release.placements().size()) {
            return false;
        }
        Iterator<Map.Entry<String, Placement>> placements =
                release.placements().entrySet().iterator();
        for (Map.Entry<String, Lock> lock : release.locks().entrySet()) {
            Map.Entry<String, Placement> placement = placements.next();
            if (!lock.getKey().equals(placement.getKey())
                    || lock.getValue().isWaiting()
                    || !lock.getValue().since().equals(placement.getValue().firstSucceededAt())) {
                return false;
            }
        }
        return true;
    }

    /** The lowest format that can express it. */
    public static int lowestFormat(Release release) {
        if (!areLocksDerivable(release) || release.unarchivedAt() != null) {
            return 3;
        }
        return release.isArchived() || !release.annotations().equals(Annotations.NONE) ? 2 : 1;
    }

    Release toRelease(String id) {
        Map<String, Placement> inEnvironments = new LinkedHashMap<>();
        placements.forEach(placement -> inEnvironments.put(placement.environment, placement.placement()));
        return new Release(
                id,
                title,
                description,
                artifactId,
                source == null ? null : source.toSource(),
                chainId,
                notes == null && labels == null
                        ? Annotations.NONE
                        : new Annotations(notes, labels == null ? Map.of() : labels),
                createdAt,
                Actor.of(createdBy),
                createdRevision,
                allLocks(),
                inEnvironments,
                archived != null,
                unarchivedAt,
                lastChange == null ? null : lastChange.toLastChange());
    }

    private Map<String, Lock> allLocks() {
        Map<String, Lock> all = new LinkedHashMap<>();
        if (locks == null) {
            placements.forEach(placement -> all.put(placement.environment, placement.lock()));
        } else {
            locks.forEach(lock -> all.put(lock.environment, lock.lock()));
        }
        return all;
    }

    /** @param waiting null for no */
    private record LockRow(String environment, String deployment, Instant since, Boolean waiting) {

        static LockRow of(Map.Entry<String, Lock> lock) {
            return new LockRow(
                    lock.getKey(),
                    lock.getValue().deployment(),
                    lock.getValue().since(),
                    lock.getValue().isWaiting() ? true : null);
        }

        Lock lock() {
            return new Lock(waiting != null, deployment, since);
        }
    }

    /**
     * An entry of a list, as the order matters.
     *
     * @param lastSucceededAt null if it follows from the rest: since when it is current, or the first success
     * @param longestStay in milliseconds; null if it follows from the rest: as far as known, it lasted from the last success until
     *     the release was replaced
     * @param firstDeployment the deployment that locked the release when it succeeded; null if locks are stored separately
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
            Long longestStay,
            int linePosition) {

        /** @param lock the lock that follows from it, or null */
        static PlacementRow of(String environment, Placement placement, Lock lock) {
            Instant usual = placement.isCurrent() ? placement.since() : placement.firstSucceededAt();
            return new PlacementRow(
                    environment,
                    placement.isCurrent(),
                    placement.since(),
                    placement.firstSucceededAt(),
                    placement.lastSucceededAt().equals(usual) ? null : placement.lastSucceededAt(),
                    placement.deployment(),
                    lock == null ? null : lock.deployment(),
                    placement.linkedFrom(),
                    placement
                                    .longestStay()
                                    .equals(derivedStay(
                                            placement.isCurrent(), placement.since(), placement.lastSucceededAt()))
                            ? null
                            : placement.longestStay().toMillis(),
                    placement.linePosition());
        }

        /**
         * Exact if it was there once and not deployed again meanwhile. Too long only for what 0.1.0 wrote, which did not store the
         * last success.
         */
        private static Duration derivedStay(boolean isCurrent, Instant since, Instant lastSucceededAt) {
            return isCurrent ? Duration.ZERO : Duration.between(lastSucceededAt, since);
        }

        Lock lock() {
            return new Lock(false, firstDeployment, firstSucceededAt);
        }

        Placement placement() {
            Instant lastSuccess = lastSucceededAt != null ? lastSucceededAt : current ? since : firstSucceededAt;
            return new Placement(
                    current,
                    since,
                    firstSucceededAt,
                    lastSuccess,
                    deployment,
                    linkedFrom,
                    longestStay == null ? derivedStay(current, since, lastSuccess) : Duration.ofMillis(longestStay),
                    linePosition);
        }
    }
}
