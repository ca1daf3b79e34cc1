package dev.lockstep.board.commands;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.config.Settings;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends commands to their topic as any client would: partitioned by Kafka's own key hash, acknowledged by all replicas. */
@ApplicationScoped
public class CommandSender {

    private static final int TIMEOUT_MILLIS = 5_000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final String topic;
    private final Map<String, Object> config;
    private KafkaProducer<byte[], byte[]> producer;

    CommandSender(Settings settings, @Identifier("default-kafka-broker") Map<String, Object> broker) {
        topic = settings.topics().commands();
        config = new HashMap<>(broker);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MILLIS);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    }

    /** Blocks while it looks up the topic. Fails if the broker does not accept the command. */
    Uni<Void> send(String application, Iterable<Header> headers, byte[] value) {
        return Uni.createFrom().emitter(sent -> producer()
                .send(
                        new ProducerRecord<>(topic, null, application.getBytes(UTF_8), value, headers),
                        (metadata, failure) -> {
                            if (failure == null) {
                                sent.complete(null);
                            } else {
                                sent.fail(failure);
                            }
                        }));
    }

    /** Created when the first command arrives. */
    private synchronized KafkaProducer<byte[], byte[]> producer() {
        if (producer == null) {
            producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    synchronized void stop(@Observes ShutdownEvent event) {
        if (producer != null) {
            producer.close(CLOSE_TIMEOUT);
        }
    }
}
