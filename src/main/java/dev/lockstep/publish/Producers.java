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

/** The producers of a worker, and whose turn it is. Used on the publisher's thread; only {@link #close} may come from another. */
final class Producers {

    private static final Logger LOG = Logger.getLogger(Producers.class);

    /**
     * They take turns, one transaction each. A commit is answered before its markers are written, and until they are, the
     * broker lets that producer wait with its next transaction, for 20 ms by default. The other one can go on at once, and
     * still comes behind: its records are appended later, and nobody sees them before those of a transaction that is being
     * completed.
     */
    private static final List<Integer> BY_TURNS = List.of(0, 1);

    /**
     * The number of one more, for what a topic may refuse for its size. The client splits a batch that is refused into some of
     * its own batch size, and only a record that is refused alone has a name: with this one, every record comes to that. (One
     * of less than some 15 bytes, headers included, might share a batch that is not compressed; nothing that goes out is as small.)
     */
    private static final int CAREFUL = 2;

    private static final int OF_PAGES = 3;
    private static final int CAREFUL_OF_PAGES = 4;

    private static final int ONE_RECORD = 1;

    private final List<FencedProducer> byTurns;
    private final FencedProducer careful;
    private int turn;

    private Producers(List<FencedProducer> byTurns, FencedProducer careful) {
        this.byTurns = byTurns;
        this.careful = careful;
    }

    /**
     * For most of what goes out.
     *
     * @param makes transactional producers, every one of the same number with the same transactional id
     * @param trouble told of each failure that is tried again in here
     */
    static Producers usual(
            IntFunction<Producer<byte[], byte[]>> makes, int commitRetries, Consumer<Throwable> trouble) {
        IntFunction<FencedProducer> producer =
                number -> new FencedProducer(() -> makes.apply(number), commitRetries, trouble);
        return new Producers(BY_TURNS.stream().map(producer::apply).toList(), producer.apply(CAREFUL));
    }

    /** For what goes out in pages, on another thread: one transaction is as long as a hundred others, and needs no turns. */
    static Producers ofPages(
            IntFunction<Producer<byte[], byte[]>> makes, int commitRetries, Consumer<Throwable> trouble) {
        IntFunction<FencedProducer> producer =
                number -> new FencedProducer(() -> makes.apply(number), commitRetries, trouble);
        return new Producers(List.of(producer.apply(OF_PAGES)), producer.apply(CAREFUL_OF_PAGES));
    }

    /** Makes producers by number; those of one number share a transactional id: prefix, random part of the process, number. */
    static IntFunction<Producer<byte[], byte[]>> making(Map<String, Object> connection, PublishConfig settings) {
        preferNativeCompression();
        String process = settings.transactionalIdPrefix() + UUID.randomUUID();
        return number -> {
            boolean isCareful = number == CAREFUL || number == CAREFUL_OF_PAGES;
            Map<String, Object> properties = ProducerProperties.producer(
                    connection, settings, process + "-" + number, isCareful ? ONE_RECORD : settings.batchBytes());
            if (number >= OF_PAGES) {
                properties.putAll(ProducerProperties.ofPages(settings));
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
     * The next one to use, ready for it; the same until something is {@linkplain #committedBy committed}. Of the one whose
     * turn it is, nothing is left open when the other goes before it.
     */
    FencedProducer next(boolean isCareful) {
        byTurns.get(turn).open();
        FencedProducer next = isCareful ? careful : byTurns.get(turn);
        next.open();
        return next;
    }

    void committedBy(FencedProducer producer) {
        if (producer == byTurns.get(turn)) {
            turn = (turn + 1) % byTurns.size();
        }
    }

    void close() {
        byTurns.forEach(FencedProducer::close);
        careful.close();
    }
}
