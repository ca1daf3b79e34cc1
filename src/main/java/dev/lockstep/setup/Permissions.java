package dev.lockstep.setup;

import dev.lockstep.config.Settings;
import dev.lockstep.failure.KafkaFutures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Whether Kafka lets this worker do its work. One that may join its group but not publish would hold partitions that others
 * could work on. Only a rejection counts: a missing answer says nothing about permissions.
 */
final class Permissions {

    private final Settings settings;

    Permissions(Settings settings) {
        this.settings = settings;
    }

    /** @throws SetupException if any is missing; names all missing ones */
    void check(Admin admin) {
        List<String> missing = new ArrayList<>();
        checkTopics(admin, missing);
        checkGroup(admin, settings.kafka().group(), missing);
        checkTransactions(admin, settings.publish().transactionalIdPrefix(), missing);
        if (!missing.isEmpty()) {
            throw new SetupException("Kafka permissions are missing: " + String.join("; ", missing));
        }
    }

    private void checkTopics(Admin admin, List<String> missing) {
        Settings.TopicsConfig topics = settings.topics();
        Map<String, Set<AclOperation>> wanted = new LinkedHashMap<>();
        wanted.put(topics.commands(), Set.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE_CONFIGS));
        for (String outputTopic : List.of(
                topics.results(),
                topics.events(),
                topics.releaseStatus(),
                topics.deploymentStatus(),
                topics.applicationStatus(),
                topics.deadLetters())) {
            wanted.put(outputTopic, Set.of(AclOperation.WRITE, AclOperation.DESCRIBE_CONFIGS));
        }
        var descriptions = admin.describeTopics(
                        wanted.keySet(), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        wanted.forEach((topic, operations) -> {
            String suffix = " on topic " + topic;
            handle(
                    descriptions.get(topic),
                    description -> addMissing(description.authorizedOperations(), operations, suffix, missing),
                    () -> addMissing(Set.of(), operations, suffix, missing));
        });
    }

    private static void checkGroup(Admin admin, String group, List<String> missing) {
        String suffix = " on group " + group;
        Set<AclOperation> wanted = Set.of(AclOperation.READ);
        handle(
                admin.describeConsumerGroups(
                                List.of(group), new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                        .describedGroups()
                        .get(group),
                description -> addMissing(description.authorizedOperations(), wanted, suffix, missing),
                () -> addMissing(Set.of(), wanted, suffix, missing));
    }

    /** There is no such id, but a user without permission for it gets a rejection all the same. */
    private static void checkTransactions(Admin admin, String prefix, List<String> missing) {
        handle(
                admin.describeTransactions(List.of(prefix + "permitted")).description(prefix + "permitted"),
                allowed -> {},
                () -> missing.add(AclOperation.WRITE + " on transactional ids that start with " + prefix));
    }

    private static void addMissing(
            Set<AclOperation> authorized, Set<AclOperation> wanted, String suffix, List<String> missing) {
        String lacking = wanted.stream()
                .filter(operation -> authorized != null && !authorized.contains(operation))
                .sorted()
                .map(AclOperation::toString)
                .collect(Collectors.joining(", "));
        if (!lacking.isEmpty()) {
            missing.add(lacking + suffix);
        }
    }

    private static <T> void handle(KafkaFuture<T> future, Consumer<T> onAnswer, Runnable onDenied) {
        T answer;
        try {
            answer = KafkaFutures.await(future);
        } catch (InterruptException e) {
            throw e;
        } catch (AuthorizationException e) {
            onDenied.run();
            return;
        } catch (KafkaException e) {
            return; // no answer
        }
        onAnswer.accept(answer);
    }
}
