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
 * @param locks by the environment of the deployment that locked it, oldest first (rule 4)
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
        Map<String, Lock> locks,
        Map<String, Placement> placements,
        LastChange mark) {

    public Release {
        locks = Collections.unmodifiableMap(locks);
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
        return !locks.isEmpty();
    }

    /** One reason for each environment that the release was ever brought to, oldest first. */
    public List<LockReason> lockReasons() {
        return locks.entrySet().stream()
                .map(lock -> new LockReason(
                        LockReason.DEPLOYED,
                        lock.getKey(),
                        lock.getValue().deployment(),
                        lock.getValue().since()))
                .toList();
    }

    /** The same once a deployment has started. */
    Release started(Deployment.Request deployment, Instant at) {
        Map<String, Lock> changed = new LinkedHashMap<>(locks);
        changed.putIfAbsent(deployment.environment(), new Lock(deployment.id(), at));
        return with(changed, placements, mark);
    }

    Release with(String environment, Placement placement) {
        Map<String, Placement> changed = new LinkedHashMap<>(placements);
        changed.put(environment, placement);
        return with(locks, changed, mark);
    }

    /** The same after another change of what is published of it. */
    public Release marked(LastChange latest) {
        return with(locks, placements, latest);
    }

    private Release with(Map<String, Lock> locks, Map<String, Placement> placements, LastChange mark) {
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
                locks,
                placements,
                mark);
    }
}
