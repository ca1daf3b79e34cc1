package dev.lockstep.render;

import static dev.lockstep.wire.KafkaHeaders.header;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.wire.KafkaHeaders;
import dev.lockstep.wire.Topics;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Records that are forwarded unchanged: those that are not commands, and commands in the wrong partition.
 *
 * <p>{@code authorization} may hold a credential: a moved command keeps it, since it is decided on elsewhere; a dead letter,
 * which is kept for a month and read by people, does not.
 */
public final class ForwardedRecords {

    private final Topics topics;

    public ForwardedRecords(Topics topics) {
        this.topics = topics;
    }

    /**
     * The record byte for byte without {@code authorization}, with headers that say why it is here and where it came from
     * (contract, section 2).
     */
    public OutgoingRecord deadLetter(ConsumerRecord<byte[], byte[]> record, String reason) {
        List<Header> headers = new ArrayList<>(List.of(record.headers().toArray()));
        headers.removeIf(header -> header.key().equalsIgnoreCase(KafkaHeaders.AUTHORIZATION));
        headers.add(header(KafkaHeaders.DEAD_LETTER_REASON, reason));
        headers.add(header(KafkaHeaders.DEAD_LETTER_PREFIX + "topic", record.topic()));
        headers.add(header(KafkaHeaders.DEAD_LETTER_PREFIX + "partition", Integer.toString(record.partition())));
        headers.add(header(KafkaHeaders.DEAD_LETTER_PREFIX + "offset", Long.toString(record.offset())));
        return new OutgoingRecord(
                topics.deadLetters(), Topics.ANY_PARTITION, record.key(), record.value(), headers, null);
    }

    /** The same record in the partition where its key's application lives (contract, section 3). */
    public OutgoingRecord moved(ConsumerRecord<byte[], byte[]> record, int home) {
        return new OutgoingRecord(
                topics.commands(),
                home,
                record.key(),
                record.value(),
                List.of(record.headers().toArray()),
                record.timestamp() < 0 ? null : record.timestamp());
    }
}
