package dev.lockstep;

import dev.lockstep.command.Decoded;
import dev.lockstep.domain.Command;
import dev.lockstep.publish.Topics;
import dev.lockstep.store.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record of the commands topic, decoded.
 *
 * @param home the partition it belongs into
 * @param key of idempotency, or null when the record takes none
 */
record Received(ConsumerRecord<byte[], byte[]> origin, Decoded decoded, int home, UUID key) implements Entry {

    static Received of(ConsumerRecord<byte[], byte[]> origin, Decoded decoded, Topics topics) {
        boolean belongsElsewhere = decoded instanceof Decoded.Request && origin.key() != null;
        int home = belongsElsewhere ? topics.home(origin.key()) : origin.partition();
        UUID key = home == origin.partition() && decoded instanceof Decoded.Valid valid ? idempotencyKey(valid) : null;
        return new Received(origin, decoded, home, key);
    }

    /** Whether the record lies in another partition than its key's (contract, section 3). */
    boolean misplaced() {
        return home != origin.partition();
    }

    @Override
    public Command command() {
        return !misplaced() && decoded instanceof Decoded.Valid valid ? valid.command() : null;
    }

    @Override
    public String application() {
        return !misplaced() && decoded instanceof Decoded.Request request ? request.application() : null;
    }

    /** A hash of (application, source, id), cut to 128 bits. */
    private static UUID idempotencyKey(Decoded.Valid valid) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : new String[] {
                valid.application(), valid.envelope().source(), valid.envelope().id()
            }) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
                digest.update(bytes);
            }
            return uuid(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first 16 bytes as they are. */
    static UUID uuid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
