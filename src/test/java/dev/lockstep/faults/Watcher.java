package dev.lockstep.faults;

import dev.lockstep.contract.ContractSchemas;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A plain {@code read_committed} consumer of all topics, which checks every record as it appears. */
final class Watcher implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);

    private final ContractSchemas contract = new ContractSchemas();
    private final Findings findings;
    private final ObservedHomes homes;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ResultsCheck results;
    private final EventsCheck events;
    private final StatusCheck statuses;
    private final DeploymentLoadCheck deployments;
    private final DeadLettersCheck deadLetters;
    private final CommandsCheck commandsCheck;
    private final Alignment alignment;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final IntSupplier partitions;
    private final AtomicReference<Map<TopicPartition, Long>> positions = new AtomicReference<>(Map.of());
    private final Thread thread;
    private int read;
    private volatile Throwable failure;

    /** The topics must exist. */
    Watcher(String bootstrapServers, FaultEnvironment scene, UpstreamLoad load, Findings findings, String topicId) {
        this.findings = findings;
        homes = new ObservedHomes(findings, scene::counts);
        deployments = new DeploymentLoadCheck(findings);
        results = new ResultsCheck(findings, homes, deployments);
        events = new EventsCheck(findings, homes, deployments);
        statuses = new StatusCheck(findings, homes, deployments);
        deadLetters = new DeadLettersCheck(findings);
        commandsCheck = new CommandsCheck(
                findings, load::sending, load::place, topicId, homes, results, events, deadLetters, deployments);
        partitions = scene::partitions;
        alignment = new Alignment(scene.admin(), findings, events, results, statuses);
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        assign(TopicNames.ALL, FaultEnvironment.PARTITIONS);
        thread = Tasks.daemon("watcher", this::run);
    }

    /** Also reads these partitions, from the beginning. */
    private void assign(List<String> topics, int partitions) {
        Set<TopicPartition> before = consumer.assignment();
        Set<TopicPartition> all = new HashSet<>(before);
        topics.forEach(topic ->
                IntStream.range(0, partitions).forEach(partition -> all.add(new TopicPartition(topic, partition))));
        consumer.assign(all);
        Set<TopicPartition> added = new HashSet<>(all);
        added.removeAll(before);
        consumer.seekToBeginning(added);
        added.forEach(consumer::position);
        read = partitions;
    }

    /** The next offset to be read, by partition. */
    Map<TopicPartition, Long> positions() {
        return positions.get();
    }

    Throwable failure() {
        return failure;
    }

    CommandsCheck commandsCheck() {
        return commandsCheck;
    }

    DeploymentLoadCheck deployments() {
        return deployments;
    }

    ObservedHomes homes() {
        return homes;
    }

    /** Stops reading, and checks what is missing or left over at the end. */
    void finish() throws InterruptedException {
        stopped.countDown();
        thread.join();
        commandsCheck.finish();
        results.finish();
        events.finish();
        statuses.finish(commandsCheck.model(), events.chronicle());
        deadLetters.finish();
        deployments.finish();
    }

    String counts() {
        return "results=%d events=%d statuses=%d dead-letters=%d alignments=%d applications=%d newcomers=%d %s"
                .formatted(
                        results.count(),
                        events.count(),
                        statuses.count(),
                        deadLetters.count(),
                        alignment.done(),
                        homes.known().size(),
                        homes.newcomers(),
                        deployments.counts());
    }

    @Override
    public void close() throws InterruptedException {
        stopped.countDown();
        thread.join();
        consumer.close();
    }

    private void run() {
        try {
            while (stopped.getCount() > 0) {
                if (partitions.getAsInt() > read) {
                    assign(TopicNames.WITH_HOMES, partitions.getAsInt());
                }
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                for (String topic : TopicNames.ALL) {
                    records.records(topic).forEach(record -> look(topic, record));
                }
                commandsCheck.settle();
                results.settle();
                Map<TopicPartition, Long> now = new HashMap<>();
                consumer.assignment().forEach(partition -> now.put(partition, consumer.position(partition)));
                positions.set(now);
                alignment.advance(now);
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void look(String topic, ConsumerRecord<byte[], byte[]> record) {
        if (!topic.equals(TopicNames.COMMANDS)) {
            contract.validate(record)
                    .forEach(violation -> findings.add(
                            Findings.Breach.DIFFERING,
                            new ConsumedRecord(record) + " violates the contract: " + violation));
        }
        switch (topic) {
            case TopicNames.COMMANDS -> commandsCheck.look(record);
            case TopicNames.DEAD_LETTERS -> deadLetters.look(new ConsumedRecord(record));
            case TopicNames.RESULTS -> results.look(new ConsumedRecord(record));
            case TopicNames.EVENTS -> events.look(new ConsumedRecord(record));
            default -> statuses.look(new ConsumedRecord(record));
        }
    }
}
