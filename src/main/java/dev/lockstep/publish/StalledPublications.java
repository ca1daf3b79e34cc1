package dev.lockstep.publish;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The partitions with a record that a topic rejects, or with output whose publication takes long: each waits
 * separately, with everything after it in order, until the topic accepts it or the partition is no longer owned. Used on the
 * publisher's thread; only {@link #isStalled} and {@link #reasons} may be called from others.
 */
final class StalledPublications {

    private static final Logger LOG = Logger.getLogger(StalledPublications.class);

    private static final String NO_REASON = "";

    private record QueuedAttempt(PendingPublication pending, CompletableFuture<PublishOutcome> answer) {}

    /** @param waiting the publication that holds it up, followed by what came later */
    private record PartitionQueue(Deque<QueuedAttempt> waiting, Backoff backoff) {}

    private final Supplier<Backoff> backoffFactory;
    private final Map<Integer, PartitionQueue> queues = new HashMap<>();
    private volatile Map<Integer, String> reasons = Map.of();

    StalledPublications(Supplier<Backoff> backoffs) {
        this.backoffFactory = backoffs;
    }

    boolean isStalled(int partition) {
        return reasons.containsKey(partition);
    }

    /** @return a reason for operators, or null if nothing is rejected */
    String reasons() {
        String text = reasons.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(NO_REASON))
                .map(entry -> "partition " + entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining("; "));
        return text.isEmpty() ? null : text;
    }

    /** @return its eventual result */
    CompletableFuture<PublishOutcome> stall(PendingPublication.RejectedPartition rejectedPartition) {
        CompletableFuture<PublishOutcome> answer =
                stall(rejectedPartition.partition(), rejectedPartition.publication());
        reportStalled(rejectedPartition);
        return answer;
    }

    /** The same for a publication that is fine but takes long. */
    CompletableFuture<PublishOutcome> stall(int partition, PendingPublication pending) {
        queues.put(partition, new PartitionQueue(new ArrayDeque<>(), backoffFactory.get()));
        setReason(partition, NO_REASON);
        return enqueue(partition, pending);
    }

    /** Later output of a stalled partition waits too. */
    CompletableFuture<PublishOutcome> enqueue(int partition, PendingPublication pending) {
        QueuedAttempt last = new QueuedAttempt(pending, new CompletableFuture<>());
        queues.get(partition).waiting().addLast(last);
        return last.answer();
    }

    PendingPublication head(int partition) {
        return queues.get(partition).waiting().getFirst().pending();
    }

    /** The head of the queue was rejected, possibly again. */
    void replaceHead(PendingPublication.RejectedPartition rejectedPartition) {
        Deque<QueuedAttempt> waiting = queues.get(rejectedPartition.partition()).waiting();
        waiting.addFirst(new QueuedAttempt(
                rejectedPartition.publication(), waiting.removeFirst().answer()));
        reportStalled(rejectedPartition);
    }

    /** The head of the queue was published or dropped. An empty queue is removed before anybody is notified. */
    void completeHead(int partition, PublishOutcome outcome) {
        Deque<QueuedAttempt> waiting = queues.get(partition).waiting();
        QueuedAttempt first = waiting.removeFirst();
        if (waiting.isEmpty()) {
            queues.remove(partition);
        }
        if (!NO_REASON.equals(setReason(partition, waiting.isEmpty() ? null : NO_REASON))) {
            LOG.infof("A partition is no longer stalled partition=%d", partition);
        }
        first.answer().complete(outcome);
    }

    /** A bug prevents its publication: everything behind it in the queue waits for ever. */
    void failHead(int partition, Throwable fault) {
        queues.get(partition).waiting().getFirst().answer().completeExceptionally(fault);
    }

    long nextMillis(int partition) {
        return queues.get(partition).backoff().nextDelayMillis();
    }

    /** Completes all: whatever was not published will be redelivered. */
    void abandonAll() {
        queues.values().forEach(partitionQueue -> partitionQueue.waiting().forEach(queuedAttempt -> queuedAttempt
                .answer()
                .complete(queuedAttempt.pending().outcome(Map.of()))));
    }

    private void reportStalled(PendingPublication.RejectedPartition rejectedPartition) {
        if (NO_REASON.equals(setReason(rejectedPartition.partition(), rejectedPartition.reason()))) {
            LOG.errorf(
                    "A partition is stalled partition=%d reason=%s",
                    rejectedPartition.partition(), rejectedPartition.reason());
        }
    }

    /**
     * @param reason null for a partition that is no longer stalled
     * @return the reason reported before, or null
     */
    private String setReason(int partition, String reason) {
        Map<Integer, String> next = new TreeMap<>(reasons);
        String before = reason == null ? next.remove(partition) : next.put(partition, reason);
        reasons = next;
        return before;
    }
}
