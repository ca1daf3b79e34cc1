package dev.lockstep.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reproduces why "an exception from commitTransaction means: outcome unknown". */
class HeldResponsesTest {

    private static final TopicPartition LETTERS = new TopicPartition("letters", 0);

    @TempDir
    Path dir;

    @Test
    void aCommitTimesOutAtTheClientAlthoughTheBrokerHasCommitted() throws Exception {
        try (EmbeddedKafka kafka =
                        EmbeddedKafka.in(dir).advertisedThrough(Ports.free()).start();
                TcpProxy proxy = TcpProxy.inFrontOf(kafka)) {
            createTopic(kafka);
            try (KafkaProducer<String, String> producer = producer(kafka)) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(LETTERS.topic(), "letter"));
                producer.flush();
                AtomicInteger endings = new AtomicInteger();
                proxy.holdResponsesTo(
                        request -> request.apiKey() == KafkaRequest.END_TXN && endings.incrementAndGet() > 0);

                assertThatThrownBy(producer::commitTransaction).isInstanceOf(TimeoutException.class);
                assertThat(endings).hasValue(1);
                awaitCommitted(kafka, 1);

                proxy.heal();
                producer.commitTransaction();
                awaitCommitted(kafka, 1);
            }
        }
    }

    private static void createTopic(EmbeddedKafka kafka) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(LETTERS.topic(), 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static KafkaProducer<String, String> producer(EmbeddedKafka kafka) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", kafka.proxiedBootstrapServers(),
                "transactional.id", "held-answers-test",
                "max.block.ms", "4000");
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    /** Reads without the proxy, so that responses held back from the producer do not matter here. */
    private static void awaitCommitted(EmbeddedKafka kafka, int records) {
        Map<String, Object> config =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(LETTERS));
            consumer.seekToBeginning(List.of(LETTERS));
            AtomicInteger seen = new AtomicInteger();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() ->
                            seen.addAndGet(consumer.poll(Duration.ofMillis(200)).count()) >= records
                                    && consumer.position(LETTERS)
                                            == consumer.endOffsets(List.of(LETTERS))
                                                    .get(LETTERS));
            assertThat(seen).hasValue(records);
        }
    }
}
