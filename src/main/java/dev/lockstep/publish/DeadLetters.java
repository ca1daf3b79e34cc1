package dev.lockstep.publish;

import dev.lockstep.outbox.OutRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Records that go on as they came: those that are no command, and those that lie in the wrong partition. *
 * <p>{@code authorization} is for the worker alone: a moved command keeps it, since it is judged elsewhere; a dead letter,
 * which stays for a month and is read by people, does not have it.
 */
public final class DeadLetters {

    private static final String AUTHORIZATION = "authorization";

    private static final String REASON = "dead-letter-reason";

    private final Topics topics;

    public DeadLetters(Topics topics) {
        this.topics = topics;
    }

    /** Byte for byte but for a header {@code authorization}, with headers that say why it is here and where it came from (contract, section 4). */
    public OutRecord deadLetter(ConsumerRecord<byte[], byte[]> record, String reason) {
        List<Header> headers = new ArrayList<>(List.of(record.headers().toArray()));
        headers.removeIf(header -> header.key().equalsIgnoreCase(AUTHORIZATION));
        headers.add(CloudEventHeaders.header(REASON, reason));
        headers.add(CloudEventHeaders.header("dead-letter-topic", record.topic()));
        headers.add(CloudEventHeaders.header("dead-letter-partition", Integer.toString(record.partition())));
        headers.add(CloudEventHeaders.header("dead-letter-offset", Long.toString(record.offset())));
        return new OutRecord(topics.deadLetters(), Topics.ANY_PARTITION, record.key(), record.value(), headers, null);
    }

    /** @return the reason that {@link #deadLetter} gave a record */
    public static String reason(OutRecord deadLetter) {
        return deadLetter.headers().stream()
                .filter(header -> header.key().equals(REASON))
                .reduce((before, last) -> last)
                .map(header -> new String(header.value(), StandardCharsets.UTF_8))
                .orElse("");
    }

    /** The same record where the application of its key lives (contract, section 3). */
    public OutRecord moved(ConsumerRecord<byte[], byte[]> record, int home) {
        return new OutRecord(
                topics.commands(),
                home,
                record.key(),
                record.value(),
                List.of(record.headers().toArray()),
                record.timestamp() < 0 ? null : record.timestamp());
    }
}
