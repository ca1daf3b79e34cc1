package dev.lockstep.batch;

import dev.lockstep.decode.Decoded;
import dev.lockstep.decode.Decoder;
import dev.lockstep.domain.Command;
import dev.lockstep.domain.common.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record of the commands topic, decoded.
 *
 * @param keyApplication the application that the record's key names, or null
 * @param idempotencyKey null if the record has none
 */
public record IncomingRecord(
        ConsumerRecord<byte[], byte[]> origin,
        Decoded decoded,
        @Nullable String keyApplication,
        @Nullable UUID idempotencyKey) {

    public static IncomingRecord of(ConsumerRecord<byte[], byte[]> origin, Decoded decoded) {
        if (decoded instanceof Decoded.ValidCommand valid) {
            return new IncomingRecord(origin, decoded, valid.application(), idempotencyKey(valid));
        }
        if (decoded instanceof Decoded.Timer timer) {
            return new IncomingRecord(origin, decoded, timer.application(), null);
        }
        return new IncomingRecord(
                origin,
                decoded,
                decoded instanceof Decoded.RejectedCommand ? Decoder.applicationOfKey(origin.key()) : null,
                null);
    }

    /** The partition that the record belongs to (contract, section 3), as far as is known when it is decided. */
    public int home(BatchState state) {
        if (!(decoded instanceof Decoded.DecodedEvent) || origin.key() == null) {
            return origin.partition();
        }
        return keyApplication == null ? state.homePartition(origin.key()) : state.homePartitionOf(keyApplication);
    }

    /** @return the command, or null if the record is not a command that the rules decide */
    public @Nullable Command command() {
        return decoded instanceof Decoded.ValidCommand valid ? valid.command() : null;
    }

    /** Whether it is not a command, but a notice that something may be due in its application. */
    public boolean isTimer() {
        return decoded instanceof Decoded.Timer;
    }

    /** @return the application it names, or null; the result states its revision even when there is no command to decide */
    public @Nullable String application() {
        return decoded instanceof Decoded.DecodedEvent decodedEvent ? decodedEvent.application() : null;
    }

    public int partition() {
        return origin.partition();
    }

    public long offset() {
        return origin.offset();
    }

    /** A hash of (application, source, id), cut to 128 bits. */
    private static UUID idempotencyKey(Decoded.ValidCommand valid) {
        MessageDigest digest = Digests.sha256();
        for (String part : new String[] {
            valid.application(), valid.envelope().source(), valid.envelope().id()
        }) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            digest.update(bytes);
        }
        return uuidOfFirst16Bytes(digest.digest());
    }

    /** The first 16 bytes, unchanged. */
    public static UUID uuidOfFirst16Bytes(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
