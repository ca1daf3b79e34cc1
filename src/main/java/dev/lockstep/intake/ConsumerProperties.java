package dev.lockstep.intake;

import static org.apache.kafka.clients.consumer.ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.CONNECTIONS_MAX_IDLE_MS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.FETCH_MAX_BYTES_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.GROUP_PROTOCOL_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.ISOLATION_LEVEL_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.MAX_POLL_RECORDS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.METADATA_MAX_AGE_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.RETRY_BACKOFF_MAX_MS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.RETRY_BACKOFF_MS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG;

import dev.lockstep.config.Settings;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/** The settings of the commands topic's consumer. */
final class ConsumerProperties {

    /** How soon a new or moved topic is noticed. */
    private static final int METADATA_MAX_AGE_MILLIS = 10_000;

    /**
     * The rebalance timeout, in session timeouts. A member waits 5 s longer for the coordinator's answer: one that is lost is
     * noticed only then. Short, because the consumer polls even while work is in progress.
     */
    private static final int POLL_INTERVAL_SESSIONS = 2;

    /**
     * When an unused connection is closed, above all the first one: if the network silently loses all of them,
     * each one tried before a new one costs a request timeout. Longer than a member waits for others to join.
     */
    private static final int IDLE_SESSIONS = 4;

    /** Per partition and fetch: small, so that the available records come from several, and lanes can work on different ones. */
    private static final int MAX_PARTITION_FETCH_BYTES = 256 * 1024;

    private static final int INITIAL_BACKOFF_MILLIS = 50;
    private static final int MAX_BACKOFF_MILLIS = 1_000;

    @Produces
    @ApplicationScoped
    @Identifier("lockstep-consumer")
    Map<String, Object> consumer(Settings settings) {
        int session = Math.toIntExact(settings.kafka().sessionTimeout().toMillis());
        Map<String, Object> config = new HashMap<>();
        config.put(ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(GROUP_PROTOCOL_CONFIG, "classic");
        config.put(PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        config.put(SESSION_TIMEOUT_MS_CONFIG, session);
        // A member learns of a rebalance from the answer to a heartbeat: until then, partitions that change hands
        // stand still.
        config.put(HEARTBEAT_INTERVAL_MS_CONFIG, session / 20);
        // A heartbeat whose connection was silently lost is given up in time for another one.
        config.put(REQUEST_TIMEOUT_MS_CONFIG, session / 2);
        config.put(SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, session / 4);
        config.put(SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, session / 2);
        config.put(CONNECTIONS_MAX_IDLE_MS_CONFIG, IDLE_SESSIONS * session);
        config.put(MAX_POLL_INTERVAL_MS_CONFIG, POLL_INTERVAL_SESSIONS * session);
        config.put(ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(MAX_POLL_RECORDS_CONFIG, settings.batch().maxRecords());
        config.put(FETCH_MAX_BYTES_CONFIG, settings.batch().maxBytes());
        config.put(MAX_PARTITION_FETCH_BYTES_CONFIG, MAX_PARTITION_FETCH_BYTES);
        config.put(INTERCEPTOR_CLASSES_CONFIG, PollInterceptor.class.getName());
        config.put(METADATA_MAX_AGE_CONFIG, METADATA_MAX_AGE_MILLIS);
        config.put(RETRY_BACKOFF_MS_CONFIG, INITIAL_BACKOFF_MILLIS);
        config.put(RETRY_BACKOFF_MAX_MS_CONFIG, MAX_BACKOFF_MILLIS);
        config.put(RECONNECT_BACKOFF_MAX_MS_CONFIG, MAX_BACKOFF_MILLIS);
        return config;
    }
}
