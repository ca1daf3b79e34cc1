package dev.lockstep.intake;

import static dev.lockstep.failure.KafkaFutures.await;

import dev.lockstep.config.KafkaClientProperties;
import dev.lockstep.config.Settings;
import dev.lockstep.partition.CommitMetadata;
import dev.lockstep.partition.GroupConflictException;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnstableOffsetCommitException;

/** Asks the group coordinator how far a group has come. Used rarely, so it keeps no connection. */
@ApplicationScoped
public class GroupOffsetClient {

    private static final long NOTHING_COMMITTED = -1;

    private final Supplier<Admin> adminFactory;
    private final String topic;

    private final CommitMetadata commitMetadata;

    @Inject
    GroupOffsetClient(
            Settings settings,
            @Identifier("default-kafka-broker") Map<String, Object> broker,
            CommitMetadata commitMetadata) {
        this(
                () -> Admin.create(KafkaClientProperties.admin(broker, settings.publish())),
                settings.topics().commands(),
                commitMetadata);
    }

    public GroupOffsetClient(Supplier<Admin> admins, String topic, CommitMetadata commitMetadata) {
        this.adminFactory = admins;
        this.topic = topic;
        this.commitMetadata = commitMetadata;
    }

    /** @param leaderEpoch the leader epoch of the record before, or null */
    public OffsetAndMetadata toOffsetMetadata(long offset, Integer leaderEpoch) {
        return new OffsetAndMetadata(offset, Optional.ofNullable(leaderEpoch), commitMetadata.text());
    }

    /**
     * A committed offset.
     *
     * @param isCommittedByWorker whether it was committed by a worker that marks its offsets
     */
    public record CommittedOffset(long offset, boolean isCommittedByWorker) {}

    /**
     * @return what workers have committed in each partition; -1 if they have not, or if somebody else has since
     * @throws KafkaException if a partition has an open transaction, or Kafka does not answer
     */
    public Map<Integer, Long> fetchCommittedByWorkers(String group, Set<Integer> partitions) {
        Map<Integer, CommittedOffset> committed = fetchCommitted(group, partitions);
        return partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> {
            CommittedOffset offset = committed.get(partition);
            return offset != null && offset.isCommittedByWorker() ? offset.offset() : NOTHING_COMMITTED;
        }));
    }

    private Map<Integer, CommittedOffset> fetchCommitted(String group, Set<Integer> partitions) {
        StableOffsets stableOffsets = fetchStableOffsets(group, partitions);
        if (!stableOffsets.unstable().isEmpty()) {
            throw new UnstableOffsetCommitException("No stable offset for partitions " + stableOffsets.unstable());
        }
        return stableOffsets.committed();
    }

    /** @param unstable partitions without a certain answer, as a transaction on them is open */
    private record StableOffsets(Map<Integer, CommittedOffset> committed, Set<Integer> unstable) {}

    private StableOffsets fetchStableOffsets(String group, Set<Integer> partitions) {
        List<TopicPartition> wanted = partitions.stream()
                .map(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toList());
        Map<TopicPartition, OffsetAndMetadata> answer = fetchStable(group, wanted);
        Map<Integer, CommittedOffset> committed = new HashMap<>();
        Set<Integer> unstable = new TreeSet<>();
        for (TopicPartition partition : wanted) {
            OffsetAndMetadata offset = answer.get(partition);
            // The client omits a partition for which it has no certain answer, and returns null for no offset.
            if (!answer.containsKey(partition)) {
                unstable.add(partition.partition());
            } else if (offset != null) {
                if (commitMetadata.isFromOtherDatabase(offset.metadata())) {
                    throw new GroupConflictException(group, partition.partition());
                }
                committed.put(
                        partition.partition(),
                        new CommittedOffset(offset.offset(), CommitMetadata.isFromWorker(offset.metadata())));
            }
        }
        return new StableOffsets(committed, unstable);
    }

    /**
     * The current state of the topic and the group.
     *
     * @param unstable partitions about which nothing can be said, as a transaction on them is open
     * @param committed by partition; no entry if nothing was ever committed there, or if that has expired
     * @param startOffsets the first offset that still exists
     * @param endOffsets the offset after the last record
     */
    public record AssignedOffsets(
            String topicId,
            Map<Integer, CommittedOffset> committed,
            Set<Integer> unstable,
            Map<Integer, Long> startOffsets,
            Map<Integer, Long> endOffsets) {

        /** The next offset, or null. */
        Long committed(int partition) {
            CommittedOffset offset = committed.get(partition);
            return offset == null ? null : offset.offset();
        }

        boolean isCommittedByWorker(int partition) {
            CommittedOffset offset = committed.get(partition);
            return offset != null && offset.isCommittedByWorker();
        }
    }

    /**
     * What there is to know about partitions that were just assigned.
     *
     * @throws GroupConflictException if workers on another database have committed for one of them
     */
    public AssignedOffsets offsetsOnAssignment(String group, Set<Integer> partitions) {
        try (Admin admin = adminFactory.get()) {
            String topicId = await(admin.describeTopics(List.of(topic)).allTopicNames())
                    .get(topic)
                    .topicId()
                    .toString();
            StableOffsets stableOffsets = fetchStableOffsets(group, partitions);
            return new AssignedOffsets(
                    topicId,
                    stableOffsets.committed(),
                    stableOffsets.unstable(),
                    offsets(admin, partitions, OffsetSpec.earliest()),
                    offsets(admin, partitions, OffsetSpec.latest()));
        }
    }

    /** What the group has committed by now; a transaction in progress does not count. */
    Map<Integer, Long> fetchCurrentlyCommitted(String group) {
        try (Admin admin = adminFactory.get()) {
            Map<Integer, Long> committed = new HashMap<>();
            await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                    .forEach((partition, offset) -> {
                        if (partition.topic().equals(topic) && offset != null) {
                            committed.put(partition.partition(), offset.offset());
                        }
                    });
            return committed;
        }
    }

    /** The first offset that still exists, by partition. */
    Map<Integer, Long> startOffsets(Set<Integer> partitions) {
        try (Admin admin = adminFactory.get()) {
            return offsets(admin, partitions, OffsetSpec.earliest());
        }
    }

    private Map<Integer, Long> offsets(Admin admin, Set<Integer> partitions, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> asked = partitions.stream()
                .collect(Collectors.toMap(partition -> new TopicPartition(topic, partition), partition -> which));
        Map<Integer, Long> offsets = new HashMap<>();
        await(admin.listOffsets(asked).all())
                .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
        return offsets;
    }

    private Map<TopicPartition, OffsetAndMetadata> fetchStable(String group, List<TopicPartition> wanted) {
        try (Admin admin = adminFactory.get()) {
            return await(admin.listConsumerGroupOffsets(
                            Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(wanted)),
                            new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata(group));
        }
    }
}
