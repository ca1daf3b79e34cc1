package dev.lockstep.intake;

import dev.lockstep.intake.GroupOffsetClient.AssignedOffsets;
import dev.lockstep.partition.PartitionPosition;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnstableOffsetCommitException;

/**
 * Where each partition stands under its present assignment: Kafka is asked once for each, and told of all that happens to it
 * after that.
 */
@ApplicationScoped
public class CommittedOffsets {

    private final GroupOffsetClient offsets;
    private final Map<Integer, PartitionState> partitionStates = new HashMap<>();

    CommittedOffsets(GroupOffsetClient offsets) {
        this.offsets = offsets;
    }

    /** @param applied as of when something was last handed out; 0 when nothing was yet */
    private record PartitionState(long assignment, PartitionPosition position, boolean needsRefresh, long applied) {

        PartitionState with(PartitionPosition position) {
            return new PartitionState(assignment, position, needsRefresh, applied);
        }
    }

    /**
     * @param topicId the commands topic that the work stands on
     * @param partitions that the owner has
     * @return fails when Kafka does not answer, and when the topic is another one by now; when only some partitions have no
     *     certain answer, the others are {@linkplain #unknown known} after that
     */
    public Uni<Map<Integer, PartitionPosition>> positions(
            String topicId, PartitionOwnership.Snapshot owner, Set<Integer> partitions) {
        Set<Integer> unknown = unknown(owner, partitions);
        if (unknown.isEmpty()) {
            return Uni.createFrom().item(() -> known(partitions));
        }
        return Uni.createFrom()
                .item(() -> offsets.offsetsOnAssignment(owner.group().groupId(), unknown))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .map(answer -> {
                    storeFetched(topicId, owner, unknown, answer);
                    if (!answer.unstable().isEmpty()) {
                        throw new UnstableOffsetCommitException("No stable offset for partitions " + answer.unstable());
                    }
                    return known(partitions);
                });
    }

    /** Lets Kafka be asked again: what was learned was in doubt, or may be so no longer. */
    public synchronized void invalidate(Set<Integer> partitions) {
        partitions.forEach(number -> partitionStates.computeIfPresent(
                number,
                (p, partitionState) -> new PartitionState(
                        partitionState.assignment, partitionState.position, true, partitionState.applied)));
    }

    /**
     * Tells that all below an offset was handed to the publisher, if it was not in Kafka already.
     *
     * @param owner on whose behalf; another assignment of the partition is not touched
     * @param hasRead whether records of the partition came
     */
    public synchronized void recordHandedOut(
            PartitionOwnership.Snapshot owner, int partition, long next, boolean hasRead, long applied) {
        PartitionState partitionState = partitionStates.get(partition);
        if (partitionState != null && isSameAssignment(owner, partition, partitionState)) {
            PartitionPosition after = partitionState.position.afterHandOut(next, hasRead);
            partitionStates.put(
                    partition,
                    new PartitionState(partitionState.assignment, after, partitionState.needsRefresh, applied));
        }
    }

    /** Tells what was just committed on the owner's behalf. */
    public synchronized void advance(PartitionOwnership.Snapshot owner, Map<Integer, Long> published) {
        published.forEach((partition, offset) -> {
            PartitionState partitionState = partitionStates.get(partition);
            if (partitionState != null && isSameAssignment(owner, partition, partitionState)) {
                partitionStates.put(partition, partitionState.with(partitionState.position.afterCommit(offset)));
            }
        });
    }

    /** What workers are known to have committed, of partitions that this one has or had. */
    public synchronized Map<Integer, Long> published() {
        Map<Integer, Long> published = new HashMap<>();
        partitionStates.forEach((partition, partitionState) -> {
            if (partitionState.position.isCommittedByWorker()) {
                published.put(partition, partitionState.position.committedOffset());
            }
        });
        return published;
    }

    /** The owner's partitions that are to be looked at, as nothing was handed out since they were assigned, or in doubt. */
    synchronized Set<Integer> unsettled(PartitionOwnership.Snapshot owner) {
        Set<Integer> unsettled = new HashSet<>(owner.assignments().keySet());
        unsettled.removeIf(partition -> {
            PartitionState partitionState = partitionStates.get(partition);
            return partitionState != null
                    && isSameAssignment(owner, partition, partitionState)
                    && !partitionState.needsRefresh
                    && !partitionState.position.isFresh();
        });
        return unsettled;
    }

    /**
     * Puts those in doubt of which something was applied before that is still to be handed out: its records were to come, and
     * may have been deleted meanwhile.
     */
    synchronized void invalidateLagging() {
        invalidate(partitionStates.entrySet().stream()
                .filter(entry ->
                        entry.getValue().applied > entry.getValue().position.handedOut())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet()));
    }

    private static boolean isSameAssignment(
            PartitionOwnership.Snapshot owner, int partition, PartitionState partitionState) {
        return Long.valueOf(partitionState.assignment)
                .equals(owner.assignments().get(partition));
    }

    /**
     * What the group has committed in partitions that are not this worker's: asked of Kafka now; nothing when this worker is
     * in no group.
     *
     * @throws KafkaException when Kafka does not answer
     */
    public Map<Integer, Long> committedByOthers(PartitionOwnership.Snapshot owner) {
        if (!owner.hasGeneration()) {
            return Map.of();
        }
        Map<Integer, Long> others =
                new HashMap<>(offsets.currentlyCommitted(owner.group().groupId()));
        others.keySet().removeIf(partition -> owner.assignedGeneration(partition) >= 0);
        return others;
    }

    /** Those of some partitions of which Kafka has yet to say where they stand. */
    synchronized Set<Integer> unknown(PartitionOwnership.Snapshot owner, Set<Integer> partitions) {
        Set<Integer> unknown = new HashSet<>(partitions);
        unknown.removeIf(partition -> {
            PartitionState partitionState = partitionStates.get(partition);
            return partitionState != null
                    && !partitionState.needsRefresh
                    && isSameAssignment(owner, partition, partitionState);
        });
        return unknown;
    }

    private synchronized void storeFetched(
            String topicId, PartitionOwnership.Snapshot owner, Set<Integer> partitions, AssignedOffsets answer) {
        if (!answer.topicId().equals(topicId)) {
            partitionStates.clear();
            throw new IllegalStateException("the commands topic was created again; waiting for it to be checked");
        }
        for (int partition : partitions) {
            if (answer.unstable().contains(partition)) {
                continue;
            }
            long assignment = owner.assignments().get(partition);
            PartitionState before = partitionStates.get(partition);
            boolean isKnown = before != null && before.assignment == assignment;
            if (isKnown && !before.needsRefresh || before != null && before.assignment > assignment) {
                continue; // somebody has asked meanwhile, and more has happened since
            }
            PartitionPosition asked = new PartitionPosition(
                    answer.committed(partition),
                    answer.isMarked(partition),
                    answer.startOffsets().get(partition),
                    answer.endOffsets().get(partition),
                    true,
                    0,
                    0);
            partitionStates.put(
                    partition,
                    isKnown
                            ? new PartitionState(
                                    assignment, asked.mergedWithEarlier(before.position), false, before.applied)
                            : new PartitionState(assignment, asked, false, 0));
        }
    }

    private synchronized Map<Integer, PartitionPosition> known(Set<Integer> partitions) {
        if (!partitionStates.keySet().containsAll(partitions)) {
            throw new IllegalStateException("the commands topic was created again; waiting for it to be checked");
        }
        return partitions.stream()
                .collect(
                        Collectors.toMap(partition -> partition, partition -> partitionStates.get(partition).position));
    }
}
