package dev.lockstep.board;

import dev.lockstep.config.KafkaClientProperties;
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
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jboss.logging.Logger;

/** What the broker says about the topics that the board reads. Blocks. */
@ApplicationScoped
class BoardTopics {

    private static final Logger LOG = Logger.getLogger(BoardTopics.class);

    /** For one request, however many topics it concerns. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final List<String> names;
    private final Map<String, Object> config;
    private Admin admin;

    BoardTopics(Settings settings, @Identifier("default-kafka-broker") Map<String, Object> broker) {
        Topics topics = Topics.of(settings.topics());
        names = List.of(
                topics.results(),
                topics.events(),
                topics.releaseStatus(),
                topics.deploymentStatus(),
                topics.applicationStatus());
        config = KafkaClientProperties.admin(broker, settings.publish());
    }

    /** @param id a recreated topic has a new one */
    record Topic(String id, int partitions) {}

    /**
     * By name; a topic that does not exist, that may not be described, or about which there is no answer has no entry.
     *
     * @throws KafkaException if Kafka does not answer at all
     */
    Map<String, Topic> describe() {
        return collectAnswers(
                admin().describeTopics(names).topicNameValues(),
                topic ->
                        new Topic(topic.topicId().toString(), topic.partitions().size()));
    }

    /** How many partitions the topics have; null unless all of them are described. */
    Integer partitionCount(Map<String, Topic> described) {
        return described.keySet().containsAll(names)
                ? described.values().stream().mapToInt(Topic::partitions).sum()
                : null;
    }

    /**
     * The end offsets of their partitions, as a {@code read_committed} consumer sees them. A partition that does not exist,
     * or about which there is no answer, such as one without a leader, has no entry.
     *
     * @throws KafkaException if Kafka does not answer at all
     */
    Map<TopicPartition, Long> endOffsets(Map<String, Topic> topics) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        topics.forEach((name, topic) -> IntStream.range(0, topic.partitions)
                .forEach(partition -> asked.put(new TopicPartition(name, partition), OffsetSpec.latest())));
        ListOffsetsResult answer = admin().listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
        Map<TopicPartition, KafkaFuture<ListOffsetsResult.ListOffsetsResultInfo>> answers = new HashMap<>();
        asked.keySet().forEach(partition -> answers.put(partition, answer.partitionResult(partition)));
        return collectAnswers(answers, ListOffsetsResult.ListOffsetsResultInfo::offset);
    }

    /**
     * How many processes read the topics for the tables.
     *
     * @throws KafkaException if Kafka does not answer
     */
    int groupSize(String group) {
        Map<String, Integer> sizes = collectAnswers(
                admin().describeConsumerGroups(List.of(group)).describedGroups(),
                members -> members.members().size());
        return sizes.getOrDefault(group, 0);
    }

    /** The answers that arrived in time; fails if none did. */
    private static <K, A, V> Map<K, V> collectAnswers(Map<K, KafkaFuture<A>> futures, Function<A, V> value) {
        Map<K, V> answers = new HashMap<>();
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        int refusals = 0;
        Exception failure = null;
        for (Map.Entry<K, KafkaFuture<A>> entry : futures.entrySet()) {
            try {
                answers.put(
                        entry.getKey(),
                        value.apply(entry.getValue().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)));
            } catch (ExecutionException | TimeoutException e) {
                LOG.debugf(e, "The broker has no answer for the board about=%s", entry.getKey());
                refusals += isRefusal(e.getCause()) ? 1 : 0;
                failure = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new org.apache.kafka.common.errors.InterruptException(e);
            }
        }
        if (failure != null && answers.isEmpty() && refusals == 0) {
            throw new KafkaException("Kafka does not answer", failure);
        }
        return answers;
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof UnknownTopicOrPartitionException || failure instanceof TopicAuthorizationException;
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
