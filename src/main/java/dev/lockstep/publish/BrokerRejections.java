package dev.lockstep.publish;

import dev.lockstep.batch.OutgoingRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jboss.logging.Logger;

/**
 * Decides what to do about a record that its topic rejects for good: retrying it unchanged never helps. The only place
 * that knows this:
 *
 * <table>
 * <caption>Rejections and their remedies</caption>
 * <tr><th>rejected</th><th>record</th><th>remedy</th></tr>
 * <tr><td>{@link RecordTooLargeException}, {@link RecordBatchTooLargeException}</td>
 *     <td>a dead letter</td><td>is shortened, further each time</td></tr>
 * <tr><td>{@link InvalidTimestampException}, {@link InvalidRecordException}</td>
 *     <td>with a timestamp of its own (a moved command)</td><td>goes with the time of sending</td></tr>
 * <tr><td>any of them</td><td>any other</td><td>none: its partition waits until the topic accepts it</td></tr>
 * </table>
 *
 * <p>The client names several invalid timestamps in one batch {@code InvalidRecordException}, a single one by its own name.
 * Kafka's other rejections (a missing topic or privilege, too few replicas) are not about the record.
 */
final class BrokerRejections {

    private static final Logger LOG = Logger.getLogger(BrokerRejections.class);

    private final String deadLetterTopic;
    private final int truncatedBytes;

    /** @param truncatedBytes how many bytes of a dead letter are kept at first */
    BrokerRejections(String deadLetterTopic, int truncatedBytes) {
        this.deadLetterTopic = deadLetterTopic;
        this.truncatedBytes = truncatedBytes;
    }

    /** Whether the topic rejects the record itself, so that retrying changes nothing. */
    static boolean isRejection(Throwable failure) {
        return isTooLarge(failure)
                || failure instanceof InvalidTimestampException
                || failure instanceof InvalidRecordException;
    }

    static boolean isTooLarge(Throwable rejection) {
        return rejection instanceof RecordTooLargeException || rejection instanceof RecordBatchTooLargeException;
    }

    /** @return the record to send instead, or null when there is no remedy */
    OutgoingRecord replacementFor(OutgoingRecord record, Exception rejection) {
        if (!isTooLarge(rejection)) {
            return record.timestamp() == null ? null : withCurrentTime(record);
        }
        if (!record.topic().equals(deadLetterTopic)) {
            return null;
        }
        LOG.warnf("Shortening a dead letter that is too large partition=%d", record.partition());
        return Truncation.shorten(record, truncatedBytes);
    }

    /** A description for people, with what they can do about it. */
    static String describe(OutgoingRecord record, Exception rejection) {
        String topic = "topic " + record.topic();
        return isTooLarge(rejection)
                ? topic + " rejects a record as too large; raise its max.message.bytes"
                : topic + " rejects a record: " + rejection.getClass().getSimpleName();
    }

    private static OutgoingRecord withCurrentTime(OutgoingRecord record) {
        LOG.infof(
                "A topic rejected a record's timestamp, resending with the current time topic=%s partition=%d",
                record.topic(), record.partition());
        return new OutgoingRecord(
                record.topic(), record.partition(), record.key(), record.value(), record.headers(), null);
    }
}
