package dev.lockstep.intake;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * An entry of the {@link Backlog}.
 *
 * @param record null for an entry that only marks a partition
 */
record BacklogEntry(
        int generation, int partition, ConsumerRecord<byte[], byte[]> record, long bytes, boolean isExclusive) {

    static BacklogEntry of(int generation, ConsumerRecord<byte[], byte[]> record, boolean isExclusive) {
        return new BacklogEntry(generation, record.partition(), record, bytes(record), isExclusive);
    }

    static BacklogEntry probe(int generation, int partition) {
        return new BacklogEntry(generation, partition, null, 0, false);
    }

    boolean isProbe() {
        return record == null;
    }

    static long bytes(ConsumerRecord<byte[], byte[]> record) {
        long bytes = Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        for (Header header : record.headers()) {
            bytes += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return bytes;
    }
}
