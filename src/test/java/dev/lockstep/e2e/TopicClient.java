package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.contract.ContractSchemas;
import dev.lockstep.local.LogEnds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;

/**
 * What an outsider sees: a plain producer, and a plain consumer that reads committed records from the beginning and validates
 * each.
 */
final class TopicClient implements AutoCloseable {

    static final String COMMANDS = "lockstep.commands.v1";
    static final String RESULTS = "lockstep.results.v1";
    static final String EVENTS = "lockstep.events.v1";
    static final String RELEASES = "lockstep.release-status.v1";
    static final String DEPLOYMENTS = "lockstep.deployment-status.v1";
    static final String APPLICATIONS = "lockstep.application-status.v1";
    static final String DEAD_LETTERS = "lockstep.commands.v1.dlq";
    private static final List<String> OUT = List.of(RESULTS, EVENTS, RELEASES, DEPLOYMENTS, APPLICATIONS, DEAD_LETTERS);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ContractSchemas CONTRACT = new ContractSchemas();

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String bootstrapServers;
    private final Admin admin;
    private final List<ConsumerRecord<byte[], byte[]>> seen = new ArrayList<>();
    private int ids;

    TopicClient(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Creates all topics before a worker does: these as given, the others as it would. */
    void create(NewTopic... these) throws ExecutionException, InterruptedException {
        Map<String, NewTopic> topics = new HashMap<>();
        Stream.concat(Stream.of(COMMANDS), OUT.stream())
                .forEach(name -> topics.put(name, new NewTopic(name, 6, (short) 1)));
        for (String status : List.of(RELEASES, DEPLOYMENTS, APPLICATIONS)) {
            topics.get(status).configs(Map.of("cleanup.policy", "compact"));
        }
        for (NewTopic topic : these) {
            topics.put(topic.name(), topic);
        }
        admin.createTopics(topics.values()).all().get();
    }

    Admin admin() {
        return admin;
    }

    /** Where the partitions end from which statuses, events and results are read, markers included. */
    Map<TopicPartition, Long> ends() {
        return consumer.endOffsets(Stream.of(RESULTS, EVENTS, RELEASES, DEPLOYMENTS, APPLICATIONS)
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList());
    }

    /** An unrelated consumer of the commands topic, in the worker's group. */
    KafkaConsumer<byte[], byte[]> foreignConsumer(String group) {
        var stranger = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", bootstrapServers, "group.id", group, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        stranger.subscribe(List.of(COMMANDS));
        return stranger;
    }

    /** A structured command under a new id. {@code data} is JSON with single quotes, without the application. */
    String send(String type, String application, String data) {
        String id = "c-" + ++ids;
        sendAs(id, type, application, data);
        return id;
    }

    void sendAs(String id, String type, String application, String data) {
        String body = "{'application':'" + application + "'" + (data.isEmpty() ? "" : "," + data) + "}";
        send(application, structured(id, type, body), Map.of());
    }

    static byte[] structured(String id, String type, String data) {
        String event = "{'specversion':'1.0','id':'" + id + "','source':'/test','type':'dev.lockstep." + type
                + "','data':" + data + "}";
        return event.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    RecordMetadata send(String key, byte[] value, Map<String, String> headers) {
        return send(null, key, value, headers);
    }

    RecordMetadata send(Integer partition, String key, byte[] value, Map<String, String> headers) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(COMMANDS, partition, key == null ? null : key.getBytes(), value);
        headers.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        return send(record);
    }

    RecordMetadata send(ProducerRecord<byte[], byte[]> record) {
        try {
            return producer.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends without waiting for an acknowledgement; see {@link #flush}. */
    void sendAsync(String key, byte[] value) {
        producer.send(new ProducerRecord<>(COMMANDS, key.getBytes(StandardCharsets.UTF_8), value));
    }

    void flush() {
        producer.flush();
    }

    void configure(String topic, String name, String value) {
        try {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic),
                            List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The partition of an application's records, of six. */
    static int home(String application) {
        return Utils.toPositive(Utils.murmur2(application.getBytes(StandardCharsets.UTF_8))) % 6;
    }

    /** Waits for the result of a command. */
    JsonNode result(String id) {
        return json(
                await(RESULTS, record -> json(record).path("commandId").asText().equals(id)));
    }

    /** Waits for the result of a command, which must be accepted. */
    JsonNode awaitAccepted(String id) {
        JsonNode result = result(id);
        assertThat(result.path("outcome").asText()).as(result.toString()).isEqualTo("accepted");
        return result;
    }

    JsonNode outcome(String type, String application, String data) {
        return result(send(type, application, data));
    }

    /** Waits for the first matching record in a topic; everything that is read meanwhile is kept. */
    ConsumerRecord<byte[], byte[]> await(String topic, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        return await(topic, 1, wanted).get(0);
    }

    List<ConsumerRecord<byte[], byte[]>> await(
            String topic, int count, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            List<ConsumerRecord<byte[], byte[]>> found = seen(topic, wanted);
            if (found.size() >= count) {
                return found;
            }
            read(Duration.ofMillis(200));
        }
        throw new AssertionError("no matching record appeared in " + topic + "; seen there: "
                + seen(topic, any -> true).stream().map(TopicClient::text).toList());
    }

    /** The matching records that were read so far; see {@link #readToTheEnd}. */
    List<ConsumerRecord<byte[], byte[]>> seen(String topic, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        return seen.stream()
                .filter(record -> record.topic().equals(topic))
                .filter(wanted)
                .toList();
    }

    void readToTheEnd() {
        assign();
        Map<TopicPartition, Long> ends = LogEnds.of(bootstrapServers, consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            read(Duration.ofMillis(100));
        }
    }

    /** Everything that is committed in the commands topic so far. */
    List<ConsumerRecord<byte[], byte[]>> commands() {
        return committed(COMMANDS);
    }

    /** Everything that is committed in a topic so far. */
    List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
        try (var reader = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = reader.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = LogEnds.of(bootstrapServers, partitions);
            while (ends.entrySet().stream().anyMatch(end -> reader.position(end.getKey()) < end.getValue())) {
                reader.poll(Duration.ofMillis(100)).forEach(found::add);
            }
        }
        return found;
    }

    private void read(Duration atMost) {
        assign();
        consumer.poll(atMost).forEach(record -> {
            assertThat(CONTRACT.validate(record)).as(text(record)).isEmpty();
            seen.add(record);
        });
    }

    private void assign() {
        if (consumer.assignment().isEmpty()) {
            consumer.assign(OUT.stream()
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList());
        }
    }

    static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
        try {
            return JSON.readTree(record.value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        assertThat(header).as(name).isNotNull();
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    private static String text(ConsumerRecord<byte[], byte[]> record) {
        return key(record) + " " + (record.value() == null ? null : new String(record.value(), StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
        consumer.close();
        admin.close(Duration.ofSeconds(1));
    }
}
