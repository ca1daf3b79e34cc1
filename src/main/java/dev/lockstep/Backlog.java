package dev.lockstep;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Records that were polled and wait for their transaction. A transaction takes whatever waits, so an idle worker answers at
 * once and a loaded one fills its transactions; and as an application lies in one partition, several can run at a time, as
 * long as no partition is in two of them. Within a partition the order is that of the poll. Thread-safe.
 */
final class Backlog {

    /** After which a transaction is one that nobody waits for. */
    static final Duration SLOW = Duration.ofSeconds(1);

    /**
     * What one transaction takes.
     *
     * @param lane that takes it, from 0
     * @param takenAt when it was taken, in nanoseconds of the backlog's ticker
     * @param generation of the consumer group, under which the records were polled
     * @param records of each partition in their order
     */
    record Portion(
            int lane,
            long takenAt,
            int generation,
            List<ConsumerRecord<byte[], byte[]>> records,
            Set<Integer> partitions) {}

    private record Waiting(int generation, ConsumerRecord<byte[], byte[]> record, long bytes) {

        static Waiting of(int generation, ConsumerRecord<byte[], byte[]> record) {
            long bytes = Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
            for (Header header : record.headers()) {
                bytes += header.key().length() + (header.value() == null ? 0 : header.value().length);
            }
            return new Waiting(generation, record, bytes);
        }
    }

    private final Portion[] lanes;
    private final int maxRecords;
    private final long maxBytes;
    private final Ticker ticker;
    private final Map<Integer, Deque<Waiting>> waiting = new LinkedHashMap<>();
    private final Set<Portion> underWay = Collections.newSetFromMap(new IdentityHashMap<>());
    private int waitingRecords;
    private long waitingBytes;
    private CompletableFuture<Void> room = CompletableFuture.completedFuture(null);

    /**
     * @param lanes how many transactions run at a time, 1 or more
     * @param maxRecords that a transaction takes
     * @param maxBytes of keys, values and headers that a transaction takes, unless a single record has more
     */
    Backlog(int lanes, int maxRecords, long maxBytes, Ticker ticker) {
        this.lanes = new Portion[lanes];
        this.maxRecords = maxRecords;
        this.maxBytes = maxBytes;
        this.ticker = ticker;
    }

    /** @return completes when there is room for more: not while what waits would fill every lane */
    synchronized CompletionStage<Void> offer(int generation, Iterable<ConsumerRecord<byte[], byte[]>> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Waiting one = Waiting.of(generation, record);
            queue(one).add(one);
        }
        if (!hasRoom() && room.isDone()) {
            room = new CompletableFuture<>();
        }
        return room;
    }

    /**
     * Takes what waits in partitions that no transaction is at; one that was taken from goes to the end of the line. A
     * partition with more records than still fit is left to the next transaction, unless it is the first; the limit of bytes
     * may cut one short.
     *
     * <p>While another transaction runs, only what fills half of one is taken: two small ones cost twice what one costs that
     * takes both, and a loaded machine makes everybody wait for that. Unless the other is slow: then nobody waits for it.
     *
     * @return null when no lane is free, or there is nothing to take, or too little beside another
     */
    Portion next() {
        Portion portion;
        CompletableFuture<Void> madeRoom = null;
        synchronized (this) {
            int lane = Arrays.asList(lanes).indexOf(null);
            portion = lane < 0 ? null : take(lane);
            if (portion != null && hasRoom()) {
                madeRoom = room;
            }
        }
        if (madeRoom != null) {
            madeRoom.complete(null);
        }
        return portion;
    }

    private Portion take(int lane) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Map<Integer, Integer> taken = new LinkedHashMap<>();
        int generation = 0;
        long bytes = 0;
        for (Map.Entry<Integer, Deque<Waiting>> partition : waiting.entrySet()) {
            Deque<Waiting> queue = partition.getValue();
            boolean isFirst = records.isEmpty();
            if (isBusy(partition.getKey()) || !isFirst && queue.size() > maxRecords - records.size()) {
                continue;
            }
            generation = isFirst ? queue.peek().generation() : generation;
            for (Waiting one : queue) {
                boolean fits = records.isEmpty() || records.size() < maxRecords && bytes + one.bytes() <= maxBytes;
                if (!fits || one.generation() != generation) {
                    break;
                }
                records.add(one.record());
                bytes += one.bytes();
                taken.merge(partition.getKey(), 1, Integer::sum);
            }
        }
        boolean isSmall = records.size() < maxRecords / 2 && bytes < maxBytes / 2;
        if (records.isEmpty() || isSmall && isBesideOneThatIsNotSlow()) {
            return null;
        }
        taken.forEach(this::remove);
        waitingRecords -= records.size();
        waitingBytes -= bytes;
        return begin(new Portion(lane, ticker.nanos(), generation, records, taken.keySet()));
    }

    private Portion begin(Portion portion) {
        lanes[portion.lane()] = portion;
        underWay.add(portion);
        return portion;
    }

    /** The queue that one that waits belongs to; counts it. */
    private Deque<Waiting> queue(Waiting one) {
        waitingRecords++;
        waitingBytes += one.bytes();
        return waiting.computeIfAbsent(one.record().partition(), partition -> new ArrayDeque<>());
    }

    private void remove(int partition, int count) {
        Deque<Waiting> queue = waiting.remove(partition);
        for (int i = 0; i < count; i++) {
            queue.remove();
        }
        if (!queue.isEmpty()) {
            waiting.put(partition, queue);
        }
    }

    private boolean isBusy(int partition) {
        return running().anyMatch(portion -> portion.partitions().contains(partition));
    }

    private boolean isBesideOneThatIsNotSlow() {
        return running().anyMatch(portion -> ticker.since(portion.takenAt()).compareTo(SLOW) <= 0);
    }

    private Stream<Portion> running() {
        return Stream.of(lanes).filter(Objects::nonNull);
    }

    private boolean hasRoom() {
        return waitingRecords < (long) lanes.length * maxRecords && waitingBytes < lanes.length * maxBytes;
    }

    /**
     * Puts back all but the first of a portion's records: they are the next ones of their partitions, and partitions that
     * keep none are the first in line.
     *
     * @return the portion with what it keeps, to be used from now on
     */
    synchronized Portion keep(Portion portion, int count) {
        List<ConsumerRecord<byte[], byte[]>> kept = portion.records().subList(0, count);
        List<ConsumerRecord<byte[], byte[]>> rest = new ArrayList<>(
                portion.records().subList(count, portion.records().size()));
        Set<Integer> partitions = kept.stream().map(ConsumerRecord::partition).collect(Collectors.toSet());
        Map<Integer, Deque<Waiting>> others = new LinkedHashMap<>(waiting);
        waiting.clear();
        rest.stream()
                .map(ConsumerRecord::partition)
                .filter(partition -> !partitions.contains(partition))
                .forEach(partition -> waiting.put(partition, others.getOrDefault(partition, new ArrayDeque<>())));
        others.forEach(waiting::putIfAbsent);
        Collections.reverse(rest);
        for (ConsumerRecord<byte[], byte[]> record : rest) {
            Waiting one = Waiting.of(portion.generation(), record);
            queue(one).addFirst(one);
        }
        underWay.remove(portion);
        return begin(new Portion(portion.lane(), portion.takenAt(), portion.generation(), kept, partitions));
    }

    /** Its partitions and its lane are free for others. */
    synchronized void applied(Portion portion) {
        lanes[portion.lane()] = null;
    }

    /** Nothing is to be done any more for the portion. */
    synchronized void published(Portion portion) {
        underWay.remove(portion);
    }

    /** For how long the oldest has been under way that is not published yet; zero when there is none. */
    synchronized Duration underWayFor() {
        return underWay.stream()
                .map(portion -> ticker.since(portion.takenAt()))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }
}
