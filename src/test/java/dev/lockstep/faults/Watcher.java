package dev.lockstep.faults;

import dev.lockstep.contract.ContractSchemas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A plain {@code read_committed} consumer of all topics that checks every record as it appears. */
final class Watcher implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);

    private final ContractSchemas contract = new ContractSchemas();
    private final Findings findings;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ResultsCheck results;
    private final EventsCheck events;
    private final StatusCheck statuses;
    private final DeadLettersCheck deadLetters;
    private final Intake intake;
    private final Alignment alignment;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<Map<TopicPartition, Long>> positions = new AtomicReference<>(Map.of());
    private final Thread thread;
    private volatile Throwable failure;

    /** The topics must be there. */
    Watcher(String bootstrapServers, Admin admin, Load load, Findings findings, String topicId) {
        this.findings = findings;
        results = new ResultsCheck(findings);
        events = new EventsCheck(findings);
        statuses = new StatusCheck(findings);
        deadLetters = new DeadLettersCheck(findings);
        intake = new Intake(findings, load::sending, topicId, results, events, deadLetters);
        alignment = new Alignment(admin, findings, events, results, statuses);
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = new ArrayList<>();
        TopicNames.ALL.forEach(topic -> consumer.partitionsFor(topic)
                .forEach(partition -> all.add(new TopicPartition(topic, partition.partition()))));
        consumer.assign(all);
        consumer.seekToBeginning(all);
        all.forEach(consumer::position);
        thread = Tasks.daemon("watcher", this::run);
    }

    /** The next offset to be read, by partition. */
    Map<TopicPartition, Long> positions() {
        return positions.get();
    }

    Throwable failure() {
        return failure;
    }

    Intake intake() {
        return intake;
    }

    /** Stops reading, and looks for what is missing or left over in the end. */
    void finish() throws InterruptedException {
        stopped.countDown();
        thread.join();
        intake.finish();
        results.finish();
        events.finish();
        statuses.finish(intake.model());
        deadLetters.finish();
    }

    String counts() {
        return "results=%d events=%d statuses=%d dead-letters=%d alignments=%d"
                .formatted(results.count(), events.count(), statuses.count(), deadLetters.count(), alignment.done());
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
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                for (String topic : TopicNames.ALL) {
                    records.records(topic).forEach(record -> look(topic, record));
                }
                results.settle();
                Map<TopicPartition, Long> now = new HashMap<>();
                consumer.assignment().forEach(partition -> now.put(partition, consumer.position(partition)));
                positions.set(now);
                alignment.go(now);
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void look(String topic, ConsumerRecord<byte[], byte[]> record) {
        if (!topic.equals(TopicNames.COMMANDS)) {
            contract.validate(record)
                    .forEach(violation -> findings.add(
                            Findings.Breach.DIFFERING, new Out(record) + " against the contract: " + violation));
        }
        switch (topic) {
            case TopicNames.COMMANDS -> intake.look(record);
            case TopicNames.DEAD_LETTERS -> deadLetters.look(new Out(record));
            case TopicNames.RESULTS -> results.look(new Out(record));
            case TopicNames.EVENTS -> events.look(new Out(record));
            default -> statuses.look(new Out(record));
        }
    }
}
