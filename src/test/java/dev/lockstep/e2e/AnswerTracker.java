package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.contract.ContractSchemas;
import dev.lockstep.local.LogEnds;
import dev.lockstep.render.Cause;
import dev.lockstep.wire.TimerDue;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends many records, and keeps track of what each leads to; only digests of their bytes are kept. */
final class AnswerTracker implements AutoCloseable {

    /** The worker's, {@code lockstep.source}. */
    private static final String SOURCE = "/lockstep";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int VALIDATED_RECORDS = 50;
    private static final String LETTER = "dead-letter-";

    private record RecordPosition(int partition, long offset) {}

    private record OriginalRecord(UUID digest, int home) {}

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String bootstrapServers;
    private final ContractSchemas contract = new ContractSchemas();
    private final Map<UUID, Integer> sent = new HashMap<>();
    private final Map<RecordPosition, OriginalRecord> commands = new HashMap<>();
    private final Set<String> results = new HashSet<>();
    private final Map<RecordPosition, UUID> deadLetters = new HashMap<>();
    private int count;

    AnswerTracker(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        producer = new KafkaProducer<>(
                // If more than one is in flight to a partition that was just created, they can lock each other out for
                // good.
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "linger.ms", 5,
                        "max.in.flight.requests.per.connection", 1),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(List.of(TopicClient.COMMANDS, TopicClient.RESULTS, TopicClient.DEAD_LETTERS).stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList());
    }

    void send(ProducerRecord<byte[], byte[]> record) {
        producer.send(record);
        sent.merge(digest(record.key(), record.value(), record.headers()), 1, Integer::sum);
        count++;
    }

    int answered() {
        return results.size() + deadLetters.size();
    }

    /** Reads until there are as many answers as there were records sent. */
    void await() {
        producer.flush();
        long lastCame = System.nanoTime();
        while (answered() < count) {
            int before = answered();
            read();
            if (answered() > before) {
                lastCame = System.nanoTime();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - lastCame))
                    .as("since the last answer, %d of %d", answered(), count)
                    .isLessThan(PATIENCE);
        }
    }

    /** Reads whatever is there. */
    void read() {
        consumer.poll(POLL).forEach(this::keep);
    }

    private void keep(ConsumerRecord<byte[], byte[]> record) {
        UUID digest = digest(record.key(), record.value(), record.headers());
        switch (record.topic()) {
            case TopicClient.COMMANDS -> {
                if (!isOfTheWorker(record)) {
                    commands.put(
                            new RecordPosition(record.partition(), record.offset()),
                            new OriginalRecord(
                                    digest,
                                    record.key() == null ? record.partition() : HostileLoad.home(record.key())));
                }
            }
            case TopicClient.RESULTS ->
                assertThat(results.add(TopicClient.header(record, "ce_id")))
                        .as("a result was published twice")
                        .isTrue();
            default ->
                assertThat(deadLetters.put(placeIn(record), digest))
                        .as("a dead letter was published twice")
                        .isNull();
        }
        if (record.topic().equals(TopicClient.RESULTS) && results.size() % VALIDATED_RECORDS == 0) {
            assertThat(contract.validate(record)).isEmpty();
        }
    }

    /** A timer, for an application that has to check what it keeps: it is not a command, and nobody gets an answer. */
    private static boolean isOfTheWorker(ConsumerRecord<byte[], byte[]> record) {
        return says(record, "ce_type", TimerDue.TYPE) && says(record, "ce_source", SOURCE);
    }

    private static boolean says(ConsumerRecord<byte[], byte[]> record, String header, String text) {
        Header found = record.headers().lastHeader(header);
        return found != null && Arrays.equals(found.value(), text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Finally compares what came out with what went in: each record has one result or one dead letter, or was moved to
     * its own partition and has its answer there.
     *
     * @return how many were moved
     */
    int settle(String topicId) {
        readToTheEnd();
        Map<UUID, Integer> there = new HashMap<>();
        Map<UUID, Integer> moved = new HashMap<>();
        Set<String> unclaimed = new HashSet<>(results);
        List<RecordPosition> doubled = new ArrayList<>();
        commands.forEach((place, came) -> {
            there.merge(came.digest, 1, Integer::sum);
            boolean result = unclaimed.remove(Cause.resultId(topicId, place.partition, place.offset));
            UUID letter = deadLetters.remove(place);
            if (result && letter != null) {
                doubled.add(place);
            } else if (letter != null) {
                assertThat(letter)
                        .as("the bytes of the dead letter of %s", place)
                        .isEqualTo(came.digest);
            } else if (!result) {
                assertThat(came.home).as("the home of %s", place).isNotEqualTo(place.partition);
                moved.merge(came.digest, 1, Integer::sum);
            }
        });
        assertThat(doubled).as("records with both a result and a dead letter").isEmpty();
        assertThat(unclaimed).as("results without a record").isEmpty();
        assertThat(deadLetters).as("dead letters without a record").isEmpty();
        sent.forEach((digest, times) -> there.merge(digest, -times, Integer::sum));
        there.values().removeIf(times -> times == 0);
        assertThat(there).as("copies of moved records, byte for byte").isEqualTo(moved);
        return moved.values().stream().mapToInt(Integer::intValue).sum();
    }

    private void readToTheEnd() {
        Map<TopicPartition, Long> ends = LogEnds.of(bootstrapServers, consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            read();
        }
    }

    private static RecordPosition placeIn(ConsumerRecord<byte[], byte[]> letter) {
        return new RecordPosition(
                Integer.parseInt(TopicClient.header(letter, LETTER + "partition")),
                Long.parseLong(TopicClient.header(letter, LETTER + "offset")));
    }

    /** A digest of everything that a sender can set, without what a dead letter adds and the one header that it omits. */
    private static UUID digest(byte[] key, byte[] value, Iterable<Header> headers) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        add(all, key);
        add(all, value);
        for (Header header : headers) {
            if (!header.key().startsWith(LETTER) && !header.key().equalsIgnoreCase("authorization")) {
                add(all, header.key().getBytes(StandardCharsets.UTF_8));
                add(all, header.value());
            }
        }
        return UUID.nameUUIDFromBytes(all.toByteArray());
    }

    private static void add(ByteArrayOutputStream all, byte[] bytes) {
        int length = bytes == null ? -1 : bytes.length;
        all.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
        if (bytes != null) {
            all.writeBytes(bytes);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
        consumer.close();
    }
}
