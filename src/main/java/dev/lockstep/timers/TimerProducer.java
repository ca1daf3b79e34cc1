package dev.lockstep.timers;

import static dev.lockstep.wire.KafkaHeaders.CE_PREFIX;
import static dev.lockstep.wire.KafkaHeaders.header;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.config.KafkaClientProperties;
import dev.lockstep.config.PublishConfig;
import dev.lockstep.store.Timers;
import dev.lockstep.wire.KafkaHeaders;
import dev.lockstep.wire.TimerDue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends timers as records of the commands topic; opens its producer only when one is due. */
final class TimerProducer {

    private final Supplier<Producer<byte[], byte[]>> producerFactory;
    private final String source;
    private Producer<byte[], byte[]> producer;

    /** @param source the {@code ce_source} of the timers */
    TimerProducer(Supplier<Producer<byte[], byte[]>> producerFactory, String source) {
        this.producerFactory = producerFactory;
        this.source = source;
    }

    /** @param connection bootstrap servers, security and the like; settings made here override it */
    static Supplier<Producer<byte[], byte[]>> newProducerFactory(
            Map<String, Object> connection, PublishConfig settings) {
        Map<String, Object> properties = KafkaClientProperties.common(connection, settings);
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "lockstep-timers");
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, settings.maxBlock().toMillis());
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int)
                KafkaClientProperties.max(settings.maxBlock(), settings.requestTimeout())
                        .toMillis());
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return () -> new KafkaProducer<>(properties);
    }

    /**
     * Blocks until all are in Kafka.
     *
     * @throws RuntimeException if one is not, with its cause; the others may be in Kafka
     */
    synchronized void send(String topic, List<Timers.DueTimer> due) {
        try {
            producer = producer == null ? producerFactory.get() : producer;
            List<Future<?>> sends = new ArrayList<>(due.size());
            for (Timers.DueTimer timer : due) {
                Future<?> send = producer.send(record(topic, timer));
                if (send.isDone()) {
                    send.get(); // it failed, for example because Kafka is unreachable: each further send would
                    // block as long
                }
                sends.add(send);
            }
            for (Future<?> send : sends) {
                send.get();
            }
        } catch (InterruptedException e) {
            close();
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            close();
            throw new KafkaException(e.getCause());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The next {@link #send} opens a new producer. */
    synchronized void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }

    /** An application's name needs no escaping in JSON. */
    private ProducerRecord<byte[], byte[]> record(String topic, Timers.DueTimer timer) {
        return new ProducerRecord<>(
                topic,
                timer.partition(),
                timer.application().getBytes(UTF_8),
                ("{\"application\":\"" + timer.application() + "\"}").getBytes(UTF_8),
                List.of(
                        header(CE_PREFIX + "specversion", "1.0"),
                        header(CE_PREFIX + "id", timer.id()),
                        header(CE_PREFIX + "source", source),
                        header(CE_PREFIX + "type", TimerDue.TYPE),
                        header(KafkaHeaders.CONTENT_TYPE, "application/json")));
    }
}
