package dev.lockstep.publish;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import net.jpountz.lz4.LZ4Factory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.jboss.logging.Logger;

/** The producers of a worker, and whose turn it is. Used on the publisher's thread; only {@link #close} may come from another. */
final class Producers {

    private static final Logger LOG = Logger.getLogger(Producers.class);

    /**
     * They take turns, one transaction each. A commit is answered before its markers are written, and until they are, the
     * broker lets that producer wait with its next transaction, for 20 ms by default. The other one can go on at once, and
     * still comes behind: its records are appended later, and nobody sees them before those of a transaction that is being
     * completed.
     */
    private static final int BY_TURNS = 2;

    /**
     * The number of one more, for what a topic may refuse for its size. The client splits a batch that is refused into some of
     * its own batch size, and only a record that is refused alone has a name: with this one, every record comes to that.
     */
    private static final int CAREFUL = BY_TURNS;

    private static final int ONE_RECORD = 1;

    private final List<FencedProducer> all;
    private int turn;

    /**
     * @param makes transactional producers, every one of the same number with the same transactional id
     * @param trouble told of each failure that is tried again in here
     */
    Producers(IntFunction<Producer<byte[], byte[]>> makes, int commitRetries, Consumer<Throwable> trouble) {
        all = IntStream.rangeClosed(0, CAREFUL)
                .mapToObj(number -> new FencedProducer(() -> makes.apply(number), commitRetries, trouble))
                .toList();
    }

    /** Makes producers by number; those of one number share a transactional id: prefix, random part of the process, number. */
    static IntFunction<Producer<byte[], byte[]>> making(Map<String, Object> connection, PublishSettings settings) {
        preferNativeCompression();
        String process = settings.transactionalIdPrefix() + UUID.randomUUID();
        return number -> new KafkaProducer<>(ProducerProperties.producer(
                connection, settings, process + "-" + number, number == CAREFUL ? ONE_RECORD : settings.batchBytes()));
    }

    /**
     * The library takes its native code only where it was loaded by the system's class loader, or is loaded already; the
     * class loader of a packaged worker is another.
     */
    private static void preferNativeCompression() {
        try {
            LZ4Factory.nativeInstance();
        } catch (LinkageError | RuntimeException e) {
            LOG.infof("Compressing in Java, the native library cannot be loaded reason=%s", e);
        }
    }

    /**
     * The next one to use, ready for it; the same until something is {@linkplain #committedBy committed}. Of the one whose
     * turn it is, nothing is left open when the other goes before it.
     */
    FencedProducer next(boolean careful) {
        all.get(turn).open();
        FencedProducer next = all.get(careful ? CAREFUL : turn);
        next.open();
        return next;
    }

    void committedBy(FencedProducer producer) {
        if (producer == all.get(turn)) {
            turn = (turn + 1) % BY_TURNS;
        }
    }

    void close() {
        all.forEach(FencedProducer::close);
    }
}
