package dev.lockstep.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Talks to the worker as any other system would: through Kafka, with plain clients. */
final class StoryClient implements AutoCloseable {

    static final String COMMANDS = "lockstep.commands.v1";
    static final String RESULTS = "lockstep.results.v1";
    static final String RELEASE_STATUS = "lockstep.release-status.v1";
    static final String DEPLOYMENT_STATUS = "lockstep.deployment-status.v1";
    static final String SOURCE = "/lockstep/local-run";

    private static final Duration POLL = Duration.ofMillis(100);

    private final ObjectMapper json = new ObjectMapper();
    private final KafkaProducer<String, String> producer;
    private final KafkaConsumer<String, String> results;
    private final KafkaConsumer<String, String> status;
    private final Duration patience;

    /** @param patience how long to wait for an answer */
    StoryClient(String bootstrapServers, Duration patience) {
        this.patience = patience;
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "acks",
                        "all",
                        "max.block.ms",
                        String.valueOf(patience.toMillis())),
                new StringSerializer(),
                new StringSerializer());
        results = consumer(bootstrapServers, patience);
        status = consumer(bootstrapServers, patience);
    }

    /**
     * Positions its consumers at the end of the results and the beginning of the status topics.
     *
     * @throws KafkaException if a topic does not appear in time
     */
    void listen() {
        assign(results, RESULTS);
        results.seekToEnd(results.assignment());
        results.assignment().forEach(results::position);
        assign(status, RELEASE_STATUS, DEPLOYMENT_STATUS);
        status.seekToBeginning(status.assignment());
    }

    /**
     * Sends a command in CloudEvents' structured mode and waits for its outcome.
     *
     * @param type what follows {@code dev.lockstep.}
     * @return the outcome's data, empty if none arrived in time
     */
    Optional<JsonNode> ask(String type, ObjectNode data) throws InterruptedException {
        String id = UUID.randomUUID().toString();
        send(id, type, data);
        return await(
                results,
                record -> id.equals(parse(record.value()).path("commandId").asText()));
    }

    /**
     * @return the first matching status of that key after the point where the last call stopped; empty if none arrived in time
     */
    Optional<JsonNode> status(String topic, String key, Predicate<JsonNode> expected) {
        return await(
                status,
                record -> topic.equals(record.topic())
                        && key.equals(record.key())
                        && record.value() != null
                        && expected.test(parse(record.value())));
    }

    ObjectNode data() {
        return json.createObjectNode();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
        results.close();
        status.close();
    }

    private void send(String id, String type, ObjectNode data) throws InterruptedException {
        ObjectNode command = json.createObjectNode()
                .put("specversion", "1.0")
                .put("id", id)
                .put("source", SOURCE)
                .put("type", "dev.lockstep." + type)
                .put("time", Instant.now().toString())
                .set("data", data);
        var record = new ProducerRecord<>(COMMANDS, data.path("application").asText(), command.toString());
        record.headers().add("content-type", "application/cloudevents+json".getBytes());
        try {
            producer.send(record).get();
        } catch (ExecutionException e) {
            throw new KafkaException(
                    "the command did not get through: " + e.getCause().getMessage(), e);
        }
    }

    private Optional<JsonNode> await(
            KafkaConsumer<String, String> consumer, Predicate<ConsumerRecord<String, String>> wanted) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < deadline) {
            for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
                if (wanted.test(record)) {
                    consumer.seek(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
                    return Optional.of(parse(record.value()));
                }
            }
        }
        return Optional.empty();
    }

    private JsonNode parse(String value) {
        try {
            return json.readTree(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static void assign(KafkaConsumer<String, String> consumer, String... topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            List<PartitionInfo> found = consumer.partitionsFor(topic);
            if (found.isEmpty()) {
                throw new KafkaException("there is no topic " + topic);
            }
            found.forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
        }
        consumer.assign(partitions);
    }

    private static KafkaConsumer<String, String> consumer(String bootstrapServers, Duration patience) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "default.api.timeout.ms",
                        String.valueOf(patience.toMillis())),
                new StringDeserializer(),
                new StringDeserializer());
    }
}
