package dev.lockstep;

import dev.lockstep.batch.BatchOutcome;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.config.Settings;
import dev.lockstep.config.Ticker;
import dev.lockstep.decide.CommandDecider;
import dev.lockstep.decode.Decoder;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.intake.Backlog;
import dev.lockstep.intake.CommandsTopic;
import dev.lockstep.intake.Dispatcher;
import dev.lockstep.intake.FlowControl;
import dev.lockstep.intake.GapReporter;
import dev.lockstep.intake.InFlightBatch;
import dev.lockstep.intake.Lane;
import dev.lockstep.intake.PartitionOwnership;
import dev.lockstep.intake.PartitionPositions;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener.Step;
import dev.lockstep.publish.AppliedBatch;
import dev.lockstep.publish.PublicationReporter;
import dev.lockstep.publish.PublishOutcome;
import dev.lockstep.publish.Publisher;
import dev.lockstep.retry.BatchRetrier;
import dev.lockstep.store.BatchApplier;
import dev.lockstep.store.DataLossException;
import dev.lockstep.wire.Topics;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * The main flow: a batch of records is decoded, applied in one Postgres transaction, and its output is published in one Kafka
 * transaction together with the batch's offsets.
 *
 * <p>Postgres is the source of truth; the consumer group's offset says how much of it has been published. After a crash between
 * the two, the batch is redelivered, and the output stored for it is published.
 */
@ApplicationScoped
public class Worker {

    private static final Logger LOG = Logger.getLogger(Worker.class);

    private final CommandsTopic commandsTopic;
    private final PartitionOwnership ownership;
    private final PartitionPositions partitionPositions;
    private final Backlog backlog;
    private final FlowControl flowControl;
    private final Dispatcher dispatcher;
    private final Decoder decoder;
    private final BatchApplier batchApplier;
    private final BatchRetrier batchRetrier;
    private final Publisher publisher;
    private final GapReporter gapReporter;
    private final PublicationReporter reporter;
    private final Listeners listeners;
    private final Topics topics;
    private final String eventSource;
    private final Ticker ticker;
    private final AtomicBoolean isBroken = new AtomicBoolean();

    Worker(
            CommandsTopic commandsTopic,
            PartitionOwnership ownership,
            PartitionPositions partitionPositions,
            Backlog backlog,
            FlowControl flowControl,
            Dispatcher dispatcher,
            BatchApplier batchApplier,
            BatchRetrier batchRetrier,
            Publisher publisher,
            GapReporter gapReporter,
            Listeners listeners,
            Settings settings,
            Ticker ticker) {
        this.commandsTopic = commandsTopic;
        this.ownership = ownership;
        this.partitionPositions = partitionPositions;
        this.backlog = backlog;
        this.flowControl = flowControl;
        this.dispatcher = dispatcher;
        this.decoder = new Decoder(Limits.of(settings.limits()));
        this.batchApplier = batchApplier;
        this.batchRetrier = batchRetrier;
        this.publisher = publisher;
        this.gapReporter = gapReporter;
        this.listeners = listeners;
        this.topics = Topics.of(settings.topics());
        this.reporter = new PublicationReporter(listeners, topics);
        this.eventSource = settings.source();
        this.ticker = ticker;
    }

    /** While the stores refuse work, no new batch starts; the refused work is retried, and once it succeeds the rest starts. */
    void start(@Observes StartupEvent event) {
        dispatcher.start(() -> !batchRetrier.isHalted(), (taken, lane) -> new BatchRun(taken, lane).start());
    }

    /** Queues a polled batch. Acknowledges nothing: offsets are committed together with the outputs. */
    @Incoming(CommandsTopic.CHANNEL)
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    Uni<Void> receive(KafkaRecordBatch<byte[], byte[]> batch) {
        IncomingKafkaRecordBatchMetadata<byte[], byte[]> polled = metadata(batch);
        listeners.notifyListeners(
                listener -> listener.polled(polled.getRecords().count()));
        backlog.offer(polled.getConsumerGroupGenerationId(), FlowControl.withOriginalHeaders(polled.getRecords()));
        dispatcher.dispatch();
        return Uni.createFrom().voidItem();
    }

    /** Its partitions and its lane stay occupied: only a new process can continue with them. */
    private void onBatchFailed(Throwable failure) {
        if (!isBroken.compareAndSet(false, true)) {
            return; // anything waiting for it fails too
        }
        if (batchRetrier.isStopping()) {
            LOG.info("Stopped with an unfinished batch; its records will be redelivered");
            return;
        }
        LOG.error("A batch cannot be finished; its records will be redelivered to another worker", failure);
        listeners.notifyListeners(
                listener -> listener.workAbandoned(failure.getClass().getName()));
    }

    private void markSubmitted(PartitionOwnership.Snapshot ownership, PartitionOutcome partition) {
        partitionPositions.recordSubmitted(
                ownership,
                partition.partition(),
                partition.nextOffset(),
                partition.hasRecords(),
                partition.appliedOffset());
        if (!partition.hasRecords()) {
            flowControl.open(ownership, partition.partition(), partition.seekTo());
        }
    }

    private CompletableFuture<Void> publish(AppliedBatch batch) {
        long submittedAt = ticker.nanos();
        return abandonOnFailure(CompletableFuture.allOf(batch.splitIntoTransactions().stream()
                .map(part -> publisher
                        .publish(part.toPublication(topics))
                        .thenAccept(published -> onPublished(published, part, submittedAt)))
                .toArray(CompletableFuture[]::new)));
    }

    /** Stalled partitions are reported later, and nothing else waits for them; until then, no more of their records are taken. */
    private void onPublished(PublishOutcome published, AppliedBatch batch, long submittedAt) {
        partitionPositions.recordCommitted(batch.ownership(), published.committed());
        reporter.report(published, batch, ticker.since(submittedAt));
        published
                .stalled()
                .values()
                .forEach(later -> abandonOnFailure(later.thenAccept(released -> {
                    onPublished(released, batch, submittedAt);
                    dispatcher.dispatch();
                })));
    }

    private CompletableFuture<Void> abandonOnFailure(CompletableFuture<Void> published) {
        return published.whenComplete((done, failure) -> {
            if (failure != null) {
                onBatchFailed(failure);
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static IncomingKafkaRecordBatchMetadata<byte[], byte[]> metadata(KafkaRecordBatch<byte[], byte[]> batch) {
        return batch.getMetadata(IncomingKafkaRecordBatchMetadata.class).orElseThrow();
    }

    /** One batch, from the first attempt to apply it until it is published. */
    private final class BatchRun {

        private final InFlightBatch taken;
        private final Lane lane;

        /** Null before the first attempt. */
        private List<IncomingRecord> received;

        /** What is left of it after some was put back. */
        private volatile InFlightBatch kept;

        BatchRun(InFlightBatch taken, Lane lane) {
            this.taken = taken;
            this.lane = lane;
            this.kept = taken;
        }

        /** Fails only when the worker stops, or because of a bug; the lane then stays occupied, and nothing else starts in it. */
        void start() {
            batchRetrier
                    .retryUntilDone(taken, this::attempt)
                    .map(this::onApplied)
                    .chain(this::publishAndRelease)
                    .subscribe()
                    .with(done -> {}, Worker.this::onBatchFailed);
        }

        private Uni<OwnedOutcome> attempt() {
            return commandsTopic
                    .whenAvailable()
                    .emitOn(lane)
                    .map(this::keepOwned)
                    .chain(this::apply)
                    .onFailure(failure -> !BatchRetrier.haltsProcessing(failure))
                    .invoke(() -> kept = backlog.putBackAllButOne(kept));
        }

        /** Part of the first attempt: if code cannot be loaded, it fails like any other. On the lane. */
        private List<IncomingRecord> received() {
            if (received == null) {
                received = taken.records().stream()
                        .map(record -> IncomingRecord.of(record, decoder.decode(record)))
                        .toList();
            }
            return received;
        }

        private OwnedRecords keepOwned(CommandsTopic.ResolvedTopics topic) {
            PartitionOwnership.Snapshot snapshot = ownership.snapshot();
            Set<Integer> partitions = kept.partitions().stream()
                    .filter(partition -> snapshot.owns(partition, kept.generation()))
                    .collect(Collectors.toSet());
            return new OwnedRecords(
                    topic,
                    snapshot,
                    partitions,
                    received().stream()
                            .filter(incoming -> partitions.contains(incoming.partition()))
                            .toList());
        }

        private Uni<OwnedOutcome> apply(OwnedRecords owned) {
            if (owned.partitions().isEmpty()) {
                return Uni.createFrom()
                        .item(new OwnedOutcome(owned.ownership(), new BatchOutcome(List.of(), null, false, List.of())));
            }
            String topicId = owned.topic().id();
            Runnable onPage =
                    () -> listeners.notifyListeners(listener -> listener.attemptProgressed(Step.APPLY, taken));
            CommandDecider decider = new CommandDecider(topicId, owned.topic().topics(), eventSource, onPage);
            return partitionPositions
                    .positions(topicId, owned.ownership(), owned.partitions())
                    .emitOn(lane)
                    .chain(positions -> batchApplier.apply(topicId, owned.records(), positions, decider))
                    .onFailure(DataLossException.class)
                    .invoke(() -> partitionPositions.invalidate(owned.partitions()))
                    .map(outcome -> new OwnedOutcome(owned.ownership(), outcome));
        }

        private AppliedBatch onApplied(OwnedOutcome applied) {
            BatchOutcome outcome = applied.outcome();
            if (outcome.firstDeferred() != null) {
                kept = backlog.putBackAfter(
                        kept,
                        kept.records().indexOf(outcome.firstDeferred().origin()),
                        outcome.firstDeferredNeedsOwnBatch());
            }
            gapReporter.add(outcome.gaps());
            outcome.partitions().forEach(partition -> markSubmitted(applied.ownership(), partition));
            if (!kept.records().isEmpty()) {
                Duration took = ticker.since(kept.takenAt());
                listeners.notifyListeners(
                        listener -> listener.applied(kept.records().size(), took));
            }
            return new AppliedBatch(
                    applied.ownership(),
                    kept,
                    outcome.partitions().stream()
                            .filter(PartitionOutcome::needsPublishing)
                            .toList());
        }

        private Uni<Void> publishAndRelease(AppliedBatch applied) {
            InFlightBatch batch = applied.batch();
            return lane.startPublication(publish(applied).thenRun(() -> backlog.markPublished(batch)))
                    .invoke(() -> {
                        backlog.markApplied(batch);
                        dispatcher.dispatch();
                    });
        }
    }

    /** The part of a batch that this worker still owns. */
    private record OwnedRecords(
            CommandsTopic.ResolvedTopics topic,
            PartitionOwnership.Snapshot ownership,
            Set<Integer> partitions,
            List<IncomingRecord> records) {}

    /** What was committed in Postgres, and under which ownership. */
    private record OwnedOutcome(PartitionOwnership.Snapshot ownership, BatchOutcome outcome) {}
}
