package dev.lockstep;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Records that were polled and wait for their transaction. A transaction takes whatever waits, so an idle worker answers at
 * once and a loaded one fills its transactions; and as an application lies in one partition, several can run at a time, as
 * long as no partition is in two of them. Within a partition the order is that of the poll. Thread-safe.
 */
final class Backlog {

    private static final Duration SLOW = Duration.ofSeconds(1);

    /**
     * What a lane takes at once: one transaction, or one more for each pipeline that it defines on the way.
     *
     * @param lane that takes it, from 0
     * @param generation of the consumer group, under which the records were polled
     * @param records of each partition in their order
     */
    record Portion(int lane, int generation, List<ConsumerRecord<byte[], byte[]>> records, Set<Integer> partitions) {}

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
    private final Map<Integer, Deque<Waiting>> waiting = new LinkedHashMap<>();
    private final Map<Portion, Instant> underWay = new IdentityHashMap<>();
    private int waitingRecords;
    private long waitingBytes;
    private CompletableFuture<Void> room = CompletableFuture.completedFuture(null);

    /**
     * @param lanes how many transactions run at a time, 1 or more
     * @param maxRecords that a transaction takes
     * @param maxBytes of keys, values and headers that a transaction takes, unless a single record has more
     */
    Backlog(int lanes, int maxRecords, long maxBytes) {
        this.lanes = new Portion[lanes];
        this.maxRecords = maxRecords;
        this.maxBytes = maxBytes;
    }

    /** @return completes when there is room for more: not while what waits would fill every lane */
    synchronized CompletionStage<Void> offer(int generation, Iterable<ConsumerRecord<byte[], byte[]>> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Waiting one = Waiting.of(generation, record);
            waiting.computeIfAbsent(record.partition(), partition -> new ArrayDeque<>())
                    .add(one);
            waitingRecords++;
            waitingBytes += one.bytes();
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
     * @return null when there is nothing to take, or no lane is free
     */
    Portion next(Instant now) {
        Portion portion;
        CompletableFuture<Void> madeRoom = null;
        synchronized (this) {
            long running = Stream.of(lanes).filter(Objects::nonNull).count();
            portion = running == 0 || running < lanes.length && isWorthALane(now) ? take(now) : null;
            if (portion != null && hasRoom()) {
                madeRoom = room;
            }
        }
        if (madeRoom != null) {
            madeRoom.complete(null);
        }
        return portion;
    }

    private Portion take(Instant now) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Set<Integer> partitions = new HashSet<>();
        int generation = 0;
        long bytes = 0;
        for (Integer partition : List.copyOf(waiting.keySet())) {
            Deque<Waiting> queue = waiting.get(partition);
            boolean first = records.isEmpty();
            if (isBusy(partition) || !first && queue.size() > maxRecords - records.size()) {
                continue;
            }
            generation = first ? queue.peek().generation() : generation;
            while (!queue.isEmpty()
                    && queue.peek().generation() == generation
                    && records.size() < maxRecords
                    && (records.isEmpty() || bytes + queue.peek().bytes() <= maxBytes)) {
                bytes += queue.peek().bytes();
                records.add(queue.poll().record());
                partitions.add(partition);
            }
            if (partitions.contains(partition)) {
                waiting.remove(partition);
                if (!queue.isEmpty()) {
                    waiting.put(partition, queue);
                }
            }
        }
        if (records.isEmpty()) {
            return null;
        }
        waitingRecords -= records.size();
        waitingBytes -= bytes;
        Portion portion = new Portion(Arrays.asList(lanes).indexOf(null), generation, records, partitions);
        lanes[portion.lane()] = portion;
        underWay.put(portion, now);
        return portion;
    }

    private boolean isBusy(int partition) {
        return Stream.of(lanes)
                .anyMatch(portion -> portion != null && portion.partitions().contains(partition));
    }

    private boolean isWorthALane(Instant now) {
        Instant oldest = underWaySince();
        if (oldest != null && oldest.plus(SLOW).isBefore(now)) {
            return true;
        }
        List<Deque<Waiting>> free = waiting.entrySet().stream()
                .filter(partition -> !isBusy(partition.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        return free.stream().mapToInt(Deque::size).sum() >= maxRecords / 2
                || free.stream()
                                .flatMap(Deque::stream)
                                .mapToLong(Waiting::bytes)
                                .sum()
                        >= maxBytes / 2;
    }

    private boolean hasRoom() {
        return waitingRecords < (long) lanes.length * maxRecords && waitingBytes < lanes.length * maxBytes;
    }

    /** Its partitions and its lane are free for others. */
    synchronized void applied(Portion portion) {
        lanes[portion.lane()] = null;
    }

    /** A part of the portion is done: what is slow but moves is not stuck. */
    synchronized void moved(Portion portion, Instant now) {
        underWay.computeIfPresent(portion, (moving, since) -> now);
    }

    /** Nothing is to be done any more for the portion. */
    synchronized void published(Portion portion) {
        underWay.remove(portion);
    }

    /** Since when one that is not published yet has not moved, the oldest of them, or null when there is none. */
    synchronized Instant underWaySince() {
        return underWay.values().stream().min(Instant::compareTo).orElse(null);
    }
}
