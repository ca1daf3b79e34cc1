package dev.lockstep.board;

import dev.lockstep.board.tables.Rebuild;
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

/** Reads the topics again from their beginning, in no group. */
@ApplicationScoped
class TopicsBefore implements Rebuild.Published {

    private static final Duration POLL = Duration.ofMillis(200);

    /** Shorter than a connection to Postgres may be silent. */
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final Map<String, Object> config;

    TopicsBefore(
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
    public void before(Map<TopicPartition, Long> offsets, Consumer<List<ConsumerRecord<byte[], byte[]>>> piece) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Set<TopicPartition> there = consumer.listTopics(ANSWER).values().stream()
                    .flatMap(List::stream)
                    .map(one -> new TopicPartition(one.topic(), one.partition()))
                    .collect(Collectors.toSet());
            Map<TopicPartition, Long> open = new HashMap<>(offsets);
            open.keySet().retainAll(there);
            consumer.endOffsets(open.keySet(), ANSWER).forEach((one, end) -> open.merge(one, end, Math::min));
            consumer.assign(open.keySet());
            consumer.seekToBeginning(open.keySet());
            close(consumer, open);
            while (!open.isEmpty()) {
                List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
                for (ConsumerRecord<byte[], byte[]> one : consumer.poll(POLL)) {
                    Long end = open.get(new TopicPartition(one.topic(), one.partition()));
                    if (end != null && one.offset() < end) {
                        read.add(one);
                    }
                }
                piece.accept(read);
                close(consumer, open);
            }
        }
    }

    /** What is read to its end is not fetched any longer. */
    private static void close(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> open) {
        Set<TopicPartition> read = new HashSet<>(open.keySet());
        read.removeIf(one -> consumer.position(one, ANSWER) < open.get(one));
        consumer.pause(read);
        open.keySet().removeAll(read);
    }
}
