package dev.lockstep.intake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A backlog with two lanes and a clock that stands still, and records for it. */
abstract class BacklogRig {

    static final int GENERATION = 3;
    static final int RECORDS = 10;
    static final int BYTES = 1_000;

    static final long NO_TIMESTAMP = ConsumerRecord.NO_TIMESTAMP;

    long now;
    final Backlog backlog = new Backlog(2, RECORDS, BYTES, () -> now, this::isHeldUp);
    final Set<Integer> heldUp = new HashSet<>();
    final Map<Integer, Long> ends = new HashMap<>();

    boolean isHeldUp(int partition) {
        return heldUp.contains(partition);
    }

    void offer(int partition, int count) {
        offer(partition, GENERATION, count, 1);
    }

    void offer(int partition, int generation, int count, int bytes) {
        backlog.offer(generation, records(partition, count, bytes));
    }

    /** @return how many records fit */
    int expect(int partition, int count, int bytes) {
        return backlog.reserve(records(partition, count, bytes));
    }

    List<ConsumerRecord<byte[], byte[]>> records(int partition, int count, int bytes) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(record(partition, bytes));
        }
        return records;
    }

    ConsumerRecord<byte[], byte[]> record(int partition, int bytes) {
        return record(partition, bytes, 0);
    }

    ConsumerRecord<byte[], byte[]> record(int partition, int bytes, long timestamp) {
        return new ConsumerRecord<>(
                "commands",
                partition,
                ends.merge(partition, 1L, Long::sum) - 1,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                bytes,
                null,
                null,
                new RecordHeaders(),
                Optional.empty());
    }

    InFlightBatch next() {
        return backlog.takeBatch();
    }

    static List<String> offsets(InFlightBatch batch) {
        return batch.records().stream()
                .map(record -> record.partition() + "/" + record.offset())
                .toList();
    }
}
