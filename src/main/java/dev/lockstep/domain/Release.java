package dev.lockstep.domain;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One version of an application.
 *
 * @param description, artifactId, source, chainId, createdBy may be null
 * @param createdRevision tells a re-created release from the deleted one (rule 13)
 * @param placements by environment id, in the order of the first success, those of dropped environments too; the first
 *     environment has none
 * @param mark the last change of what is published of it
 */
public record Release(
        String id,
        String title,
        String description,
        String artifactId,
        Source source,
        String chainId,
        Instant createdAt,
        String createdBy,
        long createdRevision,
        Map<String, Placement> placements,
        LastChange mark) {

    public Release {
        placements = Collections.unmodifiableMap(placements);
    }

    public boolean succeededIn(String environment) {
        return placements.containsKey(environment);
    }

    public boolean currentIn(String environment) {
        Placement placement = placements.get(environment);
        return placement != null && placement.current();
    }

    /** Rule 4: a release is locked from the moment a deployment to any environment after the first has started. */
    public boolean locked() {
        return !placements.isEmpty();
    }

    /** One reason for each environment that the release was ever brought to, oldest first. */
    public List<LockReason> lockReasons() {
        return placements.entrySet().stream()
                .map(e -> new LockReason(
                        LockReason.DEPLOYED,
                        e.getKey(),
                        e.getValue().firstDeployment(),
                        e.getValue().firstSucceededAt()))
                .toList();
    }

    Release with(String environment, Placement placement) {
        Map<String, Placement> changed = new LinkedHashMap<>(placements);
        changed.put(environment, placement);
        return new Release(
                id,
                title,
                description,
                artifactId,
                source,
                chainId,
                createdAt,
                createdBy,
                createdRevision,
                changed,
                mark);
    }

    /** The same after another change of what is published of it. */
    public Release marked(LastChange latest) {
        return new Release(
                id,
                title,
                description,
                artifactId,
                source,
                chainId,
                createdAt,
                createdBy,
                createdRevision,
                placements,
                latest);
    }
}
