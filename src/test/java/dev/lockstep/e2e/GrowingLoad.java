package dev.lockstep.e2e;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.zip.CRC32;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Two producers that send until they are stopped, one with Java's partitioner and one with librdkafka's, each to its own
 * applications: some that exist from the beginning, and new ones, one after the other.
 */
final class GrowingLoad implements AutoCloseable {

    private static final int OLD_APPLICATIONS = 12;
    private static final int COMMANDS_TO_A_NEW_ONE = 4;
    private static final long PAUSE_MILLIS = 12;

    /** By application, in the order in which they were sent. */
    private final Map<String, List<String>> sent = new ConcurrentHashMap<>();

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<KafkaProducer<byte[], byte[]>> producers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile Throwable failure;

    GrowingLoad(String bootstrapServers) {
        start(bootstrapServers, "java", (producer, key) -> null);
        start(bootstrapServers, "other", GrowingLoad::partitionOfLibrdkafka);
    }

    private void start(
            String bootstrapServers,
            String name,
            BiFunction<KafkaProducer<byte[], byte[]>, byte[], Integer> partitioner) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                // If more than one is in flight to a partition that was just created, they can lock each other out for
                // good.
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "metadata.max.age.ms", 1_000,
                        "max.in.flight.requests.per.connection", 1),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producers.add(producer);
        Thread thread = new Thread(() -> run(name, producer, partitioner), "load-" + name);
        thread.start();
        threads.add(thread);
    }

    private static Integer partitionOfLibrdkafka(KafkaProducer<byte[], byte[]> producer, byte[] key) {
        CRC32 crc = new CRC32();
        crc.update(key);
        return (int)
                (crc.getValue() % producer.partitionsFor(TopicClient.COMMANDS).size());
    }

    private void run(
            String name,
            KafkaProducer<byte[], byte[]> producer,
            BiFunction<KafkaProducer<byte[], byte[]>, byte[], Integer> partitioner) {
        try {
            for (int i = 0; !stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS); i++) {
                boolean old = i < OLD_APPLICATIONS || i % 2 == 0;
                String application = old
                        ? "old-" + name + "-" + i / 2 % OLD_APPLICATIONS
                        : "new-" + name + "-" + i / (2 * COMMANDS_TO_A_NEW_ONE);
                String id = name + "-" + i;
                byte[] key = application.getBytes(StandardCharsets.UTF_8);
                byte[] value = TopicClient.structured(
                        id,
                        "release.create.v1",
                        "{'application':'" + application + "','release':'" + i + "','title':'T'}");
                sent.computeIfAbsent(application, a -> new ArrayList<>()).add(id);
                producer.send(
                        new ProducerRecord<>(TopicClient.COMMANDS, partitioner.apply(producer, key), key, value),
                        (metadata, e) -> failure = e == null ? failure : e);
            }
            producer.flush();
        } catch (Throwable e) {
            failure = e;
        }
    }

    Throwable failure() {
        return failure;
    }

    /** How many applications are created at the beginning. */
    long oldOnes() {
        return (long) producers.size() * OLD_APPLICATIONS;
    }

    int count() {
        return sent.values().stream().mapToInt(List::size).sum();
    }

    /** @return the ids of the commands, by application and in the order in which they were sent */
    Map<String, List<String>> stop() throws InterruptedException {
        stopped.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        return sent;
    }

    @Override
    public void close() {
        stopped.countDown();
        producers.forEach(KafkaProducer::close);
    }
}
