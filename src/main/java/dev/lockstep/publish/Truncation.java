package dev.lockstep.publish;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.wire.KafkaHeaders;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Header;

/** The last resort for a dead letter that its topic does not accept in full: part of it, and a header that says so. */
final class Truncation {

    private Truncation() {}

    /**
     * Shortens further with each call: key and value to {@code limit} bytes, then foreign headers go, then the value
     * is halved until nothing is left of it, then the key.
     *
     * @return the shorter record, or null if nothing is left to remove
     */
    static OutgoingRecord shorten(OutgoingRecord record, int limit) {
        List<Header> headers = withTruncatedHeader(record);
        if (length(record.key()) > limit || length(record.value()) > limit) {
            return with(record, truncate(record.key(), limit), truncate(record.value(), limit), headers);
        }
        List<Header> own = headers.subList(firstWorkerHeader(headers), headers.size());
        if (own.size() < headers.size()) {
            return with(record, record.key(), record.value(), own);
        }
        if (length(record.value()) > 0) {
            return with(record, record.key(), truncate(record.value(), length(record.value()) / 2), headers);
        }
        int half = length(record.key()) / 2;
        return length(record.key()) == 0 ? null : with(record, truncate(record.key(), half), record.value(), headers);
    }

    private static List<Header> withTruncatedHeader(OutgoingRecord record) {
        List<Header> headers = new ArrayList<>(record.headers());
        if (headers.stream().skip(firstWorkerHeader(headers)).noneMatch(header -> header.key()
                .equals(KafkaHeaders.DEAD_LETTER_TRUNCATED))) {
            headers.add(
                    KafkaHeaders.header(KafkaHeaders.DEAD_LETTER_TRUNCATED, Integer.toString(length(record.value()))));
        }
        return headers;
    }

    /** The worker's own headers come last, starting with the reason, whatever the record's own headers are called. */
    private static int firstWorkerHeader(List<Header> headers) {
        int first = headers.size();
        while (first > 0 && !headers.get(--first).key().equals(KafkaHeaders.DEAD_LETTER_REASON)) {}
        return first;
    }

    private static OutgoingRecord with(OutgoingRecord record, byte[] key, byte[] value, List<Header> headers) {
        return new OutgoingRecord(record.topic(), record.partition(), key, value, headers, record.timestamp());
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static byte[] truncate(byte[] bytes, int limit) {
        return length(bytes) <= limit ? bytes : Arrays.copyOf(bytes, limit);
    }
}
