package dev.lockstep.intake;

import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Default;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Which partitions of the commands topic this worker owns, and since which generation of the consumer group.
 *
 * <p>Serves one consumer of one topic. The connector finds it by
 * {@code mp.messaging.incoming.commands.consumer-rebalance-listener.name=commands}; that the channel has the same name does
 * not select it. The connector calls it on the polling thread, for lost partitions as for revoked ones, and also without any
 * partition when a rebalance leaves everything where it was: there is a new generation even then.
 *
 * <p>It never throws and never asks the broker. An exception here would leave the consumer with an assignment that was
 * never announced, and everything that it reads would be dropped.
 */
@ApplicationScoped
@Default
@Identifier(CommandsTopic.CHANNEL)
public class PartitionOwnership implements KafkaConsumerRebalanceListener {

    private static final Logger LOG = Logger.getLogger(PartitionOwnership.class);
    private static final int NO_GENERATION = -1;

    private final AtomicReference<Snapshot> current =
            new AtomicReference<>(new Snapshot(new ConsumerGroupMetadata(""), Map.of(), 0, NO_GENERATION));

    /** Ownership and group metadata from the same moment. */
    public Snapshot snapshot() {
        return current.get();
    }

    @Override
    public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        ConsumerGroupMetadata group = groupOf(consumer);
        update(before -> before.withAssigned(group == null ? before.group : group, partitions));
        LOG.infof(
                "Partitions assigned generation=%d added=%s owned=%s",
                snapshot().generation(), partitions, snapshot().owned.keySet());
    }

    @Override
    public void onPartitionsRevoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        ConsumerGroupMetadata group = groupOf(consumer);
        update(before -> before.withRevoked(group == null ? before.group : group, partitions));
        LOG.infof(
                "Partitions revoked generation=%d revoked=%s owned=%s",
                snapshot().generation(), partitions, snapshot().owned.keySet());
    }

    private void update(UnaryOperator<Snapshot> change) {
        current.updateAndGet(change);
    }

    private static ConsumerGroupMetadata groupOf(Consumer<?, ?> consumer) {
        try {
            return consumer.groupMetadata();
        } catch (RuntimeException e) {
            LOG.errorf(e, "The consumer did not return its group metadata");
            return null;
        }
    }

    /** An immutable view of the owned partitions, with the group metadata that fences a commit to the group coordinator. */
    public static final class Snapshot {
        private final ConsumerGroupMetadata group;
        private final Map<Integer, Assignment> owned;
        private final Map<Integer, Long> assignments;
        private final long assignmentsSoFar;
        private final int generationBeforeRestart;

        private record Assignment(int generation, long number) {}

        private Snapshot(
                ConsumerGroupMetadata group,
                Map<Integer, Assignment> owned,
                long assignmentsSoFar,
                int generationBeforeRestart) {
            this.group = group;
            this.owned = owned;
            this.assignments = owned.entrySet().stream()
                    .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> entry.getValue().number));
            this.assignmentsSoFar = assignmentsSoFar;
            this.generationBeforeRestart = generationBeforeRestart;
        }

        /**
         * Whether a batch polled under {@code batchGeneration} may still be processed for {@code partition}: the
         * partition is owned and has not been reassigned since. A partition kept through a rebalance keeps its batches.
         */
        public boolean owns(int partition, long batchGeneration) {
            Assignment assignment = owned.get(partition);
            return assignment != null && assignment.generation <= batchGeneration && !isOfFormerGroup(batchGeneration);
        }

        /** The generation at which {@code partition} was assigned, or -1 when it is not owned. */
        public int assignedGeneration(int partition) {
            Assignment assignment = owned.get(partition);
            return assignment == null ? NO_GENERATION : assignment.generation;
        }

        /**
         * The owned partitions, each with the number of its assignment: one that was lost and comes back has a new number,
         * even if the group has started to count its generations over again.
         */
        public Map<Integer, Long> assignments() {
            return assignments;
        }

        /** What {@code sendOffsetsToTransaction} needs; an empty group before the first assignment. */
        public ConsumerGroupMetadata group() {
            return group;
        }

        public int generation() {
            return group.generationId();
        }

        /** False until the group has assigned a generation: the coordinator would accept a commit without one unfenced. */
        public boolean hasGeneration() {
            return group.generationId() >= 0;
        }

        /** A group that was deleted and recreated counts from the beginning; its generations say nothing about older ones. */
        private boolean isOfFormerGroup(long batchGeneration) {
            return batchGeneration > generation() && batchGeneration <= generationBeforeRestart;
        }

        private Snapshot withAssigned(ConsumerGroupMetadata now, Collection<TopicPartition> added) {
            Map<Integer, Assignment> after = new HashMap<>(owned);
            Assignment assignment = new Assignment(now.generationId(), assignmentsSoFar + 1);
            added.forEach(partition -> after.put(partition.partition(), assignment));
            return new Snapshot(now, Map.copyOf(after), assignment.number, lastGenerationBeforeRestart(now));
        }

        private Snapshot withRevoked(ConsumerGroupMetadata now, Collection<TopicPartition> gone) {
            Map<Integer, Assignment> after = new HashMap<>(owned);
            gone.forEach(partition -> after.remove(partition.partition()));
            return new Snapshot(now, Map.copyOf(after), assignmentsSoFar, lastGenerationBeforeRestart(now));
        }

        private int lastGenerationBeforeRestart(ConsumerGroupMetadata now) {
            return now.generationId() < generation() ? generation() : generationBeforeRestart;
        }
    }
}
