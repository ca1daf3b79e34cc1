package dev.lockstep.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * Settings shared by the transactional producers, the timers' producer and most admin clients: quick to detect an unresponsive
 * broker, and to retry.
 */
public final class KafkaClientProperties {

    /** The client's default of 100 ms shows in p99 whenever one transaction closely follows another. */
    private static final Duration RETRY_BACKOFF = Duration.ofMillis(5);

    private static final Duration MAX_RETRY_BACKOFF = Duration.ofMillis(200);
    private static final Duration RECONNECT_BACKOFF = Duration.ofMillis(20);
    private static final Duration MAX_RECONNECT_BACKOFF = Duration.ofMillis(500);

    /**
     * When an unused connection is closed: if the network silently loses all connections, each old one that is tried
     * before a new one costs a request timeout.
     */
    private static final int IDLE_REQUEST_TIMEOUTS = 6;

    private KafkaClientProperties() {}

    /** @param connection bootstrap servers, security and the like; settings made here override it */
    public static Map<String, Object> admin(Map<String, Object> connection, PublishConfig settings) {
        Map<String, Object> all = common(connection, settings);
        all.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int)
                max(settings.maxBlock(), settings.requestTimeout()).toMillis());
        return all;
    }

    public static Map<String, Object> common(Map<String, Object> connection, PublishConfig settings) {
        Map<String, Object> all = new HashMap<>(connection);
        long request = settings.requestTimeout().toMillis();
        all.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int) request);
        // The client waits three times as long for a broker that accepts connections but does not answer, or accepts
        // none.
        all.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, request / 2);
        all.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, request);
        all.put(CommonClientConfigs.CONNECTIONS_MAX_IDLE_MS_CONFIG, IDLE_REQUEST_TIMEOUTS * request);
        all.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, RETRY_BACKOFF.toMillis());
        all.put(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG, MAX_RETRY_BACKOFF.toMillis());
        all.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, RECONNECT_BACKOFF.toMillis());
        all.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, MAX_RECONNECT_BACKOFF.toMillis());
        return all;
    }

    public static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
