package dev.lockstep.domain.release;

import dev.lockstep.domain.common.Actor;
import dev.lockstep.domain.common.LastChange;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One version of an application.
 *
 * @param description may be null, as may artifactId, source, chainId and createdBy
 * @param createdRevision distinguishes a re-created release from the deleted one (rule 13)
 * @param locks by the environment of the deployment that locked it, oldest first (rule 4)
 * @param placements by environment id, in order of the first success, including dropped environments; the first
 *     environment has none
 * @param isArchived whether it is archived (rule 16)
 * @param unarchivedAt when it was last brought back; null for one that never was, and for one that is archived
 * @param lastChange the last change to its published state
 */
public record Release(
        String id,
        String title,
        String description,
        String artifactId,
        Source source,
        String chainId,
        Annotations annotations,
        Instant createdAt,
        Actor createdBy,
        long createdRevision,
        Map<String, Lock> locks,
        Map<String, Placement> placements,
        boolean isArchived,
        Instant unarchivedAt,
        LastChange lastChange) {

    public Release {
        locks = Collections.unmodifiableMap(locks);
        placements = Collections.unmodifiableMap(placements);
    }

    public boolean hasSucceededIn(String environment) {
        return placements.containsKey(environment);
    }

    /** Rule 4: a release is locked while a deployment of it waits, and for good once one has started. */
    public boolean isLocked() {
        return !locks.isEmpty();
    }

    /** Whether all of its locks belong to waiting deployments, so that they may be released again. */
    public boolean isLockedOnlyByWaiting() {
        return isLocked() && locks.values().stream().allMatch(Lock::isWaiting);
    }

    /** One reason for each environment, oldest first. */
    public List<LockReason> lockReasons() {
        return locks.entrySet().stream()
                .map(lock -> new LockReason(
                        lock.getValue().isWaiting() ? LockReason.Code.WAITING : LockReason.Code.DEPLOYED,
                        lock.getKey(),
                        lock.getValue().deployment(),
                        lock.getValue().since()))
                .toList();
    }

    /** @return the environments, by id, in which it currently runs */
    public List<String> currentEnvironments() {
        return placements.entrySet().stream()
                .filter(placement -> placement.getValue().isCurrent())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** A copy with the lock of a waiting deployment. */
    public Release withWaitingLock(String environment, String deployment, Instant since) {
        Map<String, Lock> changed = new LinkedHashMap<>(locks);
        changed.putIfAbsent(environment, new Lock(true, deployment, since));
        return with(annotations, changed, placements, isArchived, unarchivedAt, lastChange);
    }

    /** A copy with the lock of a deployment that has started. */
    public Release withDeployedLock(String environment, String deployment, Instant at) {
        Lock before = locks.get(environment);
        if (before != null && !before.isWaiting()) {
            return this;
        }
        Map<String, Lock> changed = new LinkedHashMap<>(locks);
        changed.remove(environment);
        changed.put(environment, new Lock(false, deployment, at));
        return with(annotations, changed, placements, isArchived, unarchivedAt, lastChange);
    }

    /** A copy without the lock of a deployment that waited, and has ended. */
    public Release withoutWaitingLock(String environment, String deployment) {
        Lock lock = locks.get(environment);
        if (lock == null || !lock.isWaiting() || !lock.deployment().equals(deployment)) {
            return this;
        }
        Map<String, Lock> changed = new LinkedHashMap<>(locks);
        changed.remove(environment);
        return with(annotations, changed, placements, isArchived, unarchivedAt, lastChange);
    }

    public Release withPlacement(String environment, Placement placement) {
        Map<String, Placement> changed = new LinkedHashMap<>(placements);
        changed.put(environment, placement);
        return with(annotations, locks, changed, isArchived, unarchivedAt, lastChange);
    }

    public Release withAnnotations(Annotations changed) {
        return with(changed, locks, placements, isArchived, unarchivedAt, lastChange);
    }

    public Release asArchived() {
        return with(annotations, locks, placements, true, null, lastChange);
    }

    public Release asUnarchived(Instant at) {
        return with(annotations, locks, placements, false, at, lastChange);
    }

    /** When it was created, last unarchived, and last became or ceased to be current in each environment. */
    public Stream<Instant> lastNeededTimes() {
        return Stream.concat(
                Stream.of(createdAt),
                Stream.concat(
                        Stream.ofNullable(unarchivedAt),
                        placements.values().stream().map(Placement::since)));
    }

    /** A copy after another change to its published state. */
    public Release withLastChange(LastChange latest) {
        return with(annotations, locks, placements, isArchived, unarchivedAt, latest);
    }

    private Release with(
            Annotations annotations,
            Map<String, Lock> locks,
            Map<String, Placement> placements,
            boolean archived,
            Instant unarchivedAt,
            LastChange lastChange) {
        return new Release(
                id,
                title,
                description,
                artifactId,
                source,
                chainId,
                annotations,
                createdAt,
                createdBy,
                createdRevision,
                locks,
                placements,
                archived,
                unarchivedAt,
                lastChange);
    }
}
