package dev.lockstep.batch;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record to be published.
 *
 * @param partition chosen by the worker: an application's records are in the partition of the same number on every topic
 * @param key may be null
 * @param value null for a tombstone
 * @param timestamp milliseconds since the epoch, or null for the time of sending
 */
public record OutgoingRecord(
        String topic,
        int partition,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers,
        @Nullable Long timestamp) {

    /** A record without a timestamp of its own. */
    public static OutgoingRecord of(
            String topic, int partition, @Nullable String key, byte @Nullable [] value, List<Header> headers) {
        return new OutgoingRecord(
                topic, partition, key == null ? null : key.getBytes(StandardCharsets.UTF_8), value, headers, null);
    }

    /** The size of key and value. */
    public int sizeInBytes() {
        return (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
    }
}
