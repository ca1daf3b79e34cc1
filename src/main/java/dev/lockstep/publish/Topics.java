package dev.lockstep.publish;

import dev.lockstep.outbox.OutRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Utils;

/**
 * The topics by name, and where an application's records lie in them.
 *
 * @param partitions of every topic but the dead letters'
 */
public record Topics(
        String commands,
        String results,
        String events,
        String releaseStatus,
        String deploymentStatus,
        String deadLetters,
        int partitions) {

    /** Lets the producer choose: for dead letters, whose topic has a partition count of its own. */
    public static final int ANY_PARTITION = -1;

    /** The partition of a key on every topic: Kafka's own default (contract, section 2). */
    public int home(byte[] key) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }

    public int home(String application) {
        return home(application.getBytes(StandardCharsets.UTF_8));
    }

    OutRecord record(String topic, int partition, String key, byte[] value, List<Header> headers) {
        return new OutRecord(
                topic, partition, key == null ? null : key.getBytes(StandardCharsets.UTF_8), value, headers, null);
    }
}
