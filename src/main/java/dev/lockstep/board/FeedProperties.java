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

/** What the consumer of the feed is told. */
final class FeedProperties {

    /** How soon topics are noticed that a worker creates, and partitions that are added. */
    private static final int METADATA_MILLIS = 5_000;

    /** What is read ahead lies in memory beside the worker's. */
    private static final int FETCH_BYTES = 4 * 1024 * 1024;

    private static final int PARTITION_BYTES = 512 * 1024;
    private static final int RECORDS = 2_000;

    /**
     * What comes within this time is fetched, and written, together: a transaction for each command of a steady trickle would cost as
     * much as the command itself.
     */
    private static final int GATHER_MILLIS = 150;

    private static final int GATHER_BYTES = 256 * 1024;

    @Produces
    @ApplicationScoped
    @Identifier("lockstep-board")
    Map<String, Object> feed(Settings settings) {
        int session = Math.toIntExact(settings.kafka().sessionTimeout().toMillis());
        Map<String, Object> config = new HashMap<>();
        config.put(FETCH_MIN_BYTES_CONFIG, GATHER_BYTES);
        config.put(FETCH_MAX_WAIT_MS_CONFIG, GATHER_MILLIS);
        config.put(ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(INTERCEPTOR_CLASSES_CONFIG, FeedRecords.class.getName());
        config.put(PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        // A process that was killed keeps its partitions for so long, and the tables stand still there.
        config.put(SESSION_TIMEOUT_MS_CONFIG, session);
        config.put(HEARTBEAT_INTERVAL_MS_CONFIG, session / 4);
        config.put(ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(METADATA_MAX_AGE_CONFIG, METADATA_MILLIS);
        config.put(FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        config.put(MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_BYTES);
        config.put(MAX_POLL_RECORDS_CONFIG, RECORDS);
        return config;
    }
}
