package dev.lockstep.publish;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.wire.Topics;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jboss.logging.Logger;

/**
 * A transactional producer, replaced by a new one with the same transactional id after a fatal error. Used on one thread;
 * only {@link #close} may come from another.
 */
final class TransactionalProducer {

    private static final Logger LOG = Logger.getLogger(TransactionalProducer.class);

    /** Above zero: a producer closed without any time leaves its transaction open, which holds up everybody else. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final Supplier<Producer<byte[], byte[]>> factory;
    private final int commitRetries;
    private final Consumer<Throwable> onRetry;
    private volatile Producer<byte[], byte[]> producer;
    private double splits;
    private volatile boolean isClosed;

    /** @param onRetry called for each failure that is retried here */
    TransactionalProducer(Supplier<Producer<byte[], byte[]>> factory, int commitRetries, Consumer<Throwable> onRetry) {
        this.factory = factory;
        this.commitRetries = commitRetries;
        this.onRetry = onRetry;
    }

    /** Makes sure that there is a producer; a new one settles the transaction that its predecessor left behind. */
    void open() {
        if (producer != null) {
            return;
        }
        Producer<byte[], byte[]> next = factory.get();
        producer = next;
        splits = 0;
        try {
            if (isClosed) {
                throw new IllegalStateException("The producer was closed for good");
            }
            next.initTransactions();
        } catch (RuntimeException e) {
            discard();
            throw e;
        }
    }

    /**
     * One transaction: the records in order, and the offsets on behalf of the group member.
     *
     * @param records hands them out one by one
     * @param needsOwnBatch which records go into a producer batch of their own
     * @return how many records there were
     * @throws NotCommittedException if none of it happened
     * @throws CommitOutcomeUnknownException if it is not known whether it happened
     */
    int commit(
            Consumer<Consumer<OutgoingRecord>> records,
            Predicate<OutgoingRecord> needsOwnBatch,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            ConsumerGroupMetadata group) {
        Producer<byte[], byte[]> current = producer;
        SendFailures sendFailures = new SendFailures();
        int count;
        try {
            count = send(current, records, needsOwnBatch, sendFailures);
        } catch (Throwable e) {
            throw abortAndWrap(current, sendFailures, e);
        }
        sendOffsets(current, offsets, group);
        commitWithRetries(current);
        return count;
    }

    /**
     * Only once the records are written, and with a producer that is never used again if this fails: the client keeps offsets
     * of a request that it did not send, and would send them with those of the next transaction.
     */
    private void sendOffsets(
            Producer<byte[], byte[]> current,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            ConsumerGroupMetadata group) {
        try {
            current.sendOffsetsToTransaction(offsets, group);
        } catch (Throwable e) {
            NotCommittedException failure = abortAndWrap(current, new SendFailures(), e);
            discard();
            throw failure;
        }
    }

    /**
     * Asks whether a topic accepts a record, in a transaction that is aborted: anything sent with it would be written
     * each time it is rejected.
     *
     * @throws NotCommittedException if it does not
     */
    void probe(OutgoingRecord record) {
        Producer<byte[], byte[]> current = producer;
        SendFailures sendFailures = new SendFailures();
        try {
            send(current, only -> only.accept(record), any -> true, sendFailures);
        } catch (Throwable e) {
            throw abortAndWrap(current, sendFailures, e);
        }
        abort(current);
    }

    private static int send(
            Producer<byte[], byte[]> current,
            Consumer<Consumer<OutgoingRecord>> records,
            Predicate<OutgoingRecord> needsOwnBatch,
            SendFailures sendFailures) {
        current.beginTransaction();
        AtomicInteger count = new AtomicInteger();
        records.accept(out -> {
            count.incrementAndGet();
            if (needsOwnBatch.test(out)) {
                current.flush();
                current.send(toProducerRecord(out), (sent, e) -> sendFailures.add(out, e));
                current.flush();
            } else {
                current.send(toProducerRecord(out), (sent, e) -> sendFailures.add(out, e));
            }
        });
        current.flush();
        sendFailures.throwFirst();
        return count.get();
    }

    private NotCommittedException abortAndWrap(
            Producer<byte[], byte[]> current, SendFailures sendFailures, Throwable failure) {
        boolean wasSplitRepeatedly = updateSplitCount(current) && sendFailures.timedOut();
        abort(current);
        return new NotCommittedException(failure, sendFailures.rejected(), wasSplitRepeatedly);
    }

    /**
     * Whether batches were rejected for their size since this was last asked. The client splits such a batch into some of its
     * own batch size, and one that is no larger into itself: again and again, until it times out.
     */
    private boolean updateSplitCount(Producer<byte[], byte[]> current) {
        double before = splits;
        splits = current.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("batch-split-total"))
                .mapToDouble(metric -> (double) metric.metricValue())
                .sum();
        return splits > before;
    }

    /**
     * Lets the commit in progress finish within {@link #CLOSE_TIMEOUT}, or aborts a transaction that is not being committed
     * yet.
     */
    void close() {
        isClosed = true;
        discard();
    }

    private void commitWithRetries(Producer<byte[], byte[]> current) {
        for (int retries = 0; ; retries++) {
            try {
                current.commitTransaction();
                return;
            } catch (Throwable e) {
                if (retries >= commitRetries || !(e instanceof RetriableException)) {
                    discard();
                    throw new CommitOutcomeUnknownException(e);
                }
                onRetry.accept(e);
            }
        }
    }

    private void abort(Producer<byte[], byte[]> current) {
        try {
            current.abortTransaction();
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

    private static ProducerRecord<byte[], byte[]> toProducerRecord(OutgoingRecord out) {
        Long timestamp = out.timestamp() == null || out.timestamp() < 0 ? null : out.timestamp();
        Integer partition = out.partition() == Topics.ANY_PARTITION ? null : out.partition();
        return new ProducerRecord<>(out.topic(), partition, timestamp, out.key(), out.value(), out.headers());
    }

    /**
     * The results of one transaction's sends; recorded on the client's threads. Once a record is rejected, the client fails
     * everything that it has not sent yet with the very same exception: the record that gets it first is the rejected one.
     */
    private static final class SendFailures {
        private final Map<OutgoingRecord, Exception> rejected = new IdentityHashMap<>();
        private final Set<Exception> known = Collections.newSetFromMap(new IdentityHashMap<>());
        private boolean timedOut;
        private RuntimeException first;

        synchronized void add(OutgoingRecord record, Exception e) {
            if (e == null) {
                return;
            }
            if (BrokerRejections.isRejection(e) && known.add(e)) {
                rejected.put(record, e);
            }
            timedOut |= e instanceof TimeoutException;
            if (first == null) {
                first = e instanceof RuntimeException ? (RuntimeException) e : new IllegalStateException(e);
            }
        }

        synchronized void throwFirst() {
            if (first != null) {
                throw first;
            }
        }

        synchronized boolean timedOut() {
            return timedOut;
        }

        synchronized Map<OutgoingRecord, Exception> rejected() {
            return new IdentityHashMap<>(rejected);
        }
    }
}
