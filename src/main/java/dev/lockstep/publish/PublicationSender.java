package dev.lockstep.publish;

import dev.lockstep.config.PublishConfig;
import dev.lockstep.config.Ticker;
import dev.lockstep.intake.GroupOffsetClient;
import dev.lockstep.intake.PartitionOwnership;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Sends publications one at a time: each is retried until it is committed, or no longer owned, or a topic rejects what is
 * left of it, or the worker stops. Used on one thread; only {@link #close} may come from another.
 */
final class PublicationSender {

    /**
     * How long the unbatched producer is used after producer batches were rejected repeatedly: each rejection costs everybody
     * seconds.
     */
    private static final Duration UNBATCHED_PERIOD = Duration.ofMinutes(1);

    private final PublishConfig settings;
    private final PartitionOwnership ownership;
    private final String commandsTopic;
    private final BrokerRejections rejections;
    private final GroupOffsetClient groupOffsets;
    private final Ticker ticker;
    private final CountDownLatch stopped;
    private final PublisherStatus status;
    private final ProducerRotation producerRotation;
    private final TransactionLimit transactionLimit;

    /** When batches were last rejected repeatedly. */
    private Long lastSplitFailureAt;

    PublicationSender(
            PublishConfig settings,
            PartitionOwnership ownership,
            String commandsTopic,
            BrokerRejections rejections,
            GroupOffsetClient groupOffsets,
            Ticker ticker,
            CountDownLatch stopped,
            PublisherStatus status,
            ProducerRotation producerRotation) {
        this.settings = settings;
        this.ownership = ownership;
        this.commandsTopic = commandsTopic;
        this.rejections = rejections;
        this.groupOffsets = groupOffsets;
        this.ticker = ticker;
        this.stopped = stopped;
        this.status = status;
        this.producerRotation = producerRotation;
        this.transactionLimit = new TransactionLimit(ticker, settings.requestTimeout());
    }

    /** @return the rejected parts, once everything else is done */
    List<PendingPublication.RejectedPartition> send(PendingPublication pending) {
        Backoff backoff = new Backoff(settings.maxBackoff(), stopped);
        status.recordStart(pending);
        if (lastSplitFailureAt != null && ticker.since(lastSplitFailureAt).compareTo(UNBATCHED_PERIOD) < 0) {
            pending.useUnbatchedProducer();
        }
        while (!pending.isDone() && stopped.getCount() > 0) {
            try {
                status.recordAttempt();
                transactionLimit.recordSuccess(tryOnce(pending));
                if (!pending.isDone()) {
                    status.recordPart();
                    backoff = new Backoff(settings.maxBackoff(), stopped);
                }
            } catch (NotCommittedException e) {
                transactionLimit.recordFailure(pending.bytes());
                lastSplitFailureAt = e.wasSplitRepeatedly() ? Long.valueOf(ticker.nanos()) : lastSplitFailureAt;
                if (!pending.handleRejections(e, rejections)) {
                    status.recordFailure(e);
                    backoff.pause();
                }
            } catch (Throwable e) { // an unanswered publication would silently stop the worker
                transactionLimit.recordFailure(pending.bytes());
                status.recordFailure(e);
                backoff.pause();
            }
        }
        status.recordFinish();
        return pending.rejectedPartitions();
    }

    void close() {
        producerRotation.close();
    }

    /**
     * What a topic rejected before is tried before anything is limited: it must not be left for later.
     *
     * @return the bytes that were committed
     */
    private long tryOnce(PendingPublication pending) {
        long maxBytes = transactionLimit.start();
        if (pending.unsettledGroup() != null) {
            producerRotation.next(pending.isUnbatched());
            pending.settle(groupOffsets.fetchCommittedByWorkers(pending.unsettledGroup(), pending.partitions()));
        }
        pending.keepOwned(ownership.snapshot());
        if (pending.isDone()) {
            return 0;
        }
        TransactionalProducer producer = producerRotation.next(pending.isUnbatched());
        if (pending.recordToProbe() != null) {
            producer.probe(pending.recordToProbe());
            pending.probeSucceeded();
            producer.open();
        }
        pending.limitTo(maxBytes);
        PartitionOwnership.Snapshot snapshot = ownership.snapshot();
        pending.keepOwned(snapshot);
        long bytes = pending.bytes();
        if (pending.hasNext()) {
            commit(pending, snapshot, producer);
        }
        return bytes;
    }

    private void commit(
            PendingPublication pending, PartitionOwnership.Snapshot ownership, TransactionalProducer producer) {
        if (!ownership.hasGeneration()) {
            throw new NoGenerationException();
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = pending.offsets(commandsTopic, groupOffsets);
        pending.markCommitStarted(ownership.group().groupId());
        int count;
        try {
            count = producer.commit(
                    send -> pending.forEach(send, status::recordProgress),
                    pending::needsOwnBatch,
                    offsets,
                    ownership.group());
        } catch (NotCommittedException e) {
            pending.markNoneCommitted();
            throw e;
        }
        pending.markAllCommitted();
        status.recordCommitted(count);
        producerRotation.rotateAfterCommit(producer);
    }
}
