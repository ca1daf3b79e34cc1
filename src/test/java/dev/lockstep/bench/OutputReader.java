package dev.lockstep.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a contender's results, or events, as they become visible to {@code read_committed}, from the time it is made. */
final class OutputReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final String REJECTED = "dev.lockstep.command.rejected.v1";

    interface Seen {
        /** @param now of {@link System#nanoTime()}, when the client handed the record out */
        void seen(ConsumerRecord<byte[], byte[]> record, long now);
    }

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final String type;

    OutputReader(String bootstrapServers, String topic) {
        this(bootstrapServers, topic, null);
    }

    /** @param type the {@code ce_type} to which to keep, or null for all */
    OutputReader(String bootstrapServers, String topic, String type) {
        this.topic = topic;
        this.type = type;
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = IntStream.range(0, BenchSettings.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /**
     * Reads exactly so many.
     *
     * @return when the last one was handed out, of {@link System#nanoTime()}
     * @throws IllegalStateException when they do not come in time, or more come
     */
    long read(int count, Duration atMost, Seen seen) {
        long deadline = System.nanoTime() + atMost.toNanos();
        int got = 0;
        long now = System.nanoTime();
        while (got < count) {
            var records = consumer.poll(POLL);
            now = System.nanoTime();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (type == null || type.equals(typeOf(record))) {
                    seen.seen(record, now);
                    got++;
                }
            }
            if (now > deadline) {
                throw new IllegalStateException("Of " + count + " records on " + topic + " only " + got + " came");
            }
        }
        if (got > count) {
            throw new IllegalStateException("Of " + count + " records on " + topic + " " + got + " came");
        }
        return now;
    }

    static boolean rejected(ConsumerRecord<byte[], byte[]> result) {
        return REJECTED.equals(typeOf(result));
    }

    /** The number of the command that this came of. */
    static long cause(ConsumerRecord<byte[], byte[]> record) {
        return CommandWriter.position(
                record.headers().lastHeader("ce_causationid").value());
    }

    private static String typeOf(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.headers().lastHeader("ce_type").value(), StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
