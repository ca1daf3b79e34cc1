package dev.lockstep.setup;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_COMPACT;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_DELETE;
import static org.apache.kafka.common.config.TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_MS_CONFIG;

import dev.lockstep.config.Settings;
import dev.lockstep.failure.KafkaFutures;
import dev.lockstep.wire.Topics;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jboss.logging.Logger;

/** Creates missing topics, and says what is wrong with unsuitable ones (contract, section 2). */
final class TopicSetup {

    private static final Logger LOG = Logger.getLogger(TopicSetup.class);

    /** What Kafka and the compression add to key, value and headers. */
    private static final int OVERHEAD = 4_096;

    private final Settings.TopicsConfig settings;
    private final int batchBytes;
    private final int recordBytes;

    /**
     * @param batchBytes the most that the worker sends at once
     * @param recordBytes the most that the key, the value and the headers of a command may each have
     */
    TopicSetup(Settings.TopicsConfig settings, int batchBytes, int recordBytes) {
        this.settings = settings;
        this.batchBytes = batchBytes;
        this.recordBytes = recordBytes;
    }

    /**
     * The topics as they exist.
     *
     * @param id the id of the commands topic; changes when the topic is deleted and recreated
     * @param partitions the number that all topics but the dead letters have
     * @param maxPartitions the largest number that any of them has
     * @param smallerTopics the names of those that have fewer
     * @param sizeProblems what is wrong with topics that may refuse something for its size, in words
     */
    record TopicSummary(
            String id, int partitions, int maxPartitions, List<String> smallerTopics, List<String> sizeProblems) {}

    /** Accepts or refuses to go on, given the names of existing topics and of those to be created. */
    @FunctionalInterface
    interface CreationCheck {
        void check(Collection<String> existing, Collection<String> missing) throws SQLException;
    }

    /**
     * @param knownPartitionCount the number in which applications may already live; 0 at the first start
     * @param isStarting whether no work is being done yet: then a topic that may refuse something for its size is unsuitable
     * @param creationCheck called before any topic is created
     * @throws SetupException if a topic is missing and must not be created, or is unsuitable
     * @throws AuthorizationException if Kafka refuses to describe a topic
     * @throws KafkaException when Kafka does not answer
     */
    TopicSummary ensure(Admin admin, int knownPartitionCount, boolean isStarting, CreationCheck creationCheck)
            throws SQLException {
        Map<String, TopicDescription> found = describe(admin);
        List<NewTopic> missing = requiredTopics().stream()
                .filter(topic -> !found.containsKey(topic.name()))
                .toList();
        if (!missing.isEmpty()) {
            requireCreationAllowed(missing);
            creationCheck.check(
                    found.keySet(), missing.stream().map(NewTopic::name).toList());
            create(admin, missing, found, knownPartitionCount);
            found.putAll(describe(admin));
        }
        if (!found.keySet().containsAll(names())) {
            throw new KafkaException("Topics that were just created are not visible yet");
        }
        List<String> problems = new ArrayList<>();
        List<String> sizeProblems = new ArrayList<>();
        checkConfigs(admin, found, problems, sizeProblems);
        TopicSummary result = checkPartitionCounts(found, knownPartitionCount, problems, sizeProblems);
        if (isStarting) {
            problems.addAll(sizeProblems);
        }
        if (!problems.isEmpty()) {
            throw new SetupException("Topics are not suitable: " + String.join("; ", problems));
        }
        return result;
    }

    private Set<String> names() {
        return Set.copyOf(requiredTopics().stream().map(NewTopic::name).toList());
    }

    private List<NewTopic> requiredTopics() {
        Map<String, String> commands = deletePolicy(settings.retention());
        Map<String, String> results = deletePolicy(settings.retention());
        Map<String, String> events = deletePolicy(settings.eventRetention());
        Map<String, String> dead = deletePolicy(settings.eventRetention());
        dead.put(MAX_MESSAGE_BYTES_CONFIG, Integer.toString(settings.deadLetterBytes()));
        Map<String, String> compact = Map.of(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_COMPACT);
        return List.of(
                topic(settings.commands(), commands),
                topic(settings.results(), results),
                topic(settings.events(), events),
                topic(settings.releaseStatus(), compact),
                topic(settings.deploymentStatus(), compact),
                topic(settings.applicationStatus(), compact),
                topic(settings.deadLetters(), dead));
    }

    private NewTopic topic(String name, Map<String, String> config) {
        return new NewTopic(name, Optional.of(settings.partitions()), settings.replication()).configs(config);
    }

    private static Map<String, String> deletePolicy(Duration retention) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_DELETE);
        config.put(RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
        return config;
    }

    private Map<String, TopicDescription> describe(Admin admin) {
        Map<String, TopicDescription> found = new LinkedHashMap<>();
        admin.describeTopics(names()).topicNameValues().forEach((name, answer) -> {
            try {
                found.put(name, KafkaFutures.await(answer));
            } catch (UnknownTopicOrPartitionException missing) {
                // this is the expected answer
            }
        });
        return found;
    }

    private void requireCreationAllowed(List<NewTopic> missing) {
        if (!settings.create()) {
            throw new SetupException("Topics are missing, and lockstep.topics.create is off: create "
                    + missing.stream().map(NewTopic::name).toList());
        }
    }

    /** New topics get the partition count that existing ones already have. */
    private void create(
            Admin admin, List<NewTopic> missing, Map<String, TopicDescription> found, int knownPartitionCount) {
        List<String> names = missing.stream().map(NewTopic::name).toList();
        TopicDescription commands = found.get(settings.commands());
        int existingPartitions = Math.max(
                knownPartitionCount,
                commands == null ? 0 : commands.partitions().size());
        List<NewTopic> topics = missing.stream()
                .map(topic -> existingPartitions == 0 || topic.name().equals(settings.deadLetters())
                        ? topic
                        : new NewTopic(topic.name(), Optional.of(existingPartitions), settings.replication())
                                .configs(topic.configs()))
                .toList();
        try {
            KafkaFutures.await(admin.createTopics(topics).all());
            LOG.infof("Created topics names=%s", names);
        } catch (TopicAuthorizationException | ClusterAuthorizationException e) {
            throw new SetupException("Kafka permissions are missing: CREATE on topics " + names);
        } catch (TopicExistsException e) {
            LOG.debugf("Another worker created the topics first names=%s", names);
        }
    }

    /** Partitions can only be added; nothing else is requested. */
    private TopicSummary checkPartitionCounts(
            Map<String, TopicDescription> found,
            int knownPartitionCount,
            List<String> problems,
            List<String> sizeProblems) {
        Map<String, Integer> counts = new TreeMap<>();
        found.forEach((name, topic) -> counts.put(name, topic.partitions().size()));
        counts.remove(settings.deadLetters());
        int min = Collections.min(counts.values());
        int max = Collections.max(counts.values());
        int needed = knownPartitionCount == 0 ? max : knownPartitionCount;
        counts.forEach((name, count) -> {
            if (count < needed) {
                problems.add("topic " + name + " has " + count + " partitions, but "
                        + (knownPartitionCount == 0 ? "others have " : "applications live in ") + needed
                        + ": add partitions to it until it has as many");
            }
        });
        List<String> smallerTopics = new ArrayList<>(counts.keySet());
        smallerTopics.removeIf(name -> counts.get(name) == max);
        return new TopicSummary(
                found.get(settings.commands()).topicId().toString(), min, max, smallerTopics, sizeProblems);
    }

    private void checkConfigs(
            Admin admin, Map<String, TopicDescription> found, List<String> problems, List<String> sizeProblems) {
        List<ConfigResource> resources = found.keySet().stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<ConfigResource, Config> configs =
                KafkaFutures.await(admin.describeConfigs(resources).all());
        configs.forEach((resource, config) -> {
            String policy = config.get(CLEANUP_POLICY_CONFIG).value();
            boolean isStatusTopic = List.of(
                            settings.releaseStatus(), settings.deploymentStatus(), settings.applicationStatus())
                    .contains(resource.name());
            if (isStatusTopic && !policy.equals(CLEANUP_POLICY_COMPACT)) {
                problems.add("topic " + resource.name() + " has cleanup.policy=" + policy
                        + ": a status topic must be compacted, set cleanup.policy=compact");
            }
            if (!isStatusTopic && policy.contains(CLEANUP_POLICY_COMPACT)) {
                problems.add("topic " + resource.name() + " has cleanup.policy=" + policy
                        + ": compaction would lose records of it, set cleanup.policy=delete");
            }
            long largest = Long.parseLong(config.get(MAX_MESSAGE_BYTES_CONFIG).value());
            if (largest < minMaxMessageBytes(resource.name())) {
                sizeProblems.add("topic " + resource.name() + " has max.message.bytes=" + largest + ": raise it to "
                        + minMaxMessageBytes(resource.name()) + " at least");
            }
        });
    }

    /** The most that is written to a topic at once: a batch, or a single record, uncompressed. Dead letters are shortened. */
    private long minMaxMessageBytes(String topic) {
        if (topic.equals(settings.commands())) { // a command in the wrong partition is rewritten to the right one
            return Math.max(batchBytes, 3L * recordBytes + OVERHEAD);
        }
        return topic.equals(settings.deadLetters()) ? batchBytes : Math.max(batchBytes, Topics.MAX_OUTPUT_RECORD_BYTES);
    }

    /** @param answerMillis how long a call may take before it is given up */
    static Map<String, Object> adminConfig(Map<String, Object> broker, int answerMillis) {
        Map<String, Object> config = new HashMap<>(broker);
        config.keySet().retainAll(AdminClientConfig.configNames());
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, answerMillis);
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, answerMillis / 2);
        config.put(AdminClientConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, (long) answerMillis / 4);
        config.put(AdminClientConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, (long) answerMillis / 2);
        return config;
    }
}
