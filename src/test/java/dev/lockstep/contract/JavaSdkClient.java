package dev.lockstep.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.CloudEventDeserializer;
import io.cloudevents.kafka.CloudEventSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;

/** The CloudEvents SDK for Java over plain kafka-clients: binary mode. */
final class JavaSdkClient {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String bootstrapServers;
    private final String application;

    JavaSdkClient(String bootstrapServers, String application) {
        this.bootstrapServers = bootstrapServers;
        this.application = application;
    }

    ThirdPartyClientsIT.Observed journey() {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrapServers, "linger.ms", 0),
                new StringSerializer(),
                new CloudEventSerializer())) {
            for (CloudEvent command : List.of(
                    command("release.create", "\"title\":\"By Java\""),
                    command("release.deploy", "\"reason\":\"Go\""),
                    command("release.delete", "\"reason\":\"Typo\""))) {
                producer.send(new ProducerRecord<>("lockstep.commands.v1", application, command));
            }
        }
        List<CloudEvent> results = read("lockstep.results.v1", seen -> seen.size() == 3);
        List<CloudEvent> events = read("lockstep.events.v1", seen -> seen.stream()
                .anyMatch(event -> event.getType().contains("service.deployed")));
        List<CloudEvent> releases = read("lockstep.release-status.v1", seen -> seen.stream()
                .anyMatch(status -> !data(status).path("deletable").asBoolean()));
        List<CloudEvent> environments = read("lockstep.deployment-status.v1", seen -> seen.stream()
                .anyMatch(status -> !data(status).path("current").isNull()));
        return new ThirdPartyClientsIT.Observed(
                results.stream()
                        .map(JavaSdkClient::data)
                        .map(result -> result.at("/problem/code")
                                .asText(result.path("outcome").asText()))
                        .toList(),
                events.stream().map(CloudEvent::getType).toList(),
                data(releases.get(releases.size() - 1)).path("deletable").asBoolean(),
                data(environments.get(environments.size() - 1))
                        .at("/current/release")
                        .asText());
    }

    private CloudEvent command(String type, String more) {
        String data = "{\"application\":\"%s\",\"release\":\"1.0.0\",%s}".formatted(application, more);
        return CloudEventBuilder.v1()
                .withId(UUID.randomUUID().toString())
                .withSource(URI.create("/strangers/java"))
                .withType("dev.lockstep." + type + ".v1")
                .withExtension("correlationid", "journey-" + application)
                .withData("application/json", data.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    /** Reads a topic from its beginning until it has enough of this journey's records. */
    private List<CloudEvent> read(String topic, Predicate<List<CloudEvent>> enough) {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new StringDeserializer(),
                new CloudEventDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<CloudEvent> seen = new ArrayList<>();
            Awaitility.await(topic).pollInSameThread().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (("journey-" + application).equals(record.value().getExtension("correlationid"))) {
                        seen.add(record.value());
                    }
                });
                return enough.test(seen);
            });
            return seen;
        }
    }

    private static JsonNode data(CloudEvent event) {
        try {
            return JSON.readTree(event.getData().toBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
