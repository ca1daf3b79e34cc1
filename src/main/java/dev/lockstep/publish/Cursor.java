package dev.lockstep.publish;

import dev.lockstep.publish.CommittedOffsets.Assigned;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * How far the consumer group is known to have committed, by partition: asked of Kafka once for each assignment, and told
 * by every publication after it.
 */
@ApplicationScoped
public class Cursor {

    private static final Logger LOG = Logger.getLogger(Cursor.class);

    private final CommittedOffsets offsets;
    private final Map<Integer, Long> committed = new HashMap<>();
    private final Map<Integer, Integer> askedAt = new HashMap<>();

    Cursor(CommittedOffsets offsets) {
        this.offsets = offsets;
    }

    /**
     * @param committed next offsets; nothing for a partition on which nothing was ever committed
     * @param ends the offset behind the last record, of those partitions that Kafka was asked about just now
     */
    public record Position(Map<Integer, Long> committed, Map<Integer, Long> ends) {}

    /**
     * @param topicId the commands topic that the work stands on
     * @return fails when Kafka does not answer, and when the topic is another one by now
     */
    public Uni<Position> position(String topicId, Ownership.Snapshot owner, Set<Integer> partitions) {
        Set<Integer> unknown = unknown(owner, partitions);
        if (unknown.isEmpty()) {
            return Uni.createFrom().item(known(partitions, Map.of()));
        }
        return Uni.createFrom()
                .item(() -> offsets.assigned(owner.group().groupId(), unknown))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .map(answer -> {
                    learn(topicId, owner, answer);
                    return known(partitions, answer.ends());
                });
    }

    /** Lets Kafka be asked again: what was learned was in doubt. */
    public synchronized void forget(Set<Integer> partitions) {
        askedAt.keySet().removeAll(partitions);
    }

    /** Tells what was just committed. */
    public synchronized void advance(Map<Integer, Long> published) {
        committed.putAll(published);
    }

    /** What this worker knows to be committed, of partitions that it has or had. */
    public synchronized Map<Integer, Long> published() {
        return Map.copyOf(committed);
    }

    /**
     * What the group has committed in partitions that are not this worker's: asked of Kafka now; nothing when this worker is
     * in no group.
     *
     * @throws KafkaException when Kafka does not answer
     */
    public Map<Integer, Long> ofOthers(Ownership.Snapshot owner) {
        if (!owner.valid()) {
            return Map.of();
        }
        Map<Integer, Long> others = new HashMap<>(offsets.latest(owner.group().groupId()));
        others.keySet().removeIf(partition -> owner.assignedAt(partition) >= 0);
        return others;
    }

    private synchronized Set<Integer> unknown(Ownership.Snapshot owner, Set<Integer> partitions) {
        Set<Integer> unknown = new HashSet<>(partitions);
        unknown.removeIf(
                partition -> Integer.valueOf(owner.assignedAt(partition)).equals(askedAt.get(partition)));
        return unknown;
    }

    private synchronized void learn(String topicId, Ownership.Snapshot owner, Assigned answer) {
        if (!answer.topicId().equals(topicId)) {
            committed.clear();
            askedAt.clear();
            throw new IllegalStateException("the commands topic was created again; waiting until that is looked at");
        }
        answer.committed().forEach((partition, offset) -> {
            askedAt.put(partition, owner.assignedAt(partition));
            if (offset < 0) {
                committed.remove(partition);
                return;
            }
            committed.put(partition, offset);
            long start = answer.starts().getOrDefault(partition, 0L);
            if (start > offset) {
                LOG.errorf(
                        "Commands were deleted before they were read partition=%d committed=%d start=%d",
                        partition, offset, start);
            }
        });
    }

    private synchronized Position known(Set<Integer> partitions, Map<Integer, Long> ends) {
        Map<Integer, Long> known = new HashMap<>(committed);
        known.keySet().retainAll(partitions);
        return new Position(known, ends);
    }
}
