package dev.lockstep.publish;

import dev.lockstep.config.PublishConfig;
import dev.lockstep.config.Settings;
import dev.lockstep.config.Ticker;
import dev.lockstep.intake.GroupOffsetClient;
import dev.lockstep.intake.PartitionOwnership;
import dev.lockstep.intake.StalledPartitions;
import dev.lockstep.listener.Listeners;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.utils.ThreadUtils;
import org.jboss.logging.Logger;

/**
 * Publishes a batch's output to Kafka in one transaction with the batch's offsets, fenced by the consumer group
 * (contract, section 7).
 *
 * <p>A publication is retried until it is committed, or none of it is owned any more, or the worker stops. It is never
 * published twice: an unknown outcome is settled first.
 */
@ApplicationScoped
public class Publisher implements StalledPartitions {

    private static final Logger LOG = Logger.getLogger(Publisher.class);

    private final PublishConfig settings;
    private final PublisherStatus status;
    private final PublisherStatus pagesStatus;
    private final PublicationSender sender;
    private final PublicationSender pagesSender;
    private final StalledPublications stalled;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final ExecutorService executor =
            Executors.newSingleThreadExecutor(ThreadUtils.createThreadFactory("lockstep-publish", true));

    /** For paged output: its transaction takes as long as a hundred others, which do not wait for it. */
    private final ExecutorService pagesExecutor =
            Executors.newSingleThreadExecutor(ThreadUtils.createThreadFactory("lockstep-publish-pages", true));

    @Inject
    Publisher(
            Settings settings,
            PartitionOwnership ownership,
            GroupOffsetClient groupOffsets,
            @Identifier("default-kafka-broker") Map<String, Object> broker,
            Ticker ticker,
            Listeners listeners) {
        this(
                settings.publish(),
                ownership,
                settings.topics().commands(),
                settings.topics().deadLetters(),
                ProducerRotation.factory(broker, settings.publish()),
                groupOffsets,
                ticker,
                listeners);
    }

    /**
     * @param producerFactory makes transactional producers, every one of the same number with the same transactional id
     */
    Publisher(
            PublishConfig settings,
            PartitionOwnership ownership,
            String commandsTopic,
            String deadLetterTopic,
            IntFunction<Producer<byte[], byte[]>> producerFactory,
            GroupOffsetClient groupOffsets,
            Ticker ticker,
            Listeners listeners) {
        this.settings = settings;
        this.status = new PublisherStatus(ticker, listeners);
        this.pagesStatus = new PublisherStatus(ticker, listeners);
        this.stalled = new StalledPublications(this::backoff);
        BrokerRejections rejections = new BrokerRejections(deadLetterTopic, settings.truncatedBytes());
        BiFunction<PublisherStatus, ProducerRotation, PublicationSender> newSender =
                (status, rotation) -> new PublicationSender(
                        settings,
                        ownership,
                        commandsTopic,
                        rejections,
                        groupOffsets,
                        ticker,
                        stopped,
                        status,
                        rotation);
        this.sender = newSender.apply(
                status, ProducerRotation.forBatches(producerFactory, settings.commitRetries(), status::recordFailure));
        this.pagesSender = newSender.apply(
                pagesStatus,
                ProducerRotation.forPages(producerFactory, settings.commitRetries(), pagesStatus::recordFailure));
    }

    /**
     * Publishes on the publisher's own thread, in the order of the calls. Results arrive on that thread; they are failures
     * only because of a bug. A partition with a record that a topic rejects waits separately, with whatever
     * follows in it; the result does not wait for it. The same goes for one whose output is in pages, which has a thread
     * and a transaction of its own.
     *
     * @param publication if it contains pages, it contains nothing else
     */
    public CompletableFuture<PublishOutcome> publish(Publication publication) {
        CompletableFuture<PublishOutcome> answer = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                try {
                    answer.complete(publishNow(publication));
                } catch (RuntimeException | Error fault) {
                    answer.completeExceptionally(fault);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.complete(new PendingPublication(publication).outcome(Map.of()));
        }
        return answer;
    }

    /** @return a reason for operators, or null if nothing is being retried */
    public String notReadyReason() {
        String reasons = Stream.of(status.notReadyReason(), pagesStatus.notReadyReason(), stalled.reasons())
                .filter(Objects::nonNull)
                .collect(Collectors.joining("; "));
        return reasons.isEmpty() ? null : reasons;
    }

    /** Whether output of that partition is rejected or takes long, so that nothing later in it can be sent. */
    @Override
    public boolean isStalled(int partition) {
        return stalled.isStalled(partition);
    }

    /** Attempts that failed and were, or will be, retried. */
    long failureCount() {
        return status.failureCount() + pagesStatus.failureCount();
    }

    /** Records committed by this process. */
    long committedRecordCount() {
        return status.committedRecordCount() + pagesStatus.committedRecordCount();
    }

    /** Lets the commit in progress finish within the grace time, then closes the producers. No publication starts later. */
    @PreDestroy
    void close() {
        stopped.countDown();
        if (!executor.isShutdown()) {
            executor.execute(stalled::abandonAll);
        }
        executor.shutdown();
        pagesExecutor.shutdown();
        long deadline = System.nanoTime() + settings.stopGrace().toNanos();
        if (!awaitTermination(executor, deadline) | !awaitTermination(pagesExecutor, deadline)) {
            LOG.warn("Stopping with a publication in flight; its records will be redelivered");
        }
        sender.close();
        pagesSender.close();
        executor.shutdownNow();
        pagesExecutor.shutdownNow();
    }

    private static boolean awaitTermination(ExecutorService executor, long deadline) {
        try {
            return executor.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void onStop(@Observes ShutdownEvent event) {
        close();
    }

    private PublishOutcome publishNow(Publication publication) {
        PendingPublication pending = new PendingPublication(publication);
        Map<Integer, CompletableFuture<PublishOutcome>> later = new HashMap<>();
        for (int partition : pending.partitions()) {
            if (stalled.isStalled(partition)) {
                later.put(partition, stalled.enqueue(partition, pending.splitOff(partition)));
            }
        }
        if (pending.hasPages()) {
            int partition = pending.partitions().iterator().next();
            later.put(partition, stalled.stall(partition, pending.splitOff(partition)));
            sendStalled(partition);
        }
        for (PendingPublication.RejectedPartition rejectedPartition : sender.send(pending)) {
            later.put(rejectedPartition.partition(), stalled.stall(rejectedPartition));
            scheduleRetry(rejectedPartition.partition());
        }
        PublishOutcome outcome = pending.outcome(later);
        if (!outcome.dropped().isEmpty()) {
            LOG.infof(
                    "Dropped partitions that this worker no longer owns; their records will be redelivered generation=%d partitions=%s",
                    publication.generation(), outcome.dropped());
        }
        return outcome;
    }

    private void scheduleRetry(int partition) {
        status.recordRejected();
        CompletableFuture.delayedExecutor(stalled.nextMillis(partition), TimeUnit.MILLISECONDS, executor)
                .execute(() -> sendStalled(partition));
    }

    private void sendStalled(int partition) {
        failHeadOnError(partition, () -> sendAllStalled(partition));
    }

    /** Publishes everything that waits in the partition, one after the other. What follows pages waits until they are published. */
    private void sendAllStalled(int partition) {
        boolean isNext = true;
        while (isNext && stalled.isStalled(partition) && stopped.getCount() > 0) {
            PendingPublication pending = stalled.head(partition);
            if (pending.hasPages()) {
                sendPages(partition, pending);
                return;
            }
            isNext = completeOrRetry(partition, pending, sender.send(pending));
        }
    }

    private void sendPages(int partition, PendingPublication pending) {
        CompletableFuture<List<PendingPublication.RejectedPartition>> sent;
        try {
            sent = CompletableFuture.supplyAsync(() -> pagesSender.send(pending), pagesExecutor);
        } catch (RejectedExecutionException e) {
            LOG.debug("The worker has stopped, and everything was answered");
            return;
        }
        sent.whenComplete((rejected, fault) -> {
            try {
                executor.execute(() -> failHeadOnError(partition, () -> {
                    if (completeOrRetry(partition, pending, sent.join())) {
                        sendAllStalled(partition);
                    }
                }));
            } catch (RejectedExecutionException e) {
                LOG.debug("The worker has stopped, and everything was answered");
            }
        });
    }

    /** A bug ends the worker, instead of leaving the partition stalled for ever. */
    private void failHeadOnError(int partition, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error fault) {
            stalled.failHead(partition, fault);
        }
    }

    /** @return whether the partition's next output can be sent */
    private boolean completeOrRetry(
            int partition, PendingPublication pending, List<PendingPublication.RejectedPartition> rejected) {
        if (!rejected.isEmpty()) {
            stalled.replaceHead(rejected.get(0));
            scheduleRetry(partition);
            return false;
        }
        if (pending.isDone()) {
            stalled.completeHead(partition, pending.outcome(Map.of()));
        }
        return true;
    }

    private Backoff backoff() {
        return new Backoff(settings.maxBackoff(), stopped);
    }
}
