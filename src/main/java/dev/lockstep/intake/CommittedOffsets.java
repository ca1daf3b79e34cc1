package dev.lockstep.intake;

import dev.lockstep.intake.GroupOffsetClient.Assigned;
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
    private final Map<Integer, Place> places = new HashMap<>();

    CommittedOffsets(GroupOffsetClient offsets) {
        this.offsets = offsets;
    }

    /** @param applied as of when something was last handed out; 0 when nothing was yet */
    private record Place(long assignment, PartitionPosition position, boolean isInDoubt, long applied) {

        Place with(PartitionPosition position) {
            return new Place(assignment, position, isInDoubt, applied);
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
                .item(() -> offsets.assigned(owner.group().groupId(), unknown))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .map(answer -> {
                    learn(topicId, owner, unknown, answer);
                    if (!answer.unstable().isEmpty()) {
                        throw new UnstableOffsetCommitException("No stable offset for partitions " + answer.unstable());
                    }
                    return known(partitions);
                });
    }

    /** Lets Kafka be asked again: what was learned was in doubt, or may be so no longer. */
    public synchronized void forget(Set<Integer> partitions) {
        partitions.forEach(number -> places.computeIfPresent(
                number, (p, place) -> new Place(place.assignment, place.position, true, place.applied)));
    }

    /**
     * Tells that all below an offset was handed to the publisher, if it was not in Kafka already.
     *
     * @param owner on whose behalf; another assignment of the partition is not touched
     * @param hasRead whether records of the partition came
     */
    public synchronized void handedOut(
            PartitionOwnership.Snapshot owner, int partition, long next, boolean hasRead, long applied) {
        Place place = places.get(partition);
        if (place != null && isOf(owner, partition, place)) {
            PartitionPosition after = place.position.handedOut(next, hasRead);
            places.put(partition, new Place(place.assignment, after, place.isInDoubt, applied));
        }
    }

    /** Tells what was just committed on the owner's behalf. */
    public synchronized void advance(PartitionOwnership.Snapshot owner, Map<Integer, Long> published) {
        published.forEach((partition, offset) -> {
            Place place = places.get(partition);
            if (place != null && isOf(owner, partition, place)) {
                places.put(partition, place.with(place.position.committed(offset)));
            }
        });
    }

    /** What workers are known to have committed, of partitions that this one has or had. */
    public synchronized Map<Integer, Long> published() {
        Map<Integer, Long> published = new HashMap<>();
        places.forEach((partition, place) -> {
            if (place.position.isMarked()) {
                published.put(partition, place.position.committed());
            }
        });
        return published;
    }

    /** The owner's partitions that are to be looked at, as nothing was handed out since they were assigned, or in doubt. */
    synchronized Set<Integer> unsettled(PartitionOwnership.Snapshot owner) {
        Set<Integer> unsettled = new HashSet<>(owner.assignments().keySet());
        unsettled.removeIf(partition -> {
            Place place = places.get(partition);
            return place != null && isOf(owner, partition, place) && !place.isInDoubt && !place.position.isFresh();
        });
        return unsettled;
    }

    /**
     * Puts those in doubt of which something was applied before that is still to be handed out: its records were to come, and
     * may have been deleted meanwhile.
     */
    synchronized void doubtWhatIsBehind() {
        forget(places.entrySet().stream()
                .filter(entry ->
                        entry.getValue().applied > entry.getValue().position.handedOut())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet()));
    }

    private static boolean isOf(PartitionOwnership.Snapshot owner, int partition, Place place) {
        return Long.valueOf(place.assignment).equals(owner.assignments().get(partition));
    }

    /**
     * What the group has committed in partitions that are not this worker's: asked of Kafka now; nothing when this worker is
     * in no group.
     *
     * @throws KafkaException when Kafka does not answer
     */
    public Map<Integer, Long> ofOthers(PartitionOwnership.Snapshot owner) {
        if (!owner.valid()) {
            return Map.of();
        }
        Map<Integer, Long> others = new HashMap<>(offsets.latest(owner.group().groupId()));
        others.keySet().removeIf(partition -> owner.assignedAt(partition) >= 0);
        return others;
    }

    /** Those of some partitions of which Kafka has yet to say where they stand. */
    synchronized Set<Integer> unknown(PartitionOwnership.Snapshot owner, Set<Integer> partitions) {
        Set<Integer> unknown = new HashSet<>(partitions);
        unknown.removeIf(partition -> {
            Place place = places.get(partition);
            return place != null && !place.isInDoubt && isOf(owner, partition, place);
        });
        return unknown;
    }

    private synchronized void learn(
            String topicId, PartitionOwnership.Snapshot owner, Set<Integer> partitions, Assigned answer) {
        if (!answer.topicId().equals(topicId)) {
            places.clear();
            throw new IllegalStateException("the commands topic was created again; waiting for it to be checked");
        }
        for (int partition : partitions) {
            if (answer.unstable().contains(partition)) {
                continue;
            }
            long assignment = owner.assignments().get(partition);
            Place before = places.get(partition);
            boolean isKnown = before != null && before.assignment == assignment;
            if (isKnown && !before.isInDoubt || before != null && before.assignment > assignment) {
                continue; // somebody has asked meanwhile, and more has happened since
            }
            PartitionPosition asked = new PartitionPosition(
                    answer.committed(partition),
                    answer.isMarked(partition),
                    answer.starts().get(partition),
                    answer.ends().get(partition),
                    true,
                    0,
                    0);
            places.put(
                    partition,
                    isKnown
                            ? new Place(assignment, asked.behind(before.position), false, before.applied)
                            : new Place(assignment, asked, false, 0));
        }
    }

    private synchronized Map<Integer, PartitionPosition> known(Set<Integer> partitions) {
        return partitions.stream()
                .collect(Collectors.toMap(partition -> partition, partition -> places.get(partition).position));
    }
}
