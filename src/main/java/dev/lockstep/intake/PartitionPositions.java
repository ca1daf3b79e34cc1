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
 * Where each partition stands under its present assignment: Kafka is asked once for each, and later changes are recorded
 * here.
 */
@ApplicationScoped
public class PartitionPositions {

    private final GroupOffsetClient groupOffsets;
    private final Map<Integer, PartitionState> partitionStates = new HashMap<>();

    PartitionPositions(GroupOffsetClient groupOffsets) {
        this.groupOffsets = groupOffsets;
    }

    /** @param appliedOffset the applied offset when something was last submitted; 0 if nothing has been yet */
    private record PartitionState(
            long assignment, PartitionPosition position, boolean needsRefresh, long appliedOffset) {

        PartitionState with(PartitionPosition position) {
            return new PartitionState(assignment, position, needsRefresh, appliedOffset);
        }
    }

    /**
     * @param topicId the commands topic that the work is based on
     * @param partitions the owner's partitions
     * @return fails if Kafka does not answer, or if the topic has been replaced; if only some partitions have no
     *     certain answer, the others are {@linkplain #unknown known} afterwards
     */
    public Uni<Map<Integer, PartitionPosition>> positions(
            String topicId, PartitionOwnership.Snapshot ownership, Set<Integer> partitions) {
        Set<Integer> unknown = unknown(ownership, partitions);
        if (unknown.isEmpty()) {
            return Uni.createFrom().item(() -> known(partitions));
        }
        return Uni.createFrom()
                .item(() -> groupOffsets.offsetsOnAssignment(ownership.group().groupId(), unknown))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .map(answer -> {
                    storeFetched(topicId, ownership, unknown, answer);
                    if (!answer.unstable().isEmpty()) {
                        throw new UnstableOffsetCommitException("No stable offset for partitions " + answer.unstable());
                    }
                    return known(partitions);
                });
    }

    /** Lets Kafka be asked again: what was learned was uncertain, or may be outdated. */
    public synchronized void invalidate(Set<Integer> partitions) {
        partitions.forEach(number -> partitionStates.computeIfPresent(
                number,
                (p, partitionState) -> new PartitionState(
                        partitionState.assignment, partitionState.position, true, partitionState.appliedOffset)));
    }

    /**
     * Records that everything below an offset was submitted to the publisher, unless it was in Kafka already.
     *
     * @param ownership the ownership under which that happened; another assignment of the partition is not touched
     * @param hasRead whether records of the partition have been read
     */
    public synchronized void recordSubmitted(
            PartitionOwnership.Snapshot ownership,
            int partition,
            long nextOffset,
            boolean hasRead,
            long appliedOffset) {
        PartitionState partitionState = partitionStates.get(partition);
        if (partitionState != null && isSameAssignment(ownership, partition, partitionState)) {
            PartitionPosition after = partitionState.position.afterSubmission(nextOffset, hasRead);
            partitionStates.put(
                    partition,
                    new PartitionState(partitionState.assignment, after, partitionState.needsRefresh, appliedOffset));
        }
    }

    /** Records what was just committed on the owner's behalf. */
    public synchronized void recordCommitted(PartitionOwnership.Snapshot ownership, Map<Integer, Long> published) {
        published.forEach((partition, offset) -> {
            PartitionState partitionState = partitionStates.get(partition);
            if (partitionState != null && isSameAssignment(ownership, partition, partitionState)) {
                partitionStates.put(partition, partitionState.with(partitionState.position.afterCommit(offset)));
            }
        });
    }

    /** What workers are known to have committed in the owner's partitions. */
    public synchronized Map<Integer, Long> committedByWorkers(PartitionOwnership.Snapshot ownership) {
        Map<Integer, Long> published = new HashMap<>();
        partitionStates.forEach((partition, partitionState) -> {
            if (partitionState.position.isCommittedByWorker()
                    && isSameAssignment(ownership, partition, partitionState)) {
                published.put(partition, partitionState.position.committedOffset());
            }
        });
        return published;
    }

    /** The owner's partitions that need checking: nothing was submitted since they were assigned, or they are in doubt. */
    synchronized Set<Integer> unsettled(PartitionOwnership.Snapshot ownership) {
        Set<Integer> unsettled = new HashSet<>(ownership.assignments().keySet());
        unsettled.removeIf(partition -> {
            PartitionState partitionState = partitionStates.get(partition);
            return partitionState != null
                    && isSameAssignment(ownership, partition, partitionState)
                    && !partitionState.needsRefresh
                    && !partitionState.position.isFresh();
        });
        return unsettled;
    }

    /**
     * Marks as doubtful the partitions with applied output still to be submitted: their records were to be redelivered, but
     * may have been deleted in the meantime.
     */
    synchronized void invalidateLagging() {
        invalidate(partitionStates.entrySet().stream()
                .filter(entry -> entry.getValue().appliedOffset
                        > entry.getValue().position.submittedOffset())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet()));
    }

    private static boolean isSameAssignment(
            PartitionOwnership.Snapshot ownership, int partition, PartitionState partitionState) {
        return Long.valueOf(partitionState.assignment)
                .equals(ownership.assignments().get(partition));
    }

    /**
     * What the group has committed in other workers' partitions, as Kafka says now; nothing if this worker is
     * not in a group.
     *
     * @throws KafkaException when Kafka does not answer
     */
    public Map<Integer, Long> committedByOthers(PartitionOwnership.Snapshot ownership) {
        if (!ownership.hasGeneration()) {
            return Map.of();
        }
        Map<Integer, Long> others = new HashMap<>(
                groupOffsets.fetchCurrentlyCommitted(ownership.group().groupId()));
        others.keySet().removeIf(partition -> ownership.assignedGeneration(partition) >= 0);
        return others;
    }

    /** Those of the given partitions whose position Kafka has yet to tell. */
    synchronized Set<Integer> unknown(PartitionOwnership.Snapshot ownership, Set<Integer> partitions) {
        Set<Integer> unknown = new HashSet<>(partitions);
        unknown.removeIf(partition -> {
            PartitionState partitionState = partitionStates.get(partition);
            return partitionState != null
                    && !partitionState.needsRefresh
                    && isSameAssignment(ownership, partition, partitionState);
        });
        return unknown;
    }

    private synchronized void storeFetched(
            String topicId, PartitionOwnership.Snapshot ownership, Set<Integer> partitions, AssignedOffsets answer) {
        if (!answer.topicId().equals(topicId)) {
            partitionStates.clear();
            throw new IllegalStateException("the commands topic was recreated; waiting for it to be checked");
        }
        for (int partition : partitions) {
            if (answer.unstable().contains(partition)) {
                continue;
            }
            long assignment = ownership.assignments().get(partition);
            PartitionState before = partitionStates.get(partition);
            boolean isKnown = before != null && before.assignment == assignment;
            if (isKnown && !before.needsRefresh || before != null && before.assignment > assignment) {
                continue; // another thread has asked meanwhile, and more has happened since
            }
            PartitionPosition fetched = new PartitionPosition(
                    answer.committed(partition),
                    answer.isCommittedByWorker(partition),
                    answer.startOffsets().get(partition),
                    answer.endOffsets().get(partition),
                    true,
                    0,
                    0);
            partitionStates.put(
                    partition,
                    isKnown
                            ? new PartitionState(
                                    assignment, fetched.mergedWithEarlier(before.position), false, before.appliedOffset)
                            : new PartitionState(assignment, fetched, false, 0));
        }
    }

    private synchronized Map<Integer, PartitionPosition> known(Set<Integer> partitions) {
        if (!partitionStates.keySet().containsAll(partitions)) {
            throw new IllegalStateException("the commands topic was recreated; waiting for it to be checked");
        }
        return partitions.stream()
                .collect(
                        Collectors.toMap(partition -> partition, partition -> partitionStates.get(partition).position));
    }
}
