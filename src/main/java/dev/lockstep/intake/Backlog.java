package dev.lockstep.intake;

import dev.lockstep.config.Settings;
import dev.lockstep.config.Ticker;
import dev.lockstep.listener.LagSource;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Polled records that wait for their transaction. A transaction takes everything that is waiting, so an idle worker answers at
 * once and a loaded one fills its transactions. As each application lies in one partition, several can run at a time, as
 * long as no partition is in two of them. Within a partition, polling order is kept. Thread-safe.
 *
 * <p>There is room for one full batch per lane, and each partition has a share of it, whatever others have taken: one from which
 * nothing is taken must not crowd out the others.
 */
@Singleton
public final class Backlog implements LagSource {

    /** Once a transaction has run for this long, others no longer wait for it. */
    static final Duration SLOW_BATCH = Duration.ofSeconds(1);

    private final InFlightBatches inFlightBatches;
    private final int maxRecords;
    private final long maxBytes;
    private final Ticker ticker;
    private final StalledPartitions stalledPartitions;
    private final Map<Integer, Deque<BacklogEntry>> waiting = new LinkedHashMap<>();
    private final BacklogCapacity capacity;

    /** Partitions of a failed batch: each is taken alone until it is applied, as one of them may be to blame. */
    private final Set<Integer> suspects = new HashSet<>();

    @Inject
    Backlog(Settings settings, StalledPartitions stalledPartitions, Ticker ticker) {
        this(
                settings.batch().lanes(),
                settings.batch().maxRecords(),
                settings.batch().maxBytes(),
                ticker,
                stalledPartitions);
    }

    /**
     * @param lanes how many transactions may run at a time, 1 or more
     * @param maxRecords the most records that a transaction takes
     * @param maxBytes the most bytes of keys, values and headers that a transaction takes, unless a single record has more
     * @param stalledPartitions tells from which partitions nothing may be taken
     */
    Backlog(int lanes, int maxRecords, long maxBytes, Ticker ticker, StalledPartitions stalledPartitions) {
        inFlightBatches = new InFlightBatches(lanes);
        this.maxRecords = maxRecords;
        this.maxBytes = maxBytes;
        this.ticker = ticker;
        this.stalledPartitions = stalledPartitions;
        this.capacity = new BacklogCapacity((long) lanes * maxRecords, lanes * maxBytes);
    }

    /**
     * @param generation the consumer group's generation: when it changes, some of the expected records will not come
     * @param partitions the number of partitions that share the room
     */
    synchronized void setPartitionCount(int generation, int partitions) {
        capacity.setPartitionCount(generation, partitions);
    }

    /** Whether a partition has filled its share of the room. */
    synchronized boolean isFull(int partition) {
        return capacity.isFull(partition);
    }

    /** Whether records of a partition that has filled its share will soon be taken: not if it is stuck in a slow batch. */
    synchronized boolean willSoonHaveCapacity(int partition) {
        return capacity.isFull(partition)
                && !stalledPartitions.isStalled(partition)
                && inFlightBatches
                        .applying()
                        .filter(batch -> batch.partitions().contains(partition))
                        .findFirst()
                        .map(this::isFast)
                        .orElseGet(this::isFastBatchRunning);
    }

    /**
     * Adds a probe to each of these partitions, from which no record may ever come, so that a transaction looks at them; their
     * waiting records go first.
     *
     * @param generation the consumer group's generation, at least that of their assignment
     */
    synchronized void probe(int generation, Set<Integer> partitions) {
        for (int partition : partitions) {
            Deque<BacklogEntry> queue = waiting.getOrDefault(partition, new ArrayDeque<>());
            if (!isBusy(partition) && queue.stream().noneMatch(BacklogEntry::isProbe)) {
                BacklogEntry probe = BacklogEntry.probe(generation, partition);
                countAndGetQueue(probe).add(probe);
            }
        }
    }

    /**
     * Reserves room for polled records that will be {@linkplain #offer offered}.
     *
     * @param records the polled records of one partition
     * @return how many of them, counted from the first, fit
     */
    synchronized int reserve(List<ConsumerRecord<byte[], byte[]>> records) {
        return capacity.reserve(
                records.get(0).partition(),
                records.stream().mapToLong(BacklogEntry::bytes).toArray());
    }

    public synchronized void offer(int generation, Iterable<ConsumerRecord<byte[], byte[]>> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            BacklogEntry entry = BacklogEntry.of(generation, record, false);
            capacity.recordArrival(entry.partition(), entry.bytes());
            countAndGetQueue(entry).add(entry);
        }
    }

    /**
     * Takes records waiting in partitions that are neither in flight in another lane nor stalled; a partition taken from
     * goes to the end of the queue. A partition with more records than still fit is left to the next transaction, unless it
     * is the first; the byte limit may cut one short.
     *
     * <p>While another transaction runs, nothing is taken until there is half a batch: two small transactions cost twice what
     * one would, and on a loaded machine everybody then waits longer. If half a batch is
     * reached only with the beginning of a partition that does not fit, that is taken too. Nothing waits for a slow transaction.
     *
     * @return null if no lane is free, or there is nothing to take, or too little while another transaction runs
     */
    synchronized InFlightBatch takeBatch() {
        int lane = inFlightBatches.freeLane();
        return lane < 0 ? null : take(lane);
    }

    private InFlightBatch take(int lane) {
        GatheredRecords gathered = new GatheredRecords(maxRecords, maxBytes);
        List<Map.Entry<Integer, Deque<BacklogEntry>>> tooLong = new ArrayList<>();
        for (Map.Entry<Integer, Deque<BacklogEntry>> partition : waiting.entrySet()) {
            boolean isSuspect = suspects.contains(partition.getKey());
            if (isBusy(partition.getKey()) || isSuspect && !gathered.isEmpty()) {
                continue;
            }
            if (!gathered.isEmpty() && partition.getValue().size() > gathered.remainingCapacity()) {
                tooLong.add(partition);
                continue;
            }
            gathered.add(partition.getKey(), partition.getValue());
            if (isSuspect) {
                break;
            }
        }
        boolean isFastBatchRunning = isFastBatchRunning();
        if (isFastBatchRunning && gathered.isSmall()) {
            tooLong.forEach(partition -> gathered.add(partition.getKey(), partition.getValue()));
        }
        if (gathered.isEmpty() || isFastBatchRunning && gathered.isSmall()) {
            return null;
        }
        gathered.counts().forEach(this::remove);
        return inFlightBatches.begin(gathered.toBatch(lane, ticker.nanos()));
    }

    /** Returns the queue of the record's partition, and counts the record. */
    private Deque<BacklogEntry> countAndGetQueue(BacklogEntry entry) {
        if (!entry.isProbe()) {
            capacity.addWaiting(entry.partition(), entry.bytes());
        }
        return waiting.computeIfAbsent(entry.partition(), partition -> new ArrayDeque<>());
    }

    private void remove(int partition, int count) {
        Deque<BacklogEntry> queue = waiting.remove(partition);
        for (int i = 0; i < count; i++) {
            BacklogEntry entry = queue.remove();
            if (!entry.isProbe()) {
                capacity.removeWaiting(partition, entry.bytes());
            }
        }
        if (!queue.isEmpty()) {
            waiting.put(partition, queue);
        }
    }

    private boolean isBusy(int partition) {
        return stalledPartitions.isStalled(partition) || inFlightBatches.isApplying(partition);
    }

    private boolean isFastBatchRunning() {
        return inFlightBatches.applying().anyMatch(this::isFast);
    }

    private boolean isFast(InFlightBatch batch) {
        return !batch.isExclusive() && ticker.since(batch.takenAt()).compareTo(SLOW_BATCH) <= 0;
    }

    /**
     * Puts back all but the first of a batch's records: they become the next ones of their partitions, and partitions that
     * keep none come first.
     *
     * @param isExclusive whether the first of those is to be taken alone; other batches may then begin beside it at once
     * @return the batch with what it keeps, to be used from now on
     */
    public synchronized InFlightBatch putBackAfter(InFlightBatch batch, int count, boolean isExclusive) {
        List<ConsumerRecord<byte[], byte[]>> kept = batch.records().subList(0, count);
        List<ConsumerRecord<byte[], byte[]>> rest =
                batch.records().subList(count, batch.records().size());
        Set<Integer> partitions = new HashSet<>(batch.partitions());
        rest.forEach(record -> partitions.remove(record.partition()));
        kept.forEach(record -> partitions.add(record.partition()));
        return putBack(batch, kept, partitions, rest, isExclusive);
    }

    /**
     * Puts back all partitions but one of a failed batch. From now on, each of them is taken alone until it
     * is applied: the one to blame then holds up only itself.
     *
     * @return the batch with what it keeps, to be used from now on
     */
    public synchronized InFlightBatch putBackAllButOne(InFlightBatch batch) {
        if (batch.partitions().size() == 1) {
            return batch;
        }
        suspects.addAll(batch.partitions());
        int keptPartition = batch.records().isEmpty()
                ? batch.partitions().iterator().next()
                : batch.records().get(0).partition();
        Map<Boolean, List<ConsumerRecord<byte[], byte[]>>> records = batch.records().stream()
                .collect(Collectors.partitioningBy(record -> record.partition() == keptPartition));
        Set<Integer> toProbe = new HashSet<>(batch.partitions());
        batch.records().forEach(record -> toProbe.remove(record.partition()));
        InFlightBatch kept = putBack(batch, records.get(true), Set.of(keptPartition), records.get(false), false);
        toProbe.remove(keptPartition);
        probe(batch.generation(), toProbe);
        return kept;
    }

    private InFlightBatch putBack(
            InFlightBatch batch,
            List<ConsumerRecord<byte[], byte[]>> kept,
            Set<Integer> partitions,
            List<ConsumerRecord<byte[], byte[]>> rest,
            boolean isExclusive) {
        Map<Integer, Deque<BacklogEntry>> others = new LinkedHashMap<>(waiting);
        waiting.clear();
        rest.stream()
                .map(ConsumerRecord::partition)
                .filter(partition -> !partitions.contains(partition))
                .forEach(partition -> waiting.put(partition, others.getOrDefault(partition, new ArrayDeque<>())));
        others.forEach(waiting::putIfAbsent);
        for (int i = rest.size() - 1; i >= 0; i--) {
            BacklogEntry entry = BacklogEntry.of(batch.generation(), rest.get(i), isExclusive && i == 0);
            countAndGetQueue(entry).addFirst(entry);
        }
        return inFlightBatches.replace(
                batch, new InFlightBatch(batch.lane(), batch.takenAt(), batch.generation(), kept, partitions, false));
    }

    /** Frees the batch's partitions and lane for others. */
    public synchronized void markApplied(InFlightBatch batch) {
        inFlightBatches.markApplied(batch);
        suspects.removeAll(batch.partitions());
    }

    /** The batch is no longer in flight. */
    public synchronized void markPublished(InFlightBatch batch) {
        inFlightBatches.markPublished(batch);
    }

    /** How long the oldest batch has been in flight; zero when there is none. */
    public synchronized Duration oldestBatchAge() {
        return inFlightBatches
                .all()
                .map(batch -> ticker.since(batch.takenAt()))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    @Override
    public synchronized Instant oldestUnpublishedTimestamp() {
        LongStream waitingOnes = waiting.values().stream()
                .flatMap(Deque::stream)
                .filter(entry -> !entry.isProbe())
                .mapToLong(entry -> entry.record().timestamp());
        LongStream takenOnes =
                inFlightBatches.all().flatMap(batch -> batch.records().stream()).mapToLong(ConsumerRecord::timestamp);
        return LongStream.concat(waitingOnes, takenOnes)
                .filter(timestamp -> timestamp >= 0)
                .mapToObj(Instant::ofEpochMilli)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }
}
