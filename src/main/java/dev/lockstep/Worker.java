package dev.lockstep;

import dev.lockstep.batch.BatchOutcome;
import dev.lockstep.batch.CommandRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.config.Settings;
import dev.lockstep.config.Ticker;
import dev.lockstep.decide.CommandDecider;
import dev.lockstep.decode.Decoder;
import dev.lockstep.decode.form.Limits;
import dev.lockstep.intake.Backlog;
import dev.lockstep.intake.CommandsTopic;
import dev.lockstep.intake.CommittedOffsets;
import dev.lockstep.intake.Dispatcher;
import dev.lockstep.intake.FlowControl;
import dev.lockstep.intake.GapReporter;
import dev.lockstep.intake.InFlightBatch;
import dev.lockstep.intake.Lane;
import dev.lockstep.intake.PartitionOwnership;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener.Step;
import dev.lockstep.publish.AppliedBatch;
import dev.lockstep.publish.PublicationReport;
import dev.lockstep.publish.PublishOutcome;
import dev.lockstep.publish.Publisher;
import dev.lockstep.retry.RetryUntilDone;
import dev.lockstep.store.DataLossException;
import dev.lockstep.store.Ledger;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.KafkaRecordBatch;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordBatchMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * The whole story: a batch of records is decoded, applied in one Postgres transaction, and what it puts out is published
 * in one Kafka transaction together with the batch's offsets.
 *
 * <p>Postgres is the truth, the consumer group's offset is how far it has been told. A crash between the two brings the
 * batch again, and what was stored for it is published.
 */
@ApplicationScoped
public class Worker {

    private static final Logger LOG = Logger.getLogger(Worker.class);

    private final CommandsTopic commandsTopic;
    private final PartitionOwnership ownership;
    private final CommittedOffsets committedOffsets;
    private final Backlog backlog;
    private final FlowControl flow;
    private final Dispatcher dispatcher;
    private final Decoder decoder;
    private final Ledger ledger;
    private final RetryUntilDone retry;
    private final Publisher publisher;
    private final GapReporter gaps;
    private final PublicationReport report;
    private final Listeners listeners;
    private final String source;
    private final Ticker ticker;
    private final AtomicBoolean isBroken = new AtomicBoolean();

    Worker(
            CommandsTopic commandsTopic,
            PartitionOwnership ownership,
            CommittedOffsets committedOffsets,
            Backlog backlog,
            FlowControl flow,
            Dispatcher dispatcher,
            Ledger ledger,
            RetryUntilDone retry,
            Publisher publisher,
            GapReporter gaps,
            Listeners listeners,
            Settings settings,
            Ticker ticker) {
        this.commandsTopic = commandsTopic;
        this.ownership = ownership;
        this.committedOffsets = committedOffsets;
        this.backlog = backlog;
        this.flow = flow;
        this.dispatcher = dispatcher;
        this.decoder = new Decoder(Limits.of(settings.limits()));
        this.ledger = ledger;
        this.retry = retry;
        this.publisher = publisher;
        this.gaps = gaps;
        this.report = new PublicationReport(listeners, settings.topics().deadLetters());
        this.listeners = listeners;
        this.source = settings.source();
        this.ticker = ticker;
    }

    /** While the stores refuse, nothing new begins; whatever was refused is retried, and lets the rest begin when it succeeds. */
    void start(@Observes StartupEvent event) {
        dispatcher.begin(() -> !retry.refuses(), this::work);
    }

    /** Takes what was polled. Acknowledges nothing: offsets go out with outputs. */
    @Incoming(CommandsTopic.CHANNEL)
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    Uni<Void> take(KafkaRecordBatch<byte[], byte[]> batch) {
        IncomingKafkaRecordBatchMetadata<byte[], byte[]> polled = metadata(batch);
        listeners.tell(listener -> listener.polled(polled.getRecords().count()));
        backlog.offer(polled.getConsumerGroupGenerationId(), FlowControl.asTheyCame(polled.getRecords()));
        dispatcher.dispatch();
        return Uni.createFrom().voidItem();
    }

    /** Fails only when the worker stops, or through a fault; then the lane stays taken, and nothing more begins in it. */
    private void work(InFlightBatch taken, Lane lane) {
        List<CommandRecord> received = decode(taken.records());
        AtomicReference<InFlightBatch> batch = new AtomicReference<>(taken);
        Runnable onPage = () -> listeners.tell(listener -> listener.advanced(Step.APPLY, taken));
        retry.untilDone(taken, () -> commandsTopic
                        .whenFound()
                        .emitOn(lane)
                        .map(topic -> keepOwned(topic, batch.get(), received))
                        .chain(owned -> apply(owned, onPage, lane).map(applied -> new Done(owned.owner(), applied)))
                        .onFailure(failure -> !RetryUntilDone.isRefusal(failure))
                        .invoke(() -> batch.set(backlog.putBackAllButOne(batch.get()))))
                .map(done -> applied(batch.get(), done))
                .chain(kept -> handOver(kept, lane))
                .subscribe()
                .with(done -> {}, this::unfinished);
    }

    /** Its partitions and its lane stay taken: only a new process can go on with them. */
    private void unfinished(Throwable failure) {
        if (!isBroken.compareAndSet(false, true)) {
            return; // whatever waits for it fails, too
        }
        if (retry.isStopping()) {
            LOG.info("Stopped with an unfinished batch, its records will be redelivered");
            return;
        }
        LOG.error("A batch cannot be finished, its records will be redelivered to another worker", failure);
        listeners.tell(listener -> listener.broken(failure.getClass().getName()));
    }

    /** What is committed in Postgres, and for whom. */
    private record Done(PartitionOwnership.Snapshot owner, BatchOutcome applied) {}

    private AppliedBatch applied(InFlightBatch batch, Done done) {
        BatchOutcome applied = done.applied();
        InFlightBatch kept = putBackDeferred(batch, applied);
        gaps.note(applied.gaps());
        for (PartitionOutcome partition : applied.partitions()) {
            committedOffsets.handedOut(
                    done.owner(),
                    partition.partition(),
                    partition.nextOffset(),
                    partition.hasRecords(),
                    partition.applied());
            if (!partition.hasRecords()) {
                flow.open(done.owner(), partition.partition(), partition.seekTo());
            }
        }
        if (!kept.records().isEmpty()) {
            Duration took = ticker.since(kept.takenAt());
            listeners.tell(listener -> listener.applied(kept.records().size(), took));
        }
        return new AppliedBatch(
                done.owner(),
                kept,
                applied.partitions().stream().filter(PartitionOutcome::isDue).toList());
    }

    private InFlightBatch putBackDeferred(InFlightBatch batch, BatchOutcome applied) {
        return applied.firstDeferred() == null
                ? batch
                : backlog.putBackAfter(
                        batch, batch.records().indexOf(applied.firstDeferred().origin()), applied.goesAlone());
    }

    private List<CommandRecord> decode(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> CommandRecord.of(record, decoder.decode(record)))
                .toList();
    }

    /** What of a batch is still this worker's. */
    private record Owned(
            CommandsTopic.Found topic,
            PartitionOwnership.Snapshot owner,
            Set<Integer> partitions,
            List<CommandRecord> records) {}

    private Owned keepOwned(CommandsTopic.Found topic, InFlightBatch batch, List<CommandRecord> received) {
        PartitionOwnership.Snapshot owner = ownership.snapshot();
        Set<Integer> partitions = batch.partitions().stream()
                .filter(partition -> owner.owns(partition, batch.generation()))
                .collect(Collectors.toSet());
        return new Owned(
                topic,
                owner,
                partitions,
                received.stream()
                        .filter(one -> partitions.contains(one.partition()))
                        .toList());
    }

    private Uni<BatchOutcome> apply(Owned owned, Runnable onPage, Executor lane) {
        if (owned.partitions().isEmpty()) {
            return Uni.createFrom().item(new BatchOutcome(List.of(), null, false, List.of()));
        }
        String topicId = owned.topic().id();
        CommandDecider decider = new CommandDecider(topicId, owned.topic().topics(), source, onPage);
        return committedOffsets
                .positions(topicId, owned.owner(), owned.partitions())
                .emitOn(lane)
                .chain(positions -> ledger.apply(topicId, owned.records(), positions, decider))
                .onFailure(DataLossException.class)
                .invoke(() -> committedOffsets.forget(owned.partitions()));
    }

    private Uni<Void> handOver(AppliedBatch applied, Lane lane) {
        InFlightBatch batch = applied.batch();
        return lane.publishing(publish(applied).thenRun(() -> backlog.published(batch)))
                .invoke(() -> {
                    backlog.applied(batch);
                    dispatcher.dispatch();
                });
    }

    private CompletableFuture<Void> publish(AppliedBatch batch) {
        long handedOver = ticker.nanos();
        return CompletableFuture.allOf(batch.transactions().stream()
                        .map(one -> publisher
                                .publish(one.publication())
                                .thenAccept(published -> settled(published, one, handedOver)))
                        .toArray(CompletableFuture[]::new))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        unfinished(failure);
                    }
                });
    }

    /** What is held up is settled later, and nothing else waits for it; until then nothing more is taken from its partition. */
    private void settled(PublishOutcome published, AppliedBatch batch, long handedOver) {
        committedOffsets.advance(batch.owner(), published.committed());
        report.settled(published, batch.partitions(), ticker.since(handedOver));
        published
                .heldUp()
                .values()
                .forEach(later -> later.thenAccept(released -> {
                    settled(released, batch, handedOver);
                    dispatcher.dispatch();
                }));
    }

    @SuppressWarnings("unchecked")
    private static IncomingKafkaRecordBatchMetadata<byte[], byte[]> metadata(KafkaRecordBatch<byte[], byte[]> batch) {
        return batch.getMetadata(IncomingKafkaRecordBatchMetadata.class).orElseThrow();
    }
}
