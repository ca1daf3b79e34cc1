package dev.lockstep.board;

import static org.apache.kafka.clients.consumer.ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.FETCH_MAX_BYTES_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.FETCH_MIN_BYTES_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.ISOLATION_LEVEL_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.MAX_POLL_RECORDS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.METADATA_MAX_AGE_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG;

import dev.lockstep.config.Settings;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/** The settings of the feed's consumer. */
final class FeedConsumerProperties {

    /** How soon the consumer notices topics that a worker creates, and added partitions. */
    private static final int METADATA_MAX_AGE_MILLIS = 5_000;

    /** Prefetched records share the heap with the worker's. */
    private static final int FETCH_MAX_BYTES = 4 * 1024 * 1024;

    private static final int MAX_PARTITION_FETCH_BYTES = 512 * 1024;
    private static final int MAX_POLL_RECORDS = 2_000;

    /**
     * Records that arrive within this time are fetched and written together: for a steady trickle of commands, a transaction
     * per command would cost as much as the command itself.
     */
    private static final int FETCH_MAX_WAIT_MILLIS = 150;

    private static final int FETCH_MIN_BYTES = 256 * 1024;

    @Produces
    @ApplicationScoped
    @Identifier("lockstep-board")
    Map<String, Object> feed(Settings settings) {
        int session = Math.toIntExact(settings.kafka().sessionTimeout().toMillis());
        Map<String, Object> config = new HashMap<>();
        config.put(FETCH_MIN_BYTES_CONFIG, FETCH_MIN_BYTES);
        config.put(FETCH_MAX_WAIT_MS_CONFIG, FETCH_MAX_WAIT_MILLIS);
        config.put(ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(INTERCEPTOR_CLASSES_CONFIG, FeedInterceptor.class.getName());
        config.put(PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        // A killed process keeps its partitions for this long, and the tables do not advance meanwhile.
        config.put(SESSION_TIMEOUT_MS_CONFIG, session);
        config.put(HEARTBEAT_INTERVAL_MS_CONFIG, session / 4);
        config.put(ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(METADATA_MAX_AGE_CONFIG, METADATA_MAX_AGE_MILLIS);
        config.put(FETCH_MAX_BYTES_CONFIG, FETCH_MAX_BYTES);
        config.put(MAX_PARTITION_FETCH_BYTES_CONFIG, MAX_PARTITION_FETCH_BYTES);
        config.put(MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        return config;
    }
}
