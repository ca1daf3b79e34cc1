package dev.lockstep;

import dev.lockstep.command.Decoded;
import dev.lockstep.command.Decoder;
import dev.lockstep.command.Limits;
import dev.lockstep.command.RawRecord;
import dev.lockstep.domain.Command;
import dev.lockstep.outbox.Output;
import dev.lockstep.publish.Cursor;
import dev.lockstep.publish.Ownership;
import dev.lockstep.publish.PartitionOutput;
import dev.lockstep.publish.Publication;
import dev.lockstep.publish.Publisher;
import dev.lockstep.setup.Setup;
import dev.lockstep.setup.Setup.Ground;
import dev.lockstep.store.Ledger;
import dev.lockstep.store.Slice;
import dev.lockstep.store.Standing;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.KafkaRecordBatch;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordBatchMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * The whole story: a batch of records is decoded, applied in one Postgres transaction, and what it puts out is published
 * in one Kafka transaction together with the batch's offsets.
 *
 * <p>Postgres is the truth, the consumer group's offset is how far it has been told. A crash between the two brings the
 * batch again, and what was stored for it is published.
 */
@ApplicationScoped
public class Worker {

    private final Setup setup;
    private final Ownership ownership;
    private final Ledger ledger;
    private final Publisher publisher;
    private final Cursor cursor;
    private final Persistence persistence;
    private final String source;
    private final Clock clock;
    private final Decoder decoder;
    private final Queue<Instant> underWay = new ConcurrentLinkedQueue<>();
    private volatile CompletableFuture<Void> publishing = CompletableFuture.completedFuture(null);

    Worker(
            Setup setup,
            Ownership ownership,
            Ledger ledger,
            Publisher publisher,
            Cursor cursor,
            Persistence persistence,
            Settings settings,
            Clock clock) {
        this.setup = setup;
        this.ownership = ownership;
        this.ledger = ledger;
        this.publisher = publisher;
        this.cursor = cursor;
        this.persistence = persistence;
        this.source = settings.source();
        this.clock = clock;
        this.decoder = new Decoder(Limits.of(settings.limits()));
    }

    /** Acknowledging by hand, that is never, matters: a batch that fails when the worker stops must end the stream. */
    @Incoming("commands")
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    Uni<Void> work(KafkaRecordBatch<byte[], byte[]> batch) {
        IncomingKafkaRecordBatchMetadata<byte[], byte[]> polled = metadata(batch);
        int generation = polled.getConsumerGroupGenerationId();
        return Multi.createFrom()
                .iterable(portions(polled.getRecords()))
                .onItem()
                .transformToUniAndConcatenate(portion -> work(generation, portion))
                .collect()
                .last()
                .replaceWithVoid();
    }

    private Uni<Void> work(int generation, List<Read> portion) {
        underWay.add(clock.instant());
        return persistence
                .untilDone(context -> setup.ground()
                        .emitOn(context)
                        .map(ground -> receive(ground, generation, portion))
                        .chain(received -> apply(received, context)))
                .chain(slices -> handOver(generation, slices))
                .onFailure()
                .invoke(underWay::poll);
    }

    /** Since when the oldest batch that is not published yet has been under way, or null when there is none. */
    public Instant underWaySince() {
        return underWay.peek();
    }

    private record Read(ConsumerRecord<byte[], byte[]> record, Decoded decoded) {

        boolean definesPipeline() {
            return decoded instanceof Decoded.Valid valid && valid.command() instanceof Command.DefinePipeline;
        }
    }

    /**
     * The batch, decoded, in pieces: a command that defines a pipeline can change the status of every release of its
     * application, so it ends its piece, and what is in memory at once stays bounded.
     */
    private List<List<Read>> portions(ConsumerRecords<byte[], byte[]> polled) {
        List<List<Read>> portions = new ArrayList<>();
        List<Read> portion = new ArrayList<>(polled.count());
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            RawRecord raw = new RawRecord(record.key(), record.value(), record.headers());
            Read read = new Read(record, decoder.decode(raw));
            portion.add(read);
            if (read.definesPipeline()) {
                portions.add(portion);
                portion = new ArrayList<>();
            }
        }
        portions.add(portion);
        portions.removeIf(List::isEmpty);
        return portions;
    }

    /** What of a portion is still this worker's. */
    private record Arrived(Ground ground, Ownership.Snapshot owner, List<Received> records) {}

    private Arrived receive(Ground ground, int generation, List<Read> portion) {
        Ownership.Snapshot owner = ownership.snapshot();
        List<Received> received = portion.stream()
                .filter(read -> owner.owns(read.record().partition(), generation))
                .map(read -> Received.of(read.record(), read.decoded(), ground.topics()))
                .toList();
        return new Arrived(ground, owner, received);
    }

    private Uni<List<Slice>> apply(Arrived arrived, Persistence.OnContext context) {
        if (arrived.records().isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        Set<Integer> partitions =
                arrived.records().stream().map(Received::partition).collect(Collectors.toSet());
        String topicId = arrived.ground().topicId();
        Judgement judgement = new Judgement(topicId, arrived.ground().topics(), source, clock);
        return cursor.position(topicId, arrived.owner(), partitions)
                .emitOn(context)
                .map(position -> new Standing(position.committed(), position.ends()))
                .chain(standing -> ledger.apply(topicId, arrived.records(), standing, judgement));
    }

    /**
     * The next portion is applied while this one is being published; there are never more than these two. It must begin on
     * the context of this one, not on the publisher's thread.
     */
    private Uni<Void> handOver(int generation, List<Slice> slices) {
        CompletableFuture<Void> before = publishing;
        publishing = publish(generation, slices).invoke(underWay::poll).subscribeAsCompletionStage();
        return Uni.createFrom().completionStage(before).emitOn(Persistence.OnContext.current());
    }

    private Uni<Void> publish(int generation, List<Slice> slices) {
        if (slices.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        List<PartitionOutput> outputs = slices.stream().map(Worker::output).toList();
        return publisher
                .publish(new Publication(generation, outputs))
                .invoke(published -> cursor.advance(published.committed()))
                .replaceWithVoid();
    }

    private static PartitionOutput output(Slice slice) {
        return new PartitionOutput(
                slice.partition(),
                slice.nextOffset(),
                slice.outputs().stream()
                        .map(Output::records)
                        .flatMap(List::stream)
                        .toList());
    }

    @SuppressWarnings("unchecked")
    private static IncomingKafkaRecordBatchMetadata<byte[], byte[]> metadata(KafkaRecordBatch<byte[], byte[]> batch) {
        return batch.getMetadata(IncomingKafkaRecordBatchMetadata.class).orElseThrow();
    }
}
