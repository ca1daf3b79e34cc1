package dev.lockstep.intake;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The connector writes the generation of the group into a header of each record, and removes all headers of that name when
 * it reads it; one that was sent by a client would be lost. Such a record passes through the connector with a copy of its
 * headers, and gets the original ones back afterwards.
 */
final class GenerationHeader {

    static final String NAME = "__smallrye_generationId";

    private static final class HeadersCopy extends RecordHeaders {
        private final Headers original;

        HeadersCopy(Headers original) {
            super(original);
            this.original = original;
        }
    }

    private GenerationHeader() {}

    /** Called before the connector gets the record. */
    static ConsumerRecord<byte[], byte[]> preserve(ConsumerRecord<byte[], byte[]> record) {
        return record.headers().lastHeader(NAME) == null ? record : with(record, new HeadersCopy(record.headers()));
    }

    /** Called once the connector has read its own header. */
    static ConsumerRecord<byte[], byte[]> restore(ConsumerRecord<byte[], byte[]> record) {
        return record.headers() instanceof HeadersCopy copy ? with(record, copy.original) : record;
    }

    private static ConsumerRecord<byte[], byte[]> with(ConsumerRecord<byte[], byte[]> record, Headers headers) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                record.serializedKeySize(),
                record.serializedValueSize(),
                record.key(),
                record.value(),
                headers,
                record.leaderEpoch());
    }
}
