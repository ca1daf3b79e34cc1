package dev.lockstep;

import dev.lockstep.command.Decoder;
import dev.lockstep.command.Limits;
import dev.lockstep.command.RawRecord;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener.Step;
import dev.lockstep.publish.Cursor;
import dev.lockstep.publish.Gaps;
import dev.lockstep.publish.Ownership;
import dev.lockstep.publish.Published;
import dev.lockstep.publish.Publisher;
import dev.lockstep.setup.Setup;
import dev.lockstep.setup.Setup.Ground;
import dev.lockstep.store.Applied;
import dev.lockstep.store.DataLoss;
import dev.lockstep.store.Ledger;
import dev.lockstep.store.Slice;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.KafkaRecordBatch;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordBatchMetadata;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    private final Setup setup;
    private final Ownership ownership;
    private final Ledger ledger;
    private final Publisher publisher;
    private final Cursor cursor;
    private final Gaps gaps;
    private final Lookout lookout;
    private final Persistence persistence;
    private final Listeners listeners;
    private final News news;
    private final String source;
    private final Clock clock;
    private final Ticker ticker;
    private final Decoder decoder;
    private final Backlog backlog;
    private final Inflow inflow;
    private final List<Lane> lanes;
    private final Vertx vertx;
    private final long timer;

    Worker(
            Setup setup,
            Ownership ownership,
            Ledger ledger,
            Publisher publisher,
            Cursor cursor,
            Gaps gaps,
            Lookout lookout,
            Persistence persistence,
            Listeners listeners,
            Backlog backlog,
            Inflow inflow,
            Settings settings,
            Clock clock,
            Ticker ticker,
            Vertx vertx) {
        this.setup = setup;
        this.ownership = ownership;
        this.ledger = ledger;
        this.publisher = publisher;
        this.cursor = cursor;
        this.gaps = gaps;
        this.lookout = lookout;
        this.persistence = persistence;
        this.listeners = listeners;
        this.news = new News(listeners, settings.topics().deadLetters());
        this.source = settings.source();
        this.clock = clock;
        this.ticker = ticker;
        this.decoder = new Decoder(Limits.of(settings.limits()));
        Settings.BatchSettings batch = settings.batch();
        this.backlog = backlog;
        this.inflow = inflow;
        // the public way hands out one event loop, the same to every caller on a thread
        this.lanes = Stream.generate(() -> new Lane(((VertxInternal) vertx).createEventLoopContext()))
                .limit(batch.lanes())
                .toList();
        this.vertx = vertx;
        this.timer = vertx.setPeriodic(Backlog.SLOW.toMillis(), whoeverWaitsForASlowOne -> begin());
    }

    /** An idle worker looks out, too. */
    void start(@Observes StartupEvent event) {
        lookout.begin(this::look);
    }

    void stop(@Observes ShutdownEvent event) {
        vertx.cancelTimer(timer);
    }

    /** One of a few that work at a time, each on an event loop of its own, so that they share the processors. */
    private static final class Lane implements Executor {
        private final Context context;
        private CompletableFuture<Void> publishing = CompletableFuture.completedFuture(null);

        Lane(Context context) {
            this.context = context;
        }

        @Override
        public void execute(Runnable task) {
            context.runOnContext(ignored -> task.run());
        }
    }

    /** Takes what was polled. Acknowledges nothing: offsets go out with outputs. */
    @Incoming("commands")
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    Uni<Void> take(KafkaRecordBatch<byte[], byte[]> batch) {
        IncomingKafkaRecordBatchMetadata<byte[], byte[]> polled = metadata(batch);
        listeners.tell(listener -> listener.polled(polled.getRecords().count()));
        backlog.offer(polled.getConsumerGroupGenerationId(), Inflow.asTheyCame(polled.getRecords()));
        begin();
        return Uni.createFrom().voidItem();
    }

    /** Lets partitions be looked at before anything of them comes in, or when nothing does. */
    private void look(int generation, Set<Integer> partitions) {
        backlog.mark(generation, partitions);
        begin();
    }

    /** Begins as many transactions as there is work and room for. */
    private void begin() {
        if (persistence.refuses()) {
            return; // what refuses goes on trying, and begins the rest when it is done
        }
        Portion next;
        while ((next = backlog.next()) != null) {
            start(next);
        }
        inflow.resume();
    }

    private void start(Portion portion) {
        Lane lane = lanes.get(portion.lane());
        listeners.tell(listener -> listener.attempted(Step.APPLY, portion));
        lane.execute(() -> work(portion, lane));
    }

    /** Only a worker that stops lets go of a portion; its lane then stays taken, and nothing more begins in it. */
    private void work(Portion taken, Lane lane) {
        List<Received> received = decode(taken.records());
        AtomicReference<Portion> portion = new AtomicReference<>(taken);
        Runnable onPage = () -> listeners.tell(listener -> listener.advanced(Step.APPLY, taken));
        persistence
                .untilDone(taken, () -> setup.ground()
                        .emitOn(lane)
                        .map(ground -> keepOwned(ground, portion.get(), received))
                        .chain(owned -> apply(owned, onPage, lane).map(applied -> new Done(owned.owner(), applied)))
                        .onFailure(failure -> !Persistence.isRefusal(failure))
                        .invoke(() -> portion.set(backlog.keepOne(portion.get()))))
                .map(done -> applied(portion.get(), done))
                .chain(kept -> handOver(kept, lane))
                .subscribe()
                .with(done -> {}, failure -> LOG.warn("A lane has ended, its batch comes again", failure));
    }

    /** What is committed in Postgres, and for whom. */
    private record Done(Ownership.Snapshot owner, Applied<Received> applied) {}

    private Parcel applied(Portion portion, Done done) {
        Applied<Received> applied = done.applied();
        Portion kept = keep(portion, applied);
        gaps.note(applied.gaps());
        for (Slice slice : applied.slices()) {
            cursor.handedOut(done.owner(), slice.partition(), slice.nextOffset(), slice.hasRecords(), slice.applied());
            if (!slice.hasRecords()) {
                inflow.open(done.owner(), slice.partition(), slice.begin());
            }
        }
        if (!kept.records().isEmpty()) {
            Duration took = ticker.since(kept.takenAt());
            listeners.tell(listener -> listener.applied(kept.records().size(), took));
        }
        return new Parcel(
                done.owner(),
                kept,
                applied.slices().stream().filter(Slice::isDue).toList());
    }

    private Portion keep(Portion portion, Applied<Received> applied) {
        return applied.left() == null
                ? portion
                : backlog.keep(portion, portion.records().indexOf(applied.left().origin()), applied.isLeftAlone());
    }

    private List<Received> decode(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> Received.of(
                        record, decoder.decode(new RawRecord(record.key(), record.value(), record.headers()))))
                .toList();
    }

    /** What of a portion is still this worker's. */
    private record Owned(Ground ground, Ownership.Snapshot owner, Set<Integer> partitions, List<Received> records) {}

    private Owned keepOwned(Ground ground, Portion portion, List<Received> received) {
        Ownership.Snapshot owner = ownership.snapshot();
        Set<Integer> partitions = portion.partitions().stream()
                .filter(partition -> owner.owns(partition, portion.generation()))
                .collect(Collectors.toSet());
        return new Owned(
                ground,
                owner,
                partitions,
                received.stream()
                        .filter(one -> partitions.contains(one.partition()))
                        .toList());
    }

    private Uni<Applied<Received>> apply(Owned owned, Runnable onPage, Executor lane) {
        if (owned.partitions().isEmpty()) {
            return Uni.createFrom().item(new Applied<>(List.of(), null, false, List.of()));
        }
        String topicId = owned.ground().topicId();
        Judgement judgement = new Judgement(topicId, owned.ground().topics(), source, clock, onPage);
        return cursor.standings(topicId, owned.owner(), owned.partitions())
                .emitOn(lane)
                .chain(standings -> ledger.apply(topicId, owned.records(), standings, judgement))
                .onFailure(DataLoss.class)
                .invoke(() -> cursor.forget(owned.partitions()));
    }

    /**
     * The lane's next portion is applied while this one is being published; there are never more than these two. It must
     * begin on the lane's context, not on the publisher's thread.
     */
    private Uni<Void> handOver(Parcel parcel, Lane lane) {
        Portion portion = parcel.portion();
        CompletableFuture<Void> before = lane.publishing;
        lane.publishing = publish(parcel).thenRun(() -> backlog.published(portion));
        return Uni.createFrom().completionStage(before).emitOn(lane).invoke(() -> {
            backlog.applied(portion);
            begin();
        });
    }

    private CompletableFuture<Void> publish(Parcel parcel) {
        long handedOver = ticker.nanos();
        return CompletableFuture.allOf(parcel.transactions().stream()
                .map(one -> publisher
                        .publish(one.publication())
                        .thenAccept(published -> settled(published, one, handedOver)))
                .toArray(CompletableFuture[]::new));
    }

    /** What is held up is settled later, and nothing else waits for it; until then its partition is left alone. */
    private void settled(Published published, Parcel parcel, long handedOver) {
        cursor.advance(parcel.owner(), published.committed());
        news.settled(published, parcel.slices(), ticker.since(handedOver));
        published
                .heldUp()
                .values()
                .forEach(later -> later.thenAccept(released -> {
                    settled(released, parcel, handedOver);
                    begin();
                }));
    }

    @SuppressWarnings("unchecked")
    private static IncomingKafkaRecordBatchMetadata<byte[], byte[]> metadata(KafkaRecordBatch<byte[], byte[]> batch) {
        return batch.getMetadata(IncomingKafkaRecordBatchMetadata.class).orElseThrow();
    }
}
