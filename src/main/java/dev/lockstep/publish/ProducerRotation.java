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
     * Producers take turns, one transaction each. A commit is answered before its markers are written; until they are, the
     * broker makes that producer wait with its next transaction, for 20 ms by default. The other can proceed at once, and
     * order is still kept: its records are appended later, and nobody sees them before those of a transaction that is being
     * completed.
     */
    private static final List<Integer> ROTATION_NUMBERS = List.of(0, 1);

    /**
     * The number of another producer, for records that may be rejected for their size. The client splits a rejected batch into
     * batches of its own batch size, and identifies a rejected record only if it is alone: with this one, each record is. (One
     * of less than some 15 bytes, headers included, might share an uncompressed batch; nothing that is published is that
     * small.)
     */
    private static final int UNBATCHED = 2;

    private static final int PAGES = 3;
    private static final int PAGES_UNBATCHED = 4;

    private static final int UNBATCHED_BYTES = 1;

    private final List<TransactionalProducer> rotation;
    private final TransactionalProducer unbatched;
    private int currentIndex;

    private ProducerRotation(List<TransactionalProducer> rotation, TransactionalProducer unbatched) {
        this.rotation = rotation;
        this.unbatched = unbatched;
    }

    /**
     * For most output.
     *
     * @param producerFactory creates transactional producers; all with the same number have the same transactional id
     * @param onRetry called for each failure that is retried here
     */
    static ProducerRotation forBatches(
            IntFunction<Producer<byte[], byte[]>> producerFactory, int commitRetries, Consumer<Throwable> onRetry) {
        IntFunction<TransactionalProducer> producer =
                number -> new TransactionalProducer(() -> producerFactory.apply(number), commitRetries, onRetry);
        return new ProducerRotation(
                ROTATION_NUMBERS.stream().map(producer::apply).toList(), producer.apply(UNBATCHED));
    }

    /** For paged output, on another thread: one transaction takes as long as a hundred others, so there is no rotation. */
    static ProducerRotation forPages(
            IntFunction<Producer<byte[], byte[]>> producerFactory, int commitRetries, Consumer<Throwable> onRetry) {
        IntFunction<TransactionalProducer> producer =
                number -> new TransactionalProducer(() -> producerFactory.apply(number), commitRetries, onRetry);
        return new ProducerRotation(List.of(producer.apply(PAGES)), producer.apply(PAGES_UNBATCHED));
    }

    /** Makes producers by number; those of one number share a transactional id: prefix, the process's random part, number. */
    static IntFunction<Producer<byte[], byte[]>> factory(Map<String, Object> connection, PublishConfig settings) {
        preferNativeCompression();
        String process = settings.transactionalIdPrefix() + UUID.randomUUID();
        return number -> {
            boolean isUnbatched = number == UNBATCHED || number == PAGES_UNBATCHED;
            Map<String, Object> properties = ProducerProperties.forProducer(
                    connection,
                    settings,
                    process + "-" + number,
                    isUnbatched ? UNBATCHED_BYTES : settings.batchBytes());
            if (number >= PAGES) {
                properties.putAll(ProducerProperties.pagesOverrides(settings));
            }
            return new KafkaProducer<>(properties);
        };
    }

    /**
     * The library uses its native code only if it was loaded by the system class loader, or is loaded already; the
     * class loader of a packaged worker is a different one.
     */
    private static void preferNativeCompression() {
        try {
            LZ4Factory.nativeInstance();
        } catch (LinkageError | RuntimeException e) {
            LOG.infof("Using LZ4 in pure Java; its native library cannot be loaded reason=%s", e);
        }
    }

    /**
     * The next producer, ready for use; the same until something is {@linkplain #rotateAfterCommit committed}. The producer whose turn it is is opened first even if the unbatched one is used, so that it leaves no transaction open.
     */
    TransactionalProducer next(boolean isUnbatched) {
        rotation.get(currentIndex).open();
        TransactionalProducer next = isUnbatched ? unbatched : rotation.get(currentIndex);
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
