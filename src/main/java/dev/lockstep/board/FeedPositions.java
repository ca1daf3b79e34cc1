package dev.lockstep.board;

import dev.lockstep.board.tables.Progress;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Lets the feed begin where the tables are, and at the front of a topic that was created again. Where that cannot be found out it
 * begins at the front, and what was written before is passed over by the tables.
 */
@ApplicationScoped
@Identifier(Feed.CHANNEL)
class FeedPositions implements KafkaConsumerRebalanceListener {

    private static final Logger LOG = Logger.getLogger(FeedPositions.class);

    private final Progress progress;
    private final TopicIds topics;
    private final KafkaClientService clients;

    /** The id of the topic of which each partition is read; changed on the polling thread alone, together with the position. */
    private final Map<TopicPartition, String> reading = new ConcurrentHashMap<>();

    @Inject
    FeedPositions(Progress progress, TopicIds topics, KafkaClientService clients) {
        this.progress = progress;
        this.topics = topics;
        this.clients = clients;
    }

    @Override
    public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        reading.keySet().removeAll(partitions);
        if (partitions.isEmpty()) {
            return;
        }
        Map<String, String> ids = ids();
        try {
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Map<TopicPartition, Progress.Position> read = progress.read();
            partitions.forEach(
                    one -> begin(consumer, one, ids.get(one.topic()), read.get(one), ends.getOrDefault(one, 0L)));
            learn(partitions, read);
        } catch (RuntimeException unknown) {
            LOG.infof("The board reads from the front: %s", unknown.getClass().getSimpleName());
        }
    }

    /** Without them the feed goes on where it was: that a topic is another one shows with the next {@link #look}. */
    private Map<String, String> ids() {
        try {
            return topics.ask();
        } catch (RuntimeException unknown) {
            LOG.infof(
                    "The ids of the board's topics are not known: %s",
                    unknown.getClass().getSimpleName());
            return Map.of();
        }
    }

    private void begin(Consumer<?, ?> consumer, TopicPartition partition, String id, Progress.Position read, long end) {
        if (id != null) {
            reading.put(partition, id);
        }
        if (read == null) {
            return;
        }
        if (read.isOfAnother(id)) {
            readAnew(consumer, partition);
        } else if (read.next() > end) {
            LOG.warnf(
                    "%s is not what the board has read (up to %d, it ends at %d): read anew",
                    partition, read.next(), end);
            progress.forget(partition);
        } else {
            consumer.seek(partition, read.next());
        }
    }

    /** What an older version read is taken for what the topics are now: from here on another one is noticed. */
    private void learn(Collection<TopicPartition> partitions, Map<TopicPartition, Progress.Position> read) {
        Map<TopicPartition, String> unknown = new HashMap<>(reading);
        unknown.keySet().retainAll(partitions);
        unknown.keySet().removeIf(one -> read.get(one) == null || read.get(one).topicId() != null);
        if (!unknown.isEmpty()) {
            progress.learn(unknown);
        }
    }

    @Override
    public void onPartitionsRevoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        reading.keySet().removeAll(partitions);
    }

    /** On the polling thread: of which topic the records are. */
    void mark(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : records.partitions()) {
            String id = reading.get(partition);
            if (id != null) {
                records.records(partition).forEach(one -> Progress.mark(one, id));
            }
        }
    }

    /** Looks whether the topics are still those that are read; on any thread. */
    void look() {
        Map<String, String> ids = topics.ask();
        if (clients.getConsumer(Feed.CHANNEL) != null) {
            clients.<byte[], byte[]>getConsumer(Feed.CHANNEL)
                    .runOnPollingThread(
                            (java.util.function.Consumer<Consumer<byte[], byte[]>>) consumer -> follow(consumer, ids))
                    .subscribe()
                    .with(done -> {}, failure -> LOG.debug("Topics that are new are noticed later", failure));
        }
    }

    /** On the polling thread: what is polled from here on is of the new topic, and from its front. */
    void follow(Consumer<?, ?> consumer, Map<String, String> ids) {
        List<TopicPartition> unknown = new ArrayList<>();
        for (TopicPartition partition : consumer.assignment()) {
            String id = ids.get(partition.topic());
            String before = id == null ? null : reading.put(partition, id);
            if (id != null && before == null) {
                unknown.add(partition);
            } else if (id != null && !id.equals(before)) {
                readAnew(consumer, partition);
            }
        }
        if (!unknown.isEmpty()) {
            Map<TopicPartition, Progress.Position> read = progress.read();
            unknown.stream()
                    .filter(one -> read.containsKey(one) && read.get(one).isOfAnother(reading.get(one)))
                    .forEach(one -> readAnew(consumer, one));
            learn(unknown, read);
        }
    }

    private static void readAnew(Consumer<?, ?> consumer, TopicPartition partition) {
        LOG.warnf("The topic of %s was created again: read from its front", partition);
        consumer.seekToBeginning(List.of(partition));
    }
}
