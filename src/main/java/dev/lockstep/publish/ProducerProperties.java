package dev.lockstep.publish;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The client settings a fenced transaction relies on. */
final class ProducerProperties {

    /** The client's default of 100 ms shows in p99 whenever one transaction closely follows another. */
    private static final Duration RETRY_BACKOFF = Duration.ofMillis(5);

    private static final Duration MAX_RETRY_BACKOFF = Duration.ofMillis(200);
    private static final Duration RECONNECT_BACKOFF = Duration.ofMillis(20);
    private static final Duration MAX_RECONNECT_BACKOFF = Duration.ofMillis(500);

    /**
     * When a connection that is not used is closed: when the network loses all of them without a word, each that is tried
     * before a new one costs a request's time.
     */
    private static final int IDLE_REQUESTS = 6;

    /** Pages are read as fast as they are sent, so a few batches are enough to wait. */
    private static final int BATCHES_OF_PAGES = 8;

    /** What goes out in pages may take longer than anything else. */
    private static final int TIMEOUTS_OF_PAGES = 4;

    private ProducerProperties() {}

    /** @param connection bootstrap servers, security and the like; what is set here wins over it */
    static Map<String, Object> producer(
            Map<String, Object> connection, PublishSettings settings, String transactionalId, int batchBytes) {
        Map<String, Object> all = common(connection, settings);
        all.put(ProducerConfig.CLIENT_ID_CONFIG, transactionalId);
        all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int)
                settings.transactionTimeout().toMillis());
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int)
                deliveryTimeout(settings).toMillis());
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, settings.maxBlock().toMillis());
        all.put(ProducerConfig.LINGER_MS_CONFIG, settings.linger().toMillis());
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

    /** What is different for what goes out in pages: more time for its transaction, and less memory. */
    static Map<String, Object> ofPages(PublishSettings settings) {
        return Map.of(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                (int) settings.transactionTimeout()
                        .multipliedBy(TIMEOUTS_OF_PAGES)
                        .toMillis(),
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                Math.max((long) BATCHES_OF_PAGES * settings.batchBytes(), settings.maxRequestBytes()));
    }

    static Map<String, Object> admin(Map<String, Object> connection, PublishSettings settings) {
        Map<String, Object> all = common(connection, settings);
        all.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int)
                longer(settings.maxBlock(), settings.requestTimeout()).toMillis());
        return all;
    }

    private static Map<String, Object> common(Map<String, Object> connection, PublishSettings settings) {
        Map<String, Object> all = new HashMap<>(connection);
        long request = settings.requestTimeout().toMillis();
        all.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int) request);
        // The client waits three times as long for a broker that takes connections and does not answer, or takes none.
        all.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, request / 2);
        all.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, request);
        all.put(CommonClientConfigs.CONNECTIONS_MAX_IDLE_MS_CONFIG, IDLE_REQUESTS * request);
        all.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, RETRY_BACKOFF.toMillis());
        all.put(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG, MAX_RETRY_BACKOFF.toMillis());
        all.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, RECONNECT_BACKOFF.toMillis());
        all.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, MAX_RECONNECT_BACKOFF.toMillis());
        return all;
    }

    /** As long as max.block.ms lets the other calls take. The client wants no less than linger and request together. */
    private static Duration deliveryTimeout(PublishSettings settings) {
        return longer(settings.maxBlock(), settings.linger().plus(settings.requestTimeout()));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
