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
        topicIdByPartition.keySet().removeAll(partitions);
        lastPolled.keySet().removeAll(partitions);
        if (partitions.isEmpty()) {
            return;
        }
        try {
            Map<TopicPartition, FeedProgress.Position> stored = feedProgress.read();
            Map<String, String> ids = fetchTopicIds();
            Map<TopicPartition, Long> endOffsets = consumer.endOffsets(partitions);
            partitions.forEach(topicPartition -> seek(
                    consumer,
                    topicPartition,
                    ids.get(topicPartition.topic()),
                    stored.get(topicPartition),
                    endOffsets.get(topicPartition)));
            recordTopicIds(partitions, stored);
        } catch (RuntimeException unknown) {
            LOG.infof(
                    "The board reads from the beginning reason=%s",
                    unknown.getClass().getSimpleName());
        }
    }

    /** Without the ids the feed continues where it was: the next {@link #checkTopics} will detect a recreated topic. */
    private Map<String, String> fetchTopicIds() {
        try {
            return ids(topics.describe());
        } catch (RuntimeException unknown) {
            LOG.infof(
                    "Cannot look up the ids of the board's topics reason=%s",
                    unknown.getClass().getSimpleName());
            return Map.of();
        }
    }

    /**
     * From here on, polls return what is not in the tables yet.
     *
     * @param id the topic's; null when unknown, then it is assumed to be the one that was read
     * @param stored the stored position; null if nothing was read
     * @param end where the partition ends
     */
    private void seek(
            Consumer<?, ?> consumer, TopicPartition partition, String id, FeedProgress.Position stored, long end) {
        if (stored == null) {
            consumer.seekToBeginning(List.of(partition));
        } else if (stored.isOfOtherTopic(id)) {
            LOG.warnf("A topic was recreated, reading it from the beginning partition=%s", partition);
            restartFromBeginning(consumer, partition, stored, id);
        } else if (stored.nextOffset() > end) {
            LOG.warnf(
                    "The stored position is beyond the end of a topic, reading it from the beginning partition=%s position=%d end=%d",
                    partition, stored.nextOffset(), end);
            restartFromBeginning(consumer, partition, stored, id);
        } else {
            consumer.seek(partition, stored.nextOffset());
        }
        lastPolled.remove(partition);
        String known = id != null || stored == null ? id : stored.topicId();
        if (known != null) {
            topicIdByPartition.put(partition, known);
        }
    }

    private void restartFromBeginning(
            Consumer<?, ?> consumer, TopicPartition partition, FeedProgress.Position stored, String id) {
        feedProgress.restart(partition, stored, id);
        consumer.seekToBeginning(List.of(partition));
    }

    /**
     * Positions stored by an older version have no topic id: assume the present topics, so that from now on a recreated one
     * is noticed.
     */
    private void recordTopicIds(
            Collection<TopicPartition> partitions, Map<TopicPartition, FeedProgress.Position> stored) {
        Map<TopicPartition, String> unknown = new HashMap<>(topicIdByPartition);
        unknown.keySet().retainAll(partitions);
        unknown.keySet()
                .removeIf(topicPartition -> stored.get(topicPartition) == null
                        || stored.get(topicPartition).topicId() != null);
        if (!unknown.isEmpty()) {
            feedProgress.setMissingTopicIds(unknown);
        }
    }

    /** On the polling thread: records which topic the records come from, and how far they go. */
    void onPoll(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> polled = records.records(partition);
            lastPolled.put(partition, polled.get(polled.size() - 1).offset());
            String id = topicIdByPartition.get(partition);
            polled.forEach(record -> FeedProgress.tagWithTopicId(record, id));
        }
    }

    /**
     * Restarts topics that were recreated or have become shorter from the beginning; on any thread.
     *
     * @param stored the stored positions, looked up before the topics were described
     * @param endOffsets where the partitions end, looked up after that; one that is missing is read on
     * @return the ends of those of this process's partitions in which nothing is left to poll
     */
    Uni<List<FeedProgress.ReachedEnd>> checkTopics(
            Map<TopicPartition, FeedProgress.Position> stored,
            Map<String, BoardTopics.Topic> described,
            Map<TopicPartition, Long> endOffsets) {
        if (clients.getConsumer(Feed.CHANNEL) == null) {
            return Uni.createFrom().item(List.of());
        }
        Map<String, String> ids = ids(described);
        return clients.<byte[], byte[]>getConsumer(Feed.CHANNEL)
                .runOnPollingThread((Function<Consumer<byte[], byte[]>, List<FeedProgress.ReachedEnd>>)
                        consumer -> checkTopics(consumer, stored, ids, endOffsets));
    }

    /** On the polling thread. */
    List<FeedProgress.ReachedEnd> checkTopics(
            Consumer<?, ?> consumer,
            Map<TopicPartition, FeedProgress.Position> stored,
            Map<String, String> ids,
            Map<TopicPartition, Long> endOffsets) {
        consumer.assignment().stream()
                .filter(topicPartition ->
                        ids.containsKey(topicPartition.topic()) && endOffsets.containsKey(topicPartition))
                .filter(topicPartition -> !canContinue(
                        topicPartition,
                        ids.get(topicPartition.topic()),
                        stored.get(topicPartition),
                        endOffsets.get(topicPartition)))
                .forEach(topicPartition -> seek(
                        consumer,
                        topicPartition,
                        ids.get(topicPartition.topic()),
                        stored.get(topicPartition),
                        endOffsets.get(topicPartition)));
        recordTopicIds(consumer.assignment(), stored);
        return consumer.assignment().stream()
                .filter(topicPartition -> topicIdByPartition.containsKey(topicPartition)
                        && consumer.currentLag(topicPartition).orElse(1) == 0)
                .map(topicPartition -> new FeedProgress.ReachedEnd(
                        topicPartition,
                        topicIdByPartition.get(topicPartition),
                        consumer.position(topicPartition),
                        lastPolled.getOrDefault(topicPartition, FeedProgress.ReachedEnd.NOTHING_POLLED)))
                .toList();
    }

    /**
     * Whether this process reads the topic with this id, the tables have no other one, and nothing that they have is missing
     * in it.
     */
    private boolean canContinue(TopicPartition partition, String id, FeedProgress.Position stored, long end) {
        return id.equals(topicIdByPartition.get(partition))
                && (stored == null || !stored.isOfOtherTopic(id) && stored.nextOffset() <= end);
    }

    private static Map<String, String> ids(Map<String, BoardTopics.Topic> described) {
        return described.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, topic -> topic.getValue()
                .id()));
    }
}
