package dev.lockstep.intake;

import static dev.lockstep.failure.KafkaAnswers.await;

import dev.lockstep.config.KafkaClients;
import dev.lockstep.config.Settings;
import dev.lockstep.partition.OffsetMark;
import dev.lockstep.partition.OtherDatabaseException;
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

/** Asks the group coordinator how far a group has come. Asked rarely, so it keeps no connection. */
@ApplicationScoped
public class GroupOffsetClient {

    private static final long NOTHING_COMMITTED = -1;

    private final Supplier<Admin> admins;
    private final String topic;

    private final OffsetMark mark;

    @Inject
    GroupOffsetClient(
            Settings settings, @Identifier("default-kafka-broker") Map<String, Object> broker, OffsetMark mark) {
        this(
                () -> Admin.create(KafkaClients.admin(broker, settings.publish())),
                settings.topics().commands(),
                mark);
    }

    public GroupOffsetClient(Supplier<Admin> admins, String topic, OffsetMark mark) {
        this.admins = admins;
        this.topic = topic;
        this.mark = mark;
    }

    /** @param leaderEpoch of the record before, or null */
    public OffsetAndMetadata marked(long offset, Integer leaderEpoch) {
        return new OffsetAndMetadata(offset, Optional.ofNullable(leaderEpoch), mark.text());
    }

    /**
     * A committed offset.
     *
     * @param isMarked whether a worker committed it that marks its offsets
     */
    public record Committed(long offset, boolean isMarked) {}

    /**
     * @return the committed offset of each partition, -1 for none
     * @throws KafkaException when the answer is not certain, so also while a transaction on one of them is open
     */
    public Map<Integer, Long> of(String group, Set<Integer> partitions) {
        Map<Integer, Committed> committed = committed(group, partitions);
        return partitions.stream()
                .collect(Collectors.toMap(
                        partition -> partition,
                        partition -> committed.containsKey(partition)
                                ? committed.get(partition).offset()
                                : NOTHING_COMMITTED));
    }

    private Map<Integer, Committed> committed(String group, Set<Integer> partitions) {
        Stable stable = stable(group, partitions);
        if (!stable.unstable().isEmpty()) {
            throw new UnstableOffsetCommitException("No stable offset for partitions " + stable.unstable());
        }
        return stable.committed();
    }

    /** @param unstable of which there is no certain answer, as a transaction on them is open */
    private record Stable(Map<Integer, Committed> committed, Set<Integer> unstable) {}

    private Stable stable(String group, Set<Integer> partitions) {
        List<TopicPartition> wanted = partitions.stream()
                .map(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toList());
        Map<TopicPartition, OffsetAndMetadata> answer = ask(group, wanted);
        Map<Integer, Committed> committed = new HashMap<>();
        Set<Integer> unstable = new TreeSet<>();
        for (TopicPartition partition : wanted) {
            OffsetAndMetadata offset = answer.get(partition);
            // The client leaves out a partition it has no certain answer for, and says null for no offset.
            if (!answer.containsKey(partition)) {
                unstable.add(partition.partition());
            } else if (offset != null) {
                if (mark.isOfAnother(offset.metadata())) {
                    throw new OtherDatabaseException(group, partition.partition());
                }
                committed.put(
                        partition.partition(),
                        new Committed(offset.offset(), OffsetMark.isOfAWorker(offset.metadata())));
            }
        }
        return new Stable(committed, unstable);
    }

    /**
     * The topic and the group, as of now.
     *
     * @param unstable partitions of which nothing can be said, as a transaction on them is open
     * @param committed by partition; nothing for one on which nothing was ever committed, or where that has expired
     * @param starts the first offset that is still there
     * @param ends the offset behind the last record
     */
    public record Assigned(
            String topicId,
            Map<Integer, Committed> committed,
            Set<Integer> unstable,
            Map<Integer, Long> starts,
            Map<Integer, Long> ends) {

        /** The next offset, or null. */
        Long committed(int partition) {
            Committed offset = committed.get(partition);
            return offset == null ? null : offset.offset();
        }

        boolean isMarked(int partition) {
            Committed offset = committed.get(partition);
            return offset != null && offset.isMarked();
        }
    }

    /**
     * What there is to know of partitions that were just assigned.
     *
     * @throws OtherDatabaseException when workers on another database were at one of them before
     */
    public Assigned assigned(String group, Set<Integer> partitions) {
        try (Admin admin = admins.get()) {
            String topicId = await(admin.describeTopics(List.of(topic)).allTopicNames())
                    .get(topic)
                    .topicId()
                    .toString();
            Stable stable = stable(group, partitions);
            return new Assigned(
                    topicId,
                    stable.committed(),
                    stable.unstable(),
                    offsets(admin, partitions, OffsetSpec.earliest()),
                    offsets(admin, partitions, OffsetSpec.latest()));
        }
    }

    /** What the group has committed by now; a transaction that is under way does not count. */
    Map<Integer, Long> latest(String group) {
        try (Admin admin = admins.get()) {
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

    /** The first offset that is still there, by partition. */
    Map<Integer, Long> starts(Set<Integer> partitions) {
        try (Admin admin = admins.get()) {
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

    private Map<TopicPartition, OffsetAndMetadata> ask(String group, List<TopicPartition> wanted) {
        try (Admin admin = admins.get()) {
            return await(admin.listConsumerGroupOffsets(
                            Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(wanted)),
                            new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata(group));
        }
    }
}
