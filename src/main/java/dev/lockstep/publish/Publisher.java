package dev.lockstep.publish;

import dev.lockstep.Settings;
import dev.lockstep.Ticker;
import dev.lockstep.listener.Listeners;
import dev.lockstep.outbox.OutRecord;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
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
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Carries what a batch puts out to Kafka, in one transaction with the offsets of the batch, fenced by the consumer group
 * (contract, section 7).
 *
 * <p>A publication is tried until it is committed, or nothing of it is owned any more, or the worker stops. It never
 * fails, and it is never published twice: an unknown outcome is settled first.
 */
@ApplicationScoped
public class Publisher {

    private static final Logger LOG = Logger.getLogger(Publisher.class);

    /** For how long all is sent with care after batches were refused over and over: each time costs everybody seconds. */
    private static final Duration WARY = Duration.ofMinutes(1);

    private final PublishSettings settings;
    private final Ownership ownership;
    private final String commandsTopic;
    private final Remedies remedies;
    private final Ticker ticker;
    private final CommittedOffsets committedOffsets;
    private final Progress progress;
    private final Producers producers;

    private final HeldUp heldUp;

    /** When batches were last refused over and over; used on the publisher's thread only. */
    private Long waryFrom;

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Publisher::daemon);

    @Inject
    Publisher(
            Settings settings,
            Ownership ownership,
            CommittedOffsets committedOffsets,
            @Identifier("default-kafka-broker") Map<String, Object> broker,
            Ticker ticker,
            Listeners listeners) {
        this(
                settings.publish(),
                ownership,
                settings.topics().commands(),
                settings.topics().deadLetters(),
                Producers.making(broker, settings.publish()),
                committedOffsets,
                ticker,
                listeners);
    }

    /**
     * @param producers makes transactional producers, every one of the same number with the same transactional id
     */
    public Publisher(
            PublishSettings settings,
            Ownership ownership,
            String commandsTopic,
            String deadLetterTopic,
            IntFunction<Producer<byte[], byte[]>> producers,
            CommittedOffsets committedOffsets,
            Ticker ticker,
            Listeners listeners) {
        this.settings = settings;
        this.ownership = ownership;
        this.commandsTopic = commandsTopic;
        this.remedies = new Remedies(deadLetterTopic, settings.truncatedBytes());
        this.ticker = ticker;
        this.committedOffsets = committedOffsets;
        this.progress = new Progress(ticker, listeners);
        this.producers = new Producers(producers, settings.commitRetries(), progress::waiting);
        this.heldUp = new HeldUp(this::backoff);
    }

    /**
     * Publishes on the publisher's own thread, in the order of the calls. The answers arrive on that thread and are never a
     * failure. A partition of which a topic refuses a record waits for itself, and later ones of it wait behind it; the
     * answer does not wait for them.
     */
    public CompletableFuture<Published> publish(Publication publication) {
        CompletableFuture<Published> answer = new CompletableFuture<>();
        try {
            thread.execute(() -> answer.complete(publishNow(publication)));
        } catch (RejectedExecutionException e) {
            answer.complete(new Delivery(publication).outcome(Map.of()));
        }
        return answer;
    }

    /** Why something is being tried again, for people; null while all is well. */
    public String waitingFor() {
        String reasons = Stream.of(progress.waitingFor(), heldUp.reasons())
                .filter(Objects::nonNull)
                .collect(Collectors.joining("; "));
        return reasons.isEmpty() ? null : reasons;
    }

    /** Whether a topic refuses something of that partition, so that nothing later of it can go out. */
    public boolean holdsUp(int partition) {
        return heldUp.holds(partition);
    }

    /** Attempts that failed and were, or will be, tried again. */
    public long failures() {
        return progress.failures();
    }

    /** Records committed by this process. */
    public long records() {
        return progress.records();
    }

    /** Lets the commit under way finish within the grace time, then closes the producers. No publication starts after it. */
    @PreDestroy
    public void close() {
        stopped.countDown();
        if (!thread.isShutdown()) {
            thread.execute(heldUp::giveUp);
        }
        thread.shutdown();
        try {
            if (!thread.awaitTermination(settings.stopGrace().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("Stopping with a publication under way; its batch comes again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producers.close();
        thread.shutdownNow();
    }

    void onStop(@Observes ShutdownEvent event) {
        close();
    }

    private Published publishNow(Publication publication) {
        Delivery delivery = new Delivery(publication);
        Map<Integer, CompletableFuture<Published>> later = new HashMap<>();
        for (int partition : delivery.partitions()) {
            if (heldUp.holds(partition)) {
                later.put(partition, heldUp.behind(partition, delivery.takeOut(partition)));
            }
        }
        for (Delivery.Refused refused : carry(delivery)) {
            later.put(refused.partition(), heldUp.begin(refused));
            tryLater(refused.partition());
        }
        Published outcome = delivery.outcome(later);
        if (!outcome.dropped().isEmpty()) {
            LOG.infof(
                    "Dropped what comes again generation=%d partitions=%s",
                    publication.generation(), outcome.dropped());
        }
        return outcome;
    }

    private void tryLater(int partition) {
        progress.refused();
        CompletableFuture.delayedExecutor(heldUp.nextMillis(partition), TimeUnit.MILLISECONDS, thread)
                .execute(() -> tryAgain(partition));
    }

    /** All that waits of the partition, one after the other. */
    private void tryAgain(int partition) {
        while (heldUp.holds(partition) && stopped.getCount() > 0) {
            Delivery delivery = heldUp.first(partition);
            List<Delivery.Refused> again = carry(delivery);
            if (!again.isEmpty()) {
                heldUp.again(again.get(0));
                tryLater(partition);
                return;
            }
            if (delivery.isDone()) {
                heldUp.done(partition, delivery.outcome(Map.of()));
            }
        }
    }

    /** @return what of it is refused, when nothing else of it is left to be done */
    private List<Delivery.Refused> carry(Delivery delivery) {
        Backoff backoff = backoff();
        progress.started();
        if (waryFrom != null && ticker.since(waryFrom).compareTo(WARY) < 0) {
            delivery.beCareful();
        }
        while (!delivery.isDone() && stopped.getCount() > 0) {
            try {
                progress.attempted();
                attempt(delivery);
            } catch (NotCommitted e) {
                waryFrom = e.splitInVain() ? Long.valueOf(ticker.nanos()) : waryFrom;
                if (!delivery.relieve(e, remedies)) {
                    progress.waiting(e);
                    backoff.pause();
                }
            } catch (Throwable e) { // an answer that never comes would stop the worker without a word
                progress.waiting(e);
                backoff.pause();
            }
        }
        progress.ended();
        return delivery.refused();
    }

    private Backoff backoff() {
        return new Backoff(settings.backoff(), settings.maxBackoff(), stopped);
    }

    private void attempt(Delivery delivery) {
        if (delivery.unsettledGroup() != null) {
            producers.next(delivery.isCareful());
            delivery.settle(committedOffsets.of(delivery.unsettledGroup(), delivery.partitions()));
        }
        delivery.keepOwned(ownership.snapshot());
        if (delivery.isDone()) {
            return;
        }
        FencedProducer producer = producers.next(delivery.isCareful());
        if (delivery.doubtful() != null) {
            producer.probe(delivery.doubtful());
            delivery.noLongerDoubtful();
            producer.open();
        }
        Ownership.Snapshot owner = ownership.snapshot();
        delivery.keepOwned(owner);
        if (!delivery.isDone()) {
            commit(delivery, owner, producer);
        }
    }

    private void commit(Delivery delivery, Ownership.Snapshot owner, FencedProducer producer) {
        if (!owner.valid()) {
            throw new NoGeneration();
        }
        List<OutRecord> records = delivery.records();
        Map<TopicPartition, OffsetAndMetadata> offsets = delivery.offsets(commandsTopic);
        delivery.committingFor(owner.group().groupId());
        try {
            producer.commit(records, delivery::isAlone, offsets, owner.group());
        } catch (NotCommitted e) {
            delivery.noneCommitted();
            throw e;
        }
        delivery.allCommitted();
        progress.committed(records.size());
        producers.committedBy(producer);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "lockstep-publish");
        thread.setDaemon(true);
        return thread;
    }
}
