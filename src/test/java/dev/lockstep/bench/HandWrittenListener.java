package dev.lockstep.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.bench.HandWrittenService.Outcome;
import dev.lockstep.bench.HandWrittenService.ReceivedCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What a team writes in a day: a listener that takes one command at a time, however many wait. {@link HandWrittenService} judges it in
 * one Postgres transaction; then its result and its event are sent and acknowledged, and then its offset is committed.
 *
 * <p>It knows the commands and the refusals of the {@link BenchLoad}, makes one event per command, and publishes no statuses. It
 * does not give the worker's guarantees:
 *
 * <ul>
 *   <li>A crash after Postgres has committed and before all is sent loses the result or the event: the command is redelivered, but
 *       its id is known, so nothing is sent.
 *   <li>While partitions change hands, two instances may work on the same one. Nobody fences the slower, and their output for an
 *       application is not in order.
 *   <li>A client that sends a command twice gets no result for the second.
 *   <li>Anything that it cannot read or Postgres does not accept ends the process, and is redelivered at the next start.
 *   <li>Nothing is retried: an outage of either store also ends the process.
 * </ul>
 *
 * <p>Arguments: bootstrap servers, name of the {@link ContenderResources}, JDBC URL.
 */
final class HandWrittenListener {

    private static final String ACCEPTED = "dev.lockstep.command.accepted.v1";
    private static final String REJECTED = "dev.lockstep.command.rejected.v1";
    private static final String HAPPENED = "dev.lockstep.bench.happened.v1";

    private final ContenderResources place;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final HandWrittenService service;
    private final ObjectMapper json = new ObjectMapper();
    private volatile boolean isStopped;

    private HandWrittenListener(String bootstrapServers, ContenderResources place, String jdbcUrl) throws SQLException {
        this.place = place;
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "group.id",
                        place.group(),
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        service = new HandWrittenService(jdbcUrl);
    }

    public static void main(String[] args) throws Exception {
        HandWrittenListener listener = new HandWrittenListener(args[0], new ContenderResources(args[1]), args[2]);
        ChildJvm.announceUp("up", () -> listener.isStopped = true);
        listener.run();
    }

    private void run() throws Exception {
        consumer.subscribe(List.of(place.commands()));
        while (!isStopped) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                work(record);
            }
        }
        consumer.close();
        producer.close();
        service.close();
    }

    private void work(ConsumerRecord<byte[], byte[]> record) throws Exception {
        ReceivedCommand asked = new ReceivedCommand(
                header(record, "ce_source"),
                header(record, "ce_id"),
                header(record, "ce_type"),
                json.readTree(record.value()));
        Optional<Outcome> outcome = service.handle(asked);
        if (outcome.isPresent()) {
            send(asked, outcome.get());
        }
        consumer.commitSync(Map.of(
                new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1)));
    }

    private void send(ReceivedCommand asked, Outcome outcome)
            throws IOException, ExecutionException, InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        String type = outcome.isAccepted() ? ACCEPTED : REJECTED;
        sent.add(send(place.results(), type, asked, result(asked, outcome)));
        if (outcome.isAccepted()) {
            sent.add(send(place.events(), HAPPENED, asked, event(asked, outcome)));
        }
        producer.flush(); // otherwise they would wait for linger.ms
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
    }

    private Future<RecordMetadata> send(String topic, String type, ReceivedCommand asked, Map<String, Object> data)
            throws IOException {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, bytes(asked.application()), json.writeValueAsBytes(data));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", UUID.randomUUID().toString());
        headers.put("ce_source", "/bench/hand-written");
        headers.put("ce_type", type);
        headers.put("ce_time", Instant.now().toString());
        headers.put("ce_subject", asked.application());
        headers.put("ce_causationid", asked.id());
        headers.put("content-type", "application/json");
        headers.forEach((name, value) -> record.headers().add(name, bytes(value)));
        return producer.send(record);
    }

    private static Map<String, Object> result(ReceivedCommand asked, Outcome outcome) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("commandId", asked.id());
        result.put("commandSource", asked.source());
        result.put("commandType", asked.type());
        result.put("application", asked.application());
        result.put("outcome", outcome.isAccepted() ? "accepted" : "rejected");
        result.put("revision", outcome.revision());
        if (!outcome.isAccepted()) {
            result.put("problem", Map.of("code", outcome.refusal()));
        }
        return result;
    }

    private static Map<String, Object> event(ReceivedCommand asked, Outcome outcome) {
        return Map.of("revision", outcome.revision(), "happened", asked.type(), "content", asked.data());
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
