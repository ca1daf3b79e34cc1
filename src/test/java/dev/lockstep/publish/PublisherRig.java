package dev.lockstep.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.local.EmbeddedKafka;
import dev.lockstep.local.LogEnds;
import dev.lockstep.local.Ports;
import dev.lockstep.local.TcpProxy;
import dev.lockstep.wire.KafkaHeaders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.TestInfo;

/** A broker with topics for one group of workers. A worker copies each command's value to the results topic. */
final class PublisherRig implements AutoCloseable {

    /** All outgoing records have these, so that no record is so small that two share a producer batch sized for one. */
    static final List<Header> HEADERS = List.of(KafkaHeaders.header("ce_specversion", "1.0"));

    final EmbeddedKafka kafka;
    final TcpProxy proxy;
    private String run = "";

    PublisherRig(Path dir) {
        kafka = EmbeddedKafka.in(dir).advertisedThrough(Ports.free()).start();
        proxy = TcpProxy.inFrontOf(kafka);
    }

    void prepare(TestInfo test, int partitions) throws Exception {
        prepare(test.getTestMethod().orElseThrow().getName(), partitions);
    }

    /** Creates fresh topics and a fresh group, unaffected by what other tests left behind. */
    void prepare(String run, int partitions) throws Exception {
        this.run = run;
        try (Admin admin = admin()) {
            admin.createTopics(List.of(
                            new NewTopic(commands(), partitions, (short) 1),
                            new NewTopic(results(), partitions, (short) 1)
                                    .configs(Map.of("max.message.bytes", "100000")),
                            new NewTopic(deadLetters(), 1, (short) 1).configs(Map.of("max.message.bytes", "100000"))))
                    .all()
                    .get();
        }
    }

    String commands() {
        return "commands-" + run;
    }

    String results() {
        return "results-" + run;
    }

    String deadLetters() {
        return "dlq-" + run;
    }

    String group() {
        return "lockstep-" + run;
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    /** Sets a topic's configuration; it is in effect when this returns. */
    void configure(String topic, String name, String value) throws Exception {
        try (Admin admin = admin()) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic),
                            List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    /** Sends commands numbered from {@code first} on to each of the partitions. */
    void send(int partitions, int first, int count) throws Exception {
        send(partitions, first, count, 1);
    }

    /** @param digits of each number, with leading zeros */
    void send(int partitions, int first, int count, int digits) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = first; i < first + count; i++) {
                for (int partition = 0; partition < partitions; partition++) {
                    var sent = producer.send(new ProducerRecord<>(
                            commands(),
                            partition,
                            null,
                            ("%0" + digits + "d").formatted(i).getBytes()));
                    if (i == first) {
                        sent.get(); // a partition that does not exist yet may receive a later batch first
                    }
                }
            }
        }
    }

    /** @param bytesPerSecond of each client; null for no quota */
    void limitProducers(Double bytesPerSecond) throws Exception {
        Map<String, String> anyClient = new HashMap<>();
        anyClient.put(ClientQuotaEntity.CLIENT_ID, null);
        try (Admin admin = admin()) {
            admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                            new ClientQuotaEntity(anyClient),
                            List.of(new ClientQuotaAlteration.Op("producer_byte_rate", bytesPerSecond)))))
                    .all()
                    .get();
        }
    }

    Map<Integer, Long> committed() throws ExecutionException, InterruptedException {
        Map<Integer, Long> offsets = new TreeMap<>();
        try (Admin admin = admin()) {
            committedAsItIs(admin).forEach((partition, offset) -> offsets.put(partition, offset.offset()));
        }
        return offsets;
    }

    Map<Integer, OffsetAndMetadata> committedAsItIs(Admin admin) throws ExecutionException, InterruptedException {
        Map<Integer, OffsetAndMetadata> offsets = new TreeMap<>();
        admin.listConsumerGroupOffsets(group(), new ListConsumerGroupOffsetsOptions().requireStable(true))
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, offset) -> offsets.put(partition.partition(), offset));
        return offsets;
    }

    /** What a read_committed consumer finds in a topic, from beginning to end. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        return read(topic, "read_committed");
    }

    List<ConsumerRecord<byte[], byte[]>> read(String topic, String isolation) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        Map<String, Object> config =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", isolation);
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = LogEnds.of(kafka.bootstrapServers(), partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
        }
        return found;
    }

    /** Nothing lost, nothing duplicated, nothing out of order. */
    void assertResultsExactly(int partitions, int count) {
        Map<Integer, List<Integer>> results = new TreeMap<>();
        read(results()).forEach(record -> results.computeIfAbsent(record.partition(), p -> new ArrayList<>())
                .add(number(record.value())));
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            expected.add(i);
        }
        for (int partition = 0; partition < partitions; partition++) {
            assertThat(results.get(partition))
                    .as("results of partition %d", partition)
                    .containsExactlyElementsOf(expected);
        }
    }

    static byte[] bytes(int number) {
        return Integer.toString(number).getBytes();
    }

    static int number(byte[] bytes) {
        return Integer.parseInt(new String(bytes));
    }

    @Override
    public void close() {
        proxy.close();
        kafka.close();
    }
}
