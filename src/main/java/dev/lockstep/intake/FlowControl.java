package dev.lockstep.intake;

import dev.lockstep.config.Ticker;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Back-pressure per partition: one that has filled its share of the backlog is paused at the consumer until there
 * is room again, without affecting the others. A stuck partition takes up no room that others need.
 *
 * <p>The connector pauses and resumes the whole assignment depending on its own queue, and would resume these too; it is
 * told not to ({@code pause-if-no-requests}). Which partitions are paused depends on the backlog and nothing
 * else, and is set again at every poll, whatever a rebalance has changed.
 */
@ApplicationScoped
public class FlowControl {

    private static final Logger LOG = Logger.getLogger(FlowControl.class);

    private final Backlog backlog;
    private final KafkaClientService clients;
    private final PartitionOwnership ownership;
    private final IdlePauseTimer idlePauseTimer;
    private final Map<Integer, OpenRequest> openRequests = new ConcurrentHashMap<>();
    /** The assignment of each partition whose records are let in. */
    private final Map<Integer, Long> openAssignments = new ConcurrentHashMap<>();

    private final AtomicBoolean isResuming = new AtomicBoolean();
    private volatile Set<Integer> paused = Set.of();
    private volatile boolean isPausingIdle;

    FlowControl(Backlog backlog, KafkaClientService clients, PartitionOwnership ownership, Ticker ticker) {
        this.backlog = backlog;
        this.clients = clients;
        this.ownership = ownership;
        this.idlePauseTimer = new IdlePauseTimer(ticker);
    }

    /**
     * Called on the polling thread with the polled records.
     *
     * @return what goes on to the channel
     */
    ConsumerRecords<byte[], byte[]> admitPolled(ConsumerRecords<byte[], byte[]> records) {
        return admit(
                records,
                clients.<byte[], byte[]>getConsumer(CommandsTopic.CHANNEL).unwrap());
    }

    /** Seeks back last: if this fails earlier, the consumer passes on everything and must not deliver any of it again. */
    ConsumerRecords<byte[], byte[]> admit(ConsumerRecords<byte[], byte[]> records, Consumer<?, ?> consumer) {
        updatePartitionCount(consumer);
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> admitted = new LinkedHashMap<>();
        Map<TopicPartition, Long> seekBack = new LinkedHashMap<>();
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> polled = records.records(partition);
            int count = isOpen(partition.partition()) ? backlog.reserve(polled) : 0;
            if (count < polled.size()) {
                seekBack.put(partition, polled.get(count).offset());
            }
            if (count > 0) {
                admitted.put(
                        partition,
                        polled.stream()
                                .limit(count)
                                .map(GenerationHeader::preserve)
                                .toList());
            }
        }
        ConsumerRecords<byte[], byte[]> result = new ConsumerRecords<>(admitted, records.nextOffsets());
        setPaused(consumer);
        seekBack.forEach(consumer::seek);
        return result;
    }

    /** The records of a batch, with the headers that they had when polled. */
    public static List<ConsumerRecord<byte[], byte[]>> withOriginalHeaders(ConsumerRecords<byte[], byte[]> batch) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(batch.count());
        batch.forEach(record -> records.add(GenerationHeader.restore(record)));
        return records;
    }

    /** @param seekTo the offset to begin at, or null to leave the consumer where it is */
    private record OpenRequest(long assignment, Long seekTo) {}

    /**
     * Admits the records of a partition from the next {@link #resume} on; any thread. Until then none is admitted, as the
     * offset that the group has committed may not be the one to begin at.
     *
     * @param ownership the ownership under which it is assigned; once reassigned, it has to be opened again
     * @param seekTo the offset to begin at, or null to leave the consumer where it is
     */
    public void open(PartitionOwnership.Snapshot ownership, int partition, Long seekTo) {
        Long assignment = ownership.assignments().get(partition);
        if (assignment != null && !assignment.equals(openAssignments.get(partition))) {
            openRequests.put(partition, new OpenRequest(assignment, seekTo));
        }
    }

    private boolean isOpen(int partition) {
        Long assignment = ownership.snapshot().assignments().get(partition);
        return assignment != null && assignment.equals(openAssignments.get(partition));
    }

    private boolean mayFetch(int partition) {
        return isOpen(partition) && !backlog.isFull(partition);
    }

    /** Soon resumes partitions that have room again or were opened; any thread. */
    void resume() {
        boolean isDue =
                !openRequests.isEmpty() || paused.stream().anyMatch(this::mayFetch) || isPausingIdle && !mayPauseIdle();
        if (isDue && isResuming.compareAndSet(false, true)) {
            KafkaConsumer<byte[], byte[]> channel = clients.getConsumer(CommandsTopic.CHANNEL);
            channel.runOnPollingThread((java.util.function.Consumer<Consumer<byte[], byte[]>>) consumer -> {
                        isResuming.set(false);
                        applyOpenRequests(consumer);
                    })
                    .subscribe()
                    .with(done -> {}, failure -> {
                        isResuming.set(false);
                        LOG.debug("Partitions could not be resumed; the next poll will do it", failure);
                    });
            channel.unwrap().wakeup(); // otherwise it would wait for the current poll to end
        }
    }

    /** On the polling thread: sets which partitions are open and which are paused. */
    void applyOpenRequests(Consumer<?, ?> consumer) {
        Map<Integer, Long> assignments = ownership.snapshot().assignments();
        openRequests.entrySet().removeIf(entry -> !Long.valueOf(entry.getValue().assignment)
                .equals(assignments.get(entry.getKey())));
        for (TopicPartition partition : consumer.assignment()) {
            OpenRequest openRequest = openRequests.get(partition.partition());
            if (openRequest != null) {
                openPartition(consumer, partition, openRequest);
            }
        }
        setPaused(consumer);
    }

    private void openPartition(Consumer<?, ?> consumer, TopicPartition partition, OpenRequest openRequest) {
        if (openRequest.seekTo != null) {
            LOG.warnf(
                    "Ignoring the group's committed offset and starting elsewhere partition=%d start=%d",
                    partition.partition(), openRequest.seekTo);
            consumer.seek(partition, openRequest.seekTo);
        }
        openAssignments.put(partition.partition(), openRequest.assignment);
        openRequests.remove(partition.partition(), openRequest);
    }

    private void updatePartitionCount(Consumer<?, ?> consumer) {
        backlog.setPartitionCount(
                consumer.groupMetadata().generationId(), consumer.assignment().size());
    }

    private void setPaused(Consumer<?, ?> consumer) {
        updatePartitionCount(consumer);
        Set<TopicPartition> toPause = new HashSet<>(consumer.assignment());
        toPause.removeIf(partition -> mayFetch(partition.partition()));
        paused = Set.copyOf(toPause.stream().map(TopicPartition::partition).toList());
        Set<TopicPartition> pausedIdle = mayPauseIdle() ? idlePartitions(consumer, toPause) : Set.of();
        isPausingIdle = !pausedIdle.isEmpty();
        idlePauseTimer.update(isPausingIdle, isCapacityNear());
        toPause.addAll(pausedIdle);
        Set<TopicPartition> toResume = new HashSet<>(consumer.paused());
        toResume.removeAll(toPause);
        consumer.pause(toPause);
        consumer.resume(toResume);
    }

    private boolean mayPauseIdle() {
        return isCapacityNear() && idlePauseTimer.mayPause();
    }

    /** Whether a full partition will have room as soon as the batch in progress ends. */
    private boolean isCapacityNear() {
        return paused.stream().anyMatch(backlog::willSoonHaveCapacity);
    }

    /**
     * A fetch of these alone would wait at the broker for something to arrive ({@code fetch.max.wait.ms}), and a partition
     * that has room again would have to wait with it, as a broker is sent one fetch at a time.
     */
    private static Set<TopicPartition> idlePartitions(Consumer<?, ?> consumer, Set<TopicPartition> except) {
        return consumer.assignment().stream()
                .filter(partition -> !except.contains(partition))
                .filter(partition -> consumer.currentLag(partition).orElse(1) == 0)
                .collect(Collectors.toSet());
    }
}
