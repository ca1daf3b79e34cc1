package dev.lockstep.publish;

import dev.lockstep.outbox.OutRecord;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.jboss.logging.Logger;

/**
 * A transactional producer, replaced by another with the same transactional id when it is beyond help. Used on one thread;
 * only {@link #close} may come from another.
 */
final class FencedProducer {

    private static final Logger LOG = Logger.getLogger(FencedProducer.class);

    /** Above zero: a producer closed with no time at all leaves its transaction open to hold up everybody else. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final Supplier<Producer<byte[], byte[]>> factory;
    private final int commitRetries;
    private final Consumer<Throwable> trouble;
    private volatile Producer<byte[], byte[]> producer;
    private volatile boolean closed;

    /** @param trouble told of each failure that is tried again in here */
    FencedProducer(Supplier<Producer<byte[], byte[]>> factory, int commitRetries, Consumer<Throwable> trouble) {
        this.factory = factory;
        this.commitRetries = commitRetries;
        this.trouble = trouble;
    }

    /** Makes sure that there is a producer; a new one settles the transaction its predecessor left behind. */
    void open() {
        if (producer != null) {
            return;
        }
        Producer<byte[], byte[]> next = factory.get();
        producer = next;
        try {
            if (closed) {
                throw new IllegalStateException("No new producer after the end");
            }
            next.initTransactions();
        } catch (RuntimeException e) {
            discard();
            throw e;
        }
    }

    /**
     * One transaction: the records in their order, and the offsets on behalf of the group's member.
     *
     * @param alone which records go into a producer batch of their own
     * @throws NotCommitted when nothing of it happened
     * @throws OutcomeUnknown when all or nothing of it happened
     */
    void commit(
            List<OutRecord> records,
            Predicate<OutRecord> alone,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            ConsumerGroupMetadata group) {
        Producer<byte[], byte[]> transaction = producer;
        Refusals refusals = new Refusals();
        try {
            transaction.beginTransaction();
            for (OutRecord out : records) {
                if (alone.test(out)) {
                    transaction.flush();
                    transaction.send(toKafka(out), (sent, e) -> refusals.note(out, e));
                    transaction.flush();
                } else {
                    transaction.send(toKafka(out), (sent, e) -> refusals.note(out, e));
                }
            }
            transaction.flush();
            refusals.raise();
            transaction.sendOffsetsToTransaction(offsets, group);
        } catch (Throwable e) {
            abort(transaction);
            throw new NotCommitted(e, refusals.tooLarge());
        }
        commitForCertain(transaction);
    }

    /** Lets the commit under way finish within the time given, or aborts what is not yet to be committed. */
    void close() {
        closed = true;
        discard();
    }

    private void commitForCertain(Producer<byte[], byte[]> transaction) {
        for (int retries = 0; ; retries++) {
            try {
                transaction.commitTransaction();
                return;
            } catch (Throwable e) {
                if (retries >= commitRetries || !(e instanceof RetriableException)) {
                    discard();
                    throw new OutcomeUnknown(e);
                }
                trouble.accept(e);
            }
        }
    }

    private void abort(Producer<byte[], byte[]> transaction) {
        try {
            transaction.abortTransaction();
        } catch (RuntimeException e) {
            LOG.infof("Replacing the producer reason=%s", e.getClass().getSimpleName());
            discard();
        }
    }

    private void discard() {
        Producer<byte[], byte[]> last = producer;
        producer = null;
        if (last == null) {
            return;
        }
        try {
            last.close(CLOSE_TIMEOUT);
        } catch (RuntimeException e) {
            LOG.warnf("A producer did not close cleanly reason=%s", e.getClass().getSimpleName());
        }
    }

    private static ProducerRecord<byte[], byte[]> toKafka(OutRecord out) {
        Long timestamp = out.timestamp() == null || out.timestamp() < 0 ? null : out.timestamp();
        Integer partition = out.partition() == Topics.ANY_PARTITION ? null : out.partition();
        return new ProducerRecord<>(out.topic(), partition, timestamp, out.key(), out.value(), out.headers());
    }

    /** What the sends of one transaction came to; noted on the client's threads. */
    private static final class Refusals {
        private final Set<OutRecord> tooLarge = Collections.newSetFromMap(new IdentityHashMap<>());
        private RuntimeException first;

        synchronized void note(OutRecord record, Exception e) {
            if (e == null) {
                return;
            }
            if (e instanceof RecordTooLargeException) {
                tooLarge.add(record);
            }
            if (first == null) {
                first = e instanceof RuntimeException ? (RuntimeException) e : new IllegalStateException(e);
            }
        }

        synchronized void raise() {
            if (first != null) {
                throw first;
            }
        }

        synchronized Set<OutRecord> tooLarge() {
            Set<OutRecord> copy = Collections.newSetFromMap(new IdentityHashMap<>());
            copy.addAll(tooLarge);
            return copy;
        }
    }
}
