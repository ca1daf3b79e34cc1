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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import net.jpountz.lz4.LZ4Factory;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
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

    /**
     * They take turns, one transaction each. A commit is answered before its markers are written, and until they are, the
     * broker lets that producer wait with its next transaction, for 20 ms by default. The other one can go on at once, and
     * still comes behind: its records are appended later, and nobody sees them before those of a transaction that is being
     * completed.
     */
    private static final int PRODUCERS = 2;

    private final PublishSettings settings;
    private final Ownership ownership;
    private final String commandsTopic;
    private final String deadLetterTopic;
    private final CommittedOffsets committedOffsets;
    private final Progress progress;
    private final List<FencedProducer> producers;

    /** The number of the producer whose turn it is; used on the publisher's thread only. */
    private int turn;

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
                producers(broker, settings.publish()),
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
        this.deadLetterTopic = deadLetterTopic;
        this.committedOffsets = committedOffsets;
        this.progress = new Progress(ticker, listeners);
        this.producers = IntStream.range(0, PRODUCERS)
                .mapToObj(number ->
                        new FencedProducer(() -> producers.apply(number), settings.commitRetries(), progress::waiting))
                .toList();
    }

    /** Makes producers by number; those of one number share a transactional id: prefix, random part of the process, number. */
    public static IntFunction<Producer<byte[], byte[]>> producers(
            Map<String, Object> connection, PublishSettings settings) {
        preferNativeCompression();
        String process = settings.transactionalIdPrefix() + UUID.randomUUID();
        return number -> new KafkaProducer<>(ProducerProperties.producer(connection, settings, process + "-" + number));
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
     * Publishes on the publisher's own thread, in the order of the calls. The answer arrives on that thread and is never a
     * failure.
     */
    public CompletableFuture<Published> publish(Publication publication) {
        CompletableFuture<Published> answer = new CompletableFuture<>();
        try {
            thread.execute(() -> answer.complete(publishNow(publication)));
        } catch (RejectedExecutionException e) {
            answer.complete(new Delivery(publication).outcome());
        }
        return answer;
    }

    /** Why the publication under way is being tried again, for people; null while all is well. */
    public String waitingFor() {
        return progress.waitingFor();
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
        thread.shutdown();
        try {
            if (!thread.awaitTermination(settings.stopGrace().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("Stopping with a publication under way; its batch comes again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producers.forEach(FencedProducer::close);
        thread.shutdownNow();
    }

    void onStop(@Observes ShutdownEvent event) {
        close();
    }

    private Published publishNow(Publication publication) {
        Delivery delivery = new Delivery(publication);
        Backoff backoff = new Backoff(settings.backoff(), settings.maxBackoff(), stopped);
        progress.started();
        while (!delivery.isDone() && stopped.getCount() > 0) {
            try {
                attempt(delivery);
            } catch (NotCommitted e) {
                if (!delivery.relieve(e.tooLarge(), this::shorten)) {
                    progress.waiting(e);
                    backoff.pause();
                }
            } catch (Throwable e) { // an answer that never comes would stop the worker without a word
                progress.waiting(e);
                backoff.pause();
            }
        }
        progress.ended();
        Published outcome = delivery.outcome();
        if (!outcome.dropped().isEmpty()) {
            LOG.infof(
                    "Dropped what comes again generation=%d partitions=%s",
                    publication.generation(), outcome.dropped());
        }
        return outcome;
    }

    private void attempt(Delivery delivery) {
        FencedProducer producer = producers.get(turn);
        if (delivery.unsettledGroup() != null) {
            producer.open();
            delivery.settle(committedOffsets.of(delivery.unsettledGroup(), delivery.partitions()));
        }
        delivery.keepOwned(ownership.snapshot());
        if (delivery.isDone()) {
            return;
        }
        producer.open();
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
        turn = (turn + 1) % PRODUCERS;
    }

    /** Only a dead letter may lose a part of itself; any other record is waited for until its topic takes it. */
    private OutRecord shorten(OutRecord record) {
        if (!record.topic().equals(deadLetterTopic)) {
            LOG.errorf("A topic refuses a record for its size, raise max.message.bytes topic=%s", record.topic());
            return null;
        }
        LOG.warnf("A dead letter is too large and is shortened partition=%d", record.partition());
        return Shortening.shorten(record, settings.truncatedBytes());
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "lockstep-publish");
        thread.setDaemon(true);
        return thread;
    }
}
