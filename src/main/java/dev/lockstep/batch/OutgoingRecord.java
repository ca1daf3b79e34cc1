package dev.lockstep.batch;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record as it is to be published.
 *
 * @param partition chosen by us: an application's records lie in the partition of the same number on every topic
 * @param key may be null
 * @param value null is a tombstone
 * @param timestamp milliseconds since the epoch, or null for the time of sending
 */
public record OutgoingRecord(
        String topic,
        int partition,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers,
        @Nullable Long timestamp) {

    /** One without a time of its own. */
    public static OutgoingRecord of(
            String topic, int partition, @Nullable String key, byte @Nullable [] value, List<Header> headers) {
        return new OutgoingRecord(
                topic, partition, key == null ? null : key.getBytes(StandardCharsets.UTF_8), value, headers, null);
    }

    /** Of key and value. */
    public int sizeInBytes() {
        return (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
    }
}
