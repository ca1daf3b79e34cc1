package dev.lockstep.bench;

import dev.lockstep.local.LogEnds;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/** Which worker has which partitions of the commands topic, according to the coordinator of its group. */
final class GroupView implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(20);

    private final Admin admin;
    private final String group;

    GroupView(String bootstrapServers, String group) {
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        this.group = group;
    }

    /**
     * Waits until that many members have all partitions between them.
     *
     * @return the partitions of each member, by member id
     */
    Map<String, Set<Integer>> await(int members) {
        Map<String, Set<Integer>> assigned = new HashMap<>();
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .atMost(BenchSettings.PATIENCE)
                .until(() -> {
                    assigned.clear();
                    assigned.putAll(assignments());
                    return assigned.size() == members
                            && assigned.values().stream().mapToInt(Set::size).sum() == BenchSettings.PARTITIONS
                            && assigned.values().stream().noneMatch(Set::isEmpty);
                });
        return assigned;
    }

    /** How many records in these partitions are not committed yet. */
    long behind(String topic, Set<Integer> partitions) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        Map<TopicPartition, Long> ends = LogEnds.of(
                admin,
                partitions.stream().map(p -> new TopicPartition(topic, p)).toList());
        return ends.entrySet().stream()
                .mapToLong(end -> end.getValue() - committed.get(end.getKey()).offset())
                .sum();
    }

    private Map<String, Set<Integer>> assignments() throws ExecutionException, InterruptedException {
        return admin.describeConsumerGroups(Set.of(group)).describedGroups().get(group).get().members().stream()
                .collect(Collectors.toMap(MemberDescription::consumerId, GroupView::partitions));
    }

    private static Set<Integer> partitions(MemberDescription member) {
        return member.assignment().topicPartitions().stream()
                .map(TopicPartition::partition)
                .collect(Collectors.toSet());
    }

    @Override
    public void close() {
        admin.close();
    }
}
