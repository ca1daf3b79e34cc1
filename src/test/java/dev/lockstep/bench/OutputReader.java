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

/** Reads a contender's results, or events, as they become visible to {@code read_committed}, from its creation on. */
final class OutputReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final String REJECTED = "dev.lockstep.command.rejected.v1";

    interface RecordHandler {
        /** @param now the {@link System#nanoTime()} at which the client returned the record */
        void onRecord(ConsumerRecord<byte[], byte[]> record, long now);
    }

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final String type;

    OutputReader(String bootstrapServers, String topic) {
        this(bootstrapServers, topic, null);
    }

    /** @param type the only {@code ce_type} to consider, or null for all */
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
     * Reads exactly that many.
     *
     * @return the {@link System#nanoTime()} at which the last one was returned
     * @throws IllegalStateException if they do not arrive in time, or more arrive
     */
    long read(int count, Duration atMost, RecordHandler seen) {
        long deadline = System.nanoTime() + atMost.toNanos();
        int got = 0;
        long now = System.nanoTime();
        while (got < count) {
            var records = consumer.poll(POLL);
            now = System.nanoTime();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (type == null || type.equals(typeOf(record))) {
                    seen.onRecord(record, now);
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

    /** The number of the command that caused this record. */
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
