package dev.lockstep.publish;

import dev.lockstep.config.PublishConfig;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import net.jpountz.lz4.LZ4Factory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.jboss.logging.Logger;

/** A worker's producers, used in rotation. Used on the publisher's thread; only {@link #close} may come from another. */
final class ProducerRotation {

    private static final Logger LOG = Logger.getLogger(ProducerRotation.class);

    /**
     * They take turns, one transaction each. A commit is answered before its markers are written, and until they are, the
     * broker lets that producer wait with its next transaction, for 20 ms by default. The other one can go on at once, and
     * still comes behind: its records are appended later, and nobody sees them before those of a transaction that is being
     * completed.
     */
    private static final List<Integer> ROTATION_NUMBERS = List.of(0, 1);

    /**
     * The number of one more, for what a topic may refuse for its size. The client splits a batch that is refused into some of
     * its own batch size, and only a record that is refused alone has a name: with this one, every record comes to that. (One
     * of less than some 15 bytes, headers included, might share a batch that is not compressed; nothing that goes out is as
     * small.)
     */
    private static final int UNBATCHED = 2;

    private static final int PAGES = 3;
    private static final int PAGES_UNBATCHED = 4;

    private static final int UNBATCHED_BYTES = 1;

    private final List<TransactionalProducer> rotation;
    private final TransactionalProducer unbatched;
    private int currentIndex;

    private ProducerRotation(List<TransactionalProducer> byTurns, TransactionalProducer careful) {
        this.rotation = byTurns;
        this.unbatched = careful;
    }

    /**
     * For most of what goes out.
     *
     * @param makes transactional producers, every one of the same number with the same transactional id
     * @param trouble told of each failure that is tried again in here
     */
    static ProducerRotation forBatches(
            IntFunction<Producer<byte[], byte[]>> makes, int commitRetries, Consumer<Throwable> trouble) {
        IntFunction<TransactionalProducer> producer =
                number -> new TransactionalProducer(() -> makes.apply(number), commitRetries, trouble);
        return new ProducerRotation(
                ROTATION_NUMBERS.stream().map(producer::apply).toList(), producer.apply(UNBATCHED));
    }

    /** For what goes out in pages, on another thread: one transaction is as long as a hundred others, and needs no turns. */
    static ProducerRotation forPages(
            IntFunction<Producer<byte[], byte[]>> makes, int commitRetries, Consumer<Throwable> trouble) {
        IntFunction<TransactionalProducer> producer =
                number -> new TransactionalProducer(() -> makes.apply(number), commitRetries, trouble);
        return new ProducerRotation(List.of(producer.apply(PAGES)), producer.apply(PAGES_UNBATCHED));
    }

    /** Makes producers by number; those of one number share a transactional id: prefix, random part of the process, number. */
    static IntFunction<Producer<byte[], byte[]>> factory(Map<String, Object> connection, PublishConfig settings) {
        preferNativeCompression();
        String process = settings.transactionalIdPrefix() + UUID.randomUUID();
        return number -> {
            boolean isCareful = number == UNBATCHED || number == PAGES_UNBATCHED;
            Map<String, Object> properties = ProducerProperties.producer(
                    connection, settings, process + "-" + number, isCareful ? UNBATCHED_BYTES : settings.batchBytes());
            if (number >= PAGES) {
                properties.putAll(ProducerProperties.pagesOverrides(settings));
            }
            return new KafkaProducer<>(properties);
        };
    }

    /**
     * The library takes its native code only where it was loaded by the system's class loader, or is loaded already; the
     * class loader of a packaged worker is another.
     */
    private static void preferNativeCompression() {
        try {
            LZ4Factory.nativeInstance();
        } catch (LinkageError | RuntimeException e) {
            LOG.infof("Using LZ4 in pure Java, its native library cannot be loaded reason=%s", e);
        }
    }

    /**
     * The next one to use, ready for it; the same until something is {@linkplain #rotateAfterCommit committed}. Of the one whose
     * turn it is, nothing is left open when the other goes before it.
     */
    TransactionalProducer next(boolean isCareful) {
        rotation.get(currentIndex).open();
        TransactionalProducer next = isCareful ? unbatched : rotation.get(currentIndex);
        next.open();
        return next;
    }

    void rotateAfterCommit(TransactionalProducer producer) {
        if (producer == rotation.get(currentIndex)) {
            currentIndex = (currentIndex + 1) % rotation.size();
        }
    }

    void close() {
        rotation.forEach(TransactionalProducer::close);
        unbatched.close();
    }
}
