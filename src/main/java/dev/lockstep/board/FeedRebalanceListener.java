package dev.lockstep.board;

import dev.lockstep.board.tables.FeedProgress;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Starts the feed at the position stored in the tables, or at the beginning of a recreated topic. If the position cannot
 * be determined, the feed starts at the beginning, and the tables skip records that were already written.
 */
@ApplicationScoped
@Identifier(Feed.CHANNEL)
class FeedRebalanceListener implements KafkaConsumerRebalanceListener {

    private static final Logger LOG = Logger.getLogger(FeedRebalanceListener.class);

    private final FeedProgress feedProgress;
    private final BoardTopics topics;
    private final KafkaClientService clients;

    /** For each partition, the id of the topic being read; changed only on the polling thread, together with the position. */
    private final Map<TopicPartition, String> topicIdByPartition = new ConcurrentHashMap<>();

    /** The offset of the last record polled since the partition was assigned; changed only on the polling thread. */
    private final Map<TopicPartition, Long> lastPolled = new ConcurrentHashMap<>();

    @Inject
    FeedRebalanceListener(FeedProgress feedProgress, BoardTopics topics, KafkaClientService clients) {
        this.feedProgress = feedProgress;
        this.topics = topics;
        this.clients = clients;
    }

    @Override
    public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        forget(partitions);
        if (partitions.isEmpty()) {
            return;
        }
        Map<String, String> ids = fetchTopicIds();
        try {
            Map<TopicPartition, FeedProgress.Position> read = feedProgress.read();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            partitions.forEach(
                    one -> seek(consumer, one, ids.get(one.topic()), read.get(one), ends.getOrDefault(one, 0L)));
            recordTopicIds(partitions, read);
        } catch (RuntimeException unknown) {
            LOG.infof(
                    "The board reads from the beginning cause=%s",
                    unknown.getClass().getSimpleName());
        }
    }

    /** Without the ids the feed continues where it was: the next {@link #checkTopics} will detect a recreated topic. */
    private Map<String, String> fetchTopicIds() {
        try {
            return ids(topics.describe());
        } catch (RuntimeException unknown) {
            LOG.infof(
                    "Cannot look up the ids of the board's topics cause=%s",
                    unknown.getClass().getSimpleName());
            return Map.of();
        }
    }

    private void seek(
            Consumer<?, ?> consumer, TopicPartition partition, String id, FeedProgress.Position read, long end) {
        if (id != null) {
            topicIdByPartition.put(partition, id);
        }
        if (read == null) {
            return;
        }
        if (read.isOfOtherTopic(id)) {
            restartFromBeginning(consumer, partition);
        } else if (read.nextOffset() > end) {
            LOG.warnf(
                    "A topic ends before the position that was stored, reading it from the beginning partition=%s position=%d end=%d",
                    partition, read.nextOffset(), end);
            feedProgress.reset(partition);
        } else {
            consumer.seek(partition, read.nextOffset());
        }
    }

    /**
     * Positions stored by an older version have no topic id: assume the present topics, so that from now on a recreated one
     * is noticed.
     */
    private void recordTopicIds(
            Collection<TopicPartition> partitions, Map<TopicPartition, FeedProgress.Position> read) {
        Map<TopicPartition, String> unknown = new HashMap<>(topicIdByPartition);
        unknown.keySet().retainAll(partitions);
        unknown.keySet().removeIf(one -> read.get(one) == null || read.get(one).topicId() != null);
        if (!unknown.isEmpty()) {
            feedProgress.setMissingTopicIds(unknown);
        }
    }

    @Override
    public void onPartitionsRevoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        forget(partitions);
    }

    private void forget(Collection<TopicPartition> partitions) {
        topicIdByPartition.keySet().removeAll(partitions);
        lastPolled.keySet().removeAll(partitions);
    }

    /** On the polling thread: records which topic the records come from, and how far they go. */
    void onPoll(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> polled = records.records(partition);
            lastPolled.put(partition, polled.get(polled.size() - 1).offset());
            String id = topicIdByPartition.get(partition);
            polled.forEach(one -> FeedProgress.tagWithTopicId(one, id));
        }
    }

    /**
     * Restarts recreated topics from the beginning; on any thread.
     *
     * @return the ends of those of this process's partitions in which nothing is left to poll
     */
    Uni<List<FeedProgress.ReachedEnd>> checkTopics(Map<String, BoardTopics.Topic> described) {
        if (clients.getConsumer(Feed.CHANNEL) == null) {
            return Uni.createFrom().item(List.of());
        }
        Map<String, String> ids = ids(described);
        return clients.<byte[], byte[]>getConsumer(Feed.CHANNEL)
                .runOnPollingThread((Function<Consumer<byte[], byte[]>, List<FeedProgress.ReachedEnd>>)
                        consumer -> checkTopics(consumer, ids));
    }

    /** On the polling thread. */
    List<FeedProgress.ReachedEnd> checkTopics(Consumer<?, ?> consumer, Map<String, String> ids) {
        switchToRecreatedTopics(consumer, ids);
        return consumer.assignment().stream()
                .filter(one -> topicIdByPartition.containsKey(one)
                        && consumer.currentLag(one).orElse(1) == 0)
                .map(one -> new FeedProgress.ReachedEnd(
                        one,
                        topicIdByPartition.get(one),
                        consumer.position(one),
                        lastPolled.getOrDefault(one, FeedProgress.ReachedEnd.NOTHING_POLLED)))
                .toList();
    }

    private static Map<String, String> ids(Map<String, BoardTopics.Topic> described) {
        return described.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, topic -> topic.getValue()
                .id()));
    }

    /** From here on, polls return the new topic's records, from its beginning. */
    private void switchToRecreatedTopics(Consumer<?, ?> consumer, Map<String, String> ids) {
        List<TopicPartition> unknown = consumer.assignment().stream()
                .filter(one -> ids.containsKey(one.topic()) && !topicIdByPartition.containsKey(one))
                .toList();
        // before their ids are known here: if this fails, the next check tries again
        Map<TopicPartition, FeedProgress.Position> read = unknown.isEmpty() ? Map.of() : feedProgress.read();
        for (TopicPartition partition : consumer.assignment()) {
            String id = ids.get(partition.topic());
            String before = id == null ? null : topicIdByPartition.put(partition, id);
            FeedProgress.Position stored = read.get(partition);
            if (before == null ? stored != null && stored.isOfOtherTopic(id) : !id.equals(before)) {
                restartFromBeginning(consumer, partition);
            }
        }
        if (!unknown.isEmpty()) {
            recordTopicIds(unknown, read);
        }
    }

    private void restartFromBeginning(Consumer<?, ?> consumer, TopicPartition partition) {
        LOG.warnf("A topic was recreated, reading it from the beginning partition=%s", partition);
        consumer.seekToBeginning(List.of(partition));
        lastPolled.remove(partition);
    }
}
