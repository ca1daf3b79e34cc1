package dev.lockstep.publish;

import dev.lockstep.config.KafkaClientProperties;
import dev.lockstep.config.PublishConfig;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The client settings a fenced transaction relies on. */
final class ProducerProperties {

    /** How long records wait to be batched. A flush ends the wait, so this adds no latency. */
    private static final Duration LINGER = Duration.ofMillis(5);

    /** Pages are read as fast as they are sent, so room for a few waiting batches is enough. */
    private static final int PAGES_BUFFERED_BATCHES = 8;

    /** Paged output may take longer than anything else. */
    private static final int PAGES_TIMEOUT_FACTOR = 4;

    private ProducerProperties() {}

    /** @param connection bootstrap servers, security and the like; settings made here override it */
    static Map<String, Object> forProducer(
            Map<String, Object> connection, PublishConfig settings, String transactionalId, int batchBytes) {
        Map<String, Object> all = KafkaClientProperties.common(connection, settings);
        all.put(ProducerConfig.CLIENT_ID_CONFIG, transactionalId);
        all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int)
                settings.transactionTimeout().toMillis());
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int)
                deliveryTimeout(settings).toMillis());
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, settings.maxBlock().toMillis());
        all.put(ProducerConfig.LINGER_MS_CONFIG, LINGER.toMillis());
        all.put(ProducerConfig.BATCH_SIZE_CONFIG, batchBytes);
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) settings.bufferBytes());
        all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, settings.maxRequestBytes());
        all.put(
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                settings.compression().name().toLowerCase(Locale.ROOT));
        all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return all;
    }

    /** The settings that differ for paged output: more time for its transaction, and less memory. */
    static Map<String, Object> pagesOverrides(PublishConfig settings) {
        return Map.of(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                (int) settings.transactionTimeout()
                        .multipliedBy(PAGES_TIMEOUT_FACTOR)
                        .toMillis(),
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                Math.max((long) PAGES_BUFFERED_BATCHES * settings.batchBytes(), settings.maxRequestBytes()));
    }

    /** As long as max.block.ms allows for other calls. The client requires at least linger plus request timeout. */
    private static Duration deliveryTimeout(PublishConfig settings) {
        return KafkaClientProperties.max(settings.maxBlock(), LINGER.plus(settings.requestTimeout()));
    }
}
