package dev.lockstep.board;

import dev.lockstep.config.KafkaClients;
import dev.lockstep.config.Settings;
import dev.lockstep.wire.Topics;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jboss.logging.Logger;

/** The broker's ids of the topics that the board reads: a recreated topic has a new id. Blocks. */
@ApplicationScoped
class TopicIds {

    private static final Logger LOG = Logger.getLogger(TopicIds.class);

    /** For all topics together. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final List<String> names;
    private final Map<String, Object> config;
    private Admin admin;

    TopicIds(Settings settings, @Identifier("default-kafka-broker") Map<String, Object> broker) {
        Topics topics = Topics.of(settings.topics());
        names = List.of(
                topics.results(),
                topics.events(),
                topics.releaseStatus(),
                topics.deploymentStatus(),
                topics.applicationStatus());
        config = KafkaClients.admin(broker, settings.publish());
    }

    /**
     * By name; a topic that does not exist, or that may not be described, has no entry.
     *
     * @throws KafkaException if Kafka does not answer
     */
    Map<String, String> fetch() {
        Map<String, String> ids = new HashMap<>();
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> one :
                admin().describeTopics(names).topicNameValues().entrySet()) {
            try {
                ids.put(
                        one.getKey(),
                        one.getValue()
                                .get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
                                .topicId()
                                .toString());
            } catch (ExecutionException e) {
                if (!isAnswer(e.getCause())) {
                    throw new KafkaException(e.getCause());
                }
                LOG.debugf("The id of a topic is unknown topic=%s", one.getKey(), e);
            } catch (TimeoutException e) {
                throw new org.apache.kafka.common.errors.TimeoutException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new org.apache.kafka.common.errors.InterruptException(e);
            }
        }
        return ids;
    }

    private static boolean isAnswer(Throwable refused) {
        return refused instanceof UnknownTopicOrPartitionException || refused instanceof TopicAuthorizationException;
    }

    private synchronized Admin admin() {
        if (admin == null) {
            admin = Admin.create(config);
        }
        return admin;
    }

    synchronized void stop(@Observes ShutdownEvent event) {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
