package dev.lockstep.board;

import dev.lockstep.board.tables.TableRebuild;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the topics again from the beginning, without a consumer group. */
@ApplicationScoped
class TopicReplay implements TableRebuild.TopicHistory {

    private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);

    /** Shorter than the time for which a Postgres connection may be silent. */
    private static final Duration API_TIMEOUT = Duration.ofSeconds(5);

    private final Map<String, Object> config;

    TopicReplay(
            @Identifier("default-kafka-broker") Map<String, Object> broker,
            @Identifier("lockstep-board") Map<String, Object> feed) {
        config = new HashMap<>(broker);
        config.putAll(feed);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.remove(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
    }

    @Override
    public void readUpTo(Map<TopicPartition, Long> offsets, Consumer<List<ConsumerRecord<byte[], byte[]>>> chunk) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Set<TopicPartition> existing = consumer.listTopics(API_TIMEOUT).values().stream()
                    .flatMap(List::stream)
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .collect(Collectors.toSet());
            Map<TopicPartition, Long> remaining = new HashMap<>(offsets);
            remaining.keySet().retainAll(existing);
            consumer.endOffsets(remaining.keySet(), API_TIMEOUT)
                    .forEach((topicPartition, end) -> remaining.merge(topicPartition, end, Math::min));
            consumer.assign(remaining.keySet());
            consumer.seekToBeginning(remaining.keySet());
            pauseFinished(consumer, remaining);
            while (!remaining.isEmpty()) {
                List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL_TIMEOUT)) {
                    Long end = remaining.get(new TopicPartition(record.topic(), record.partition()));
                    if (end != null && record.offset() < end) {
                        read.add(record);
                    }
                }
                if (read.isEmpty()) { // a topic recreated in the meantime may never reach its former end
                    consumer.endOffsets(remaining.keySet(), API_TIMEOUT)
                            .forEach((topicPartition, end) -> remaining.merge(topicPartition, end, Math::min));
                }
                chunk.accept(read);
                pauseFinished(consumer, remaining);
            }
        }
    }

    /** Stops fetching partitions that have been read to the end. */
    private static void pauseFinished(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> remaining) {
        Set<TopicPartition> read = new HashSet<>(remaining.keySet());
        read.removeIf(topicPartition -> consumer.position(topicPartition, API_TIMEOUT) < remaining.get(topicPartition));
        consumer.pause(read);
        remaining.keySet().removeAll(read);
    }
}
