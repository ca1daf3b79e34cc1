package dev.lockstep;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * What waits in the {@link Backlog}.
 *
 * @param record null for the mark of a partition
 */
record Waiting(int generation, int partition, ConsumerRecord<byte[], byte[]> record, long bytes, boolean isAlone) {

    static Waiting of(int generation, ConsumerRecord<byte[], byte[]> record, boolean isAlone) {
        return new Waiting(generation, record.partition(), record, bytes(record), isAlone);
    }

    static Waiting mark(int generation, int partition) {
        return new Waiting(generation, partition, null, 0, false);
    }

    boolean isMark() {
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
