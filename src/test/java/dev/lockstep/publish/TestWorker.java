package dev.lockstep.publish;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.OutputPages;
import dev.lockstep.config.KafkaClientProperties;
import dev.lockstep.config.PublishConfig;
import dev.lockstep.config.TestSettings;
import dev.lockstep.config.Ticker;
import dev.lockstep.intake.GroupOffsetClient;
import dev.lockstep.intake.PartitionOwnership;
import dev.lockstep.listener.Listeners;
import dev.lockstep.partition.CommitMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;

/** A real group member that polls, and publishes its batches, only when told to. */
final class TestWorker implements AutoCloseable {

    static final String EAGER = "org.apache.kafka.clients.consumer.RangeAssignor";
    static final String COOPERATIVE = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor";

    /** Added to each copy, so that a limit can be too small for it and still large enough for transaction markers (78 bytes). */
    private static final Header WEIGHT = new RecordHeader("weight", random(300));

    private static final Duration POLL = Duration.ofMillis(50);

    final PublisherRig rig;
    final PartitionOwnership ownership = new PartitionOwnership();
    final CommitMetadata mark = new CommitMetadata();
    final GroupOffsetClient offsets;
    final Publisher publisher;
    final KafkaConsumer<byte[], byte[]> consumer;
    /** The numbers of the producers that were created. */
    final List<Integer> made = new CopyOnWriteArrayList<>();

    TestWorker(PublisherRig rig, String assignor, Map<String, String> settings) {
        this(rig, assignor, settings, Map.of());
    }

    TestWorker(PublisherRig rig, String assignor, Map<String, String> overrides, Map<String, Object> consumerConfig) {
        this.rig = rig;
        PublishConfig settings = TestSettings.with(overrides.entrySet().stream()
                        .collect(Collectors.toMap(set -> "lockstep.publish." + set.getKey(), Map.Entry::getValue)))
                .publish();
        Map<String, Object> connection = Map.of("bootstrap.servers", rig.kafka.proxiedBootstrapServers());
        var makes = ProducerRotation.factory(connection, settings);
        offsets = new GroupOffsetClient(
                () -> Admin.create(KafkaClientProperties.admin(connection, settings)), rig.commands(), mark);
        publisher = new Publisher(
                settings,
                ownership,
                rig.commands(),
                rig.deadLetters(),
                number -> {
                    made.add(number);
                    return makes.apply(number);
                },
                offsets,
                Ticker.SYSTEM,
                Listeners.NONE);
        Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers", rig.kafka.bootstrapServers(),
                "group.id", rig.group(),
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false",
                "max.poll.records", "100",
                "heartbeat.interval.ms", "200",
                "partition.assignment.strategy", assignor));
        config.putAll(consumerConfig);
        consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(rig.commands()), listener());
    }

    /** @return a batch in order, or null if there was nothing */
    Publication poll() {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        if (records.isEmpty()) {
            return null;
        }
        long generation = consumer.groupMetadata().generationId();
        List<PartitionOutput> outputs = new ArrayList<>();
        for (TopicPartition partition : records.partitions()) {
            outputs.add(copied(partition.partition(), records.records(partition)));
        }
        return new Publication(generation, outputs);
    }

    Publication next() {
        return Awaitility.await().pollInterval(Duration.ofMillis(1)).until(this::poll, batch -> batch != null);
    }

    PublishOutcome publish(Publication publication) {
        return publisher.publish(publication).orTimeout(30, TimeUnit.SECONDS).join();
    }

    private PartitionOutput copied(int partition, List<ConsumerRecord<byte[], byte[]>> records) {
        List<OutgoingRecord> copies = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            copies.add(new OutgoingRecord(rig.results(), partition, null, record.value(), List.of(WEIGHT), null));
        }
        ConsumerRecord<byte[], byte[]> last = records.get(records.size() - 1);
        return new PartitionOutput(
                partition,
                last.offset() + 1,
                last.leaderEpoch().orElseThrow(),
                copies,
                OutputPages.NONE,
                (whole, maxBytes) -> split(partition, records, maxBytes));
    }

    private List<PartitionOutput> split(int partition, List<ConsumerRecord<byte[], byte[]>> records, long maxBytes) {
        int count = 0;
        long bytes = 0;
        while (count < records.size() && (count == 0 || bytes <= maxBytes)) {
            bytes += records.get(count++).value().length;
        }
        return count == records.size()
                ? List.of(copied(partition, records))
                : List.of(
                        copied(partition, records.subList(0, count)),
                        copied(partition, records.subList(count, records.size())));
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(3).nextBytes(bytes);
        return bytes;
    }

    private ConsumerRebalanceListener listener() {
        return new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                ownership.onPartitionsRevoked(consumer, partitions);
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                ownership.onPartitionsAssigned(consumer, partitions);
            }
        };
    }

    @Override
    public void close() {
        publisher.close();
        consumer.close();
    }
}
