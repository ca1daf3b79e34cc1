package dev.lockstep.store;

import dev.lockstep.batch.BatchOutcome;
import dev.lockstep.batch.BatchState;
import dev.lockstep.batch.Decider;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.config.Settings;
import dev.lockstep.database.PostgresErrors;
import dev.lockstep.partition.OffsetGap;
import dev.lockstep.partition.PartitionPosition;
import dev.lockstep.store.Statements.Statement;
import dev.lockstep.store.format.OutboxCodec;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Applies a batch of records in one Postgres transaction, and hands out its output to be published.
 *
 * <p>The transaction first locks the progress of each partition in the batch, in order, and only then reads anything:
 * another worker that applies the same records, a paused one or a successor, has to wait, and then sees what the first one
 * did. As an application lies entirely in one partition, this locks the application too. Records below {@code applied} are
 * not decided: their stored output is handed out again, unless it is known to be in Kafka or on its way there.
 */
@ApplicationScoped
public class BatchApplier {

    private static final Logger LOG = Logger.getLogger(BatchApplier.class);

    private final Pool pool;
    private final BatchLimits limits;

    @Inject
    BatchApplier(Pool pool, Settings settings) {
        this(pool, BatchLimits.of(settings.batch()));
    }

    BatchApplier(Pool pool, BatchLimits limits) {
        this.pool = pool;
        this.limits = limits;
    }

    /**
     * @param topicId the id of the commands topic: a recreated topic starts from scratch
     * @param records the records, in order within each partition
     * @param positions those of their partitions, and of newly assigned partitions from which no record may ever come
     * @return what was applied, which is only part of the batch if all would be too much for one transaction; fails with
     *     {@link DataLossException} if one of the stores is behind the other
     */
    public Uni<BatchOutcome> apply(
            String topicId, List<IncomingRecord> records, Map<Integer, PartitionPosition> positions, Decider decider) {
        return applyInTransaction(topicId, records, positions, decider, decider::decide)
                .onFailure(failure -> !records.isEmpty() && isCausedByRecord(failure))
                .recoverWithUni(refused -> isolate(topicId, records, positions, decider, refused));
    }

    private static boolean isCausedByRecord(Throwable failure) {
        return failure instanceof RecordFaultException || PostgresErrors.isContentRejection(failure);
    }

    /** Halves the batch until the record that the database refuses, or that causes a fault, is alone. */
    private Uni<BatchOutcome> isolate(
            String topicId,
            List<IncomingRecord> records,
            Map<Integer, PartitionPosition> positions,
            Decider decider,
            Throwable refused) {
        if (records.size() == 1) {
            logFault("A record is unprocessable", records.get(0), refused);
            return applyInTransaction(topicId, records, positions, decider, decider::rejectUnprocessable)
                    .onFailure(BatchApplier::isCausedByRecord)
                    .recoverWithUni(again -> {
                        logFault(
                                "The rejection could not be stored either, writing only a dead letter",
                                records.get(0),
                                again);
                        return applyInTransaction(
                                topicId,
                                records,
                                positions,
                                decider,
                                (record, state) -> decider.deadLetterOnly(record));
                    });
        }
        int half = records.size() / 2;
        return apply(topicId, records.subList(0, half), positions, decider)
                .chain(first -> first.firstDeferred() != null
                        ? Uni.createFrom().item(first)
                        : apply(
                                        topicId,
                                        records.subList(half, records.size()),
                                        positionsAfter(first, positions),
                                        decider)
                                .map(second -> merge(first, second)));
    }

    /** Omits messages: they may quote the record. */
    private static void logFault(String what, IncomingRecord record, Throwable refused) {
        String reason = refused instanceof RecordFaultException fault
                ? fault.reason()
                : "SQLSTATE " + PostgresErrors.sqlState(refused);
        LOG.errorf("%s partition=%d offset=%d reason=%s", what, record.partition(), record.offset(), reason);
    }

    private Uni<BatchOutcome> applyInTransaction(
            String topicId,
            List<IncomingRecord> records,
            Map<Integer, PartitionPosition> positions,
            Decider decider,
            BiFunction<IncomingRecord, BatchState, RecordOutput> decideRecord) {
        return pool.withTransaction(connection -> {
            Statements sql = new Statements(connection);
            TransactionBatch batch = new TransactionBatch(topicId, records, positions);
            PartitionProgress progress = new PartitionProgress(batch);
            StateLoader loader = new StateLoader(records, limits.maxReleases(), limits.maxReadBytes());
            return lockAndRead(sql, progress, loader)
                    .invoke(() -> batch.findNewRecords(progress.checkedWatermarks()))
                    .chain(() -> new StoredOutputLoader(pool, batch).read(sql))
                    .chain(() -> loader.readDependent(sql, batch, progress))
                    .invoke(state -> decide(
                            batch, record -> RecordFaultException.wrapFaults(() -> decideRecord.apply(record, state))))
                    .chain(state -> write(sql, batch, progress, state, decider))
                    .map(written -> batch.toOutcome());
        });
    }

    private Uni<Void> write(
            Statements sql, TransactionBatch batch, PartitionProgress progress, UnitOfWork state, Decider decider) {
        StateWriter writer = new StateWriter(sql, state);
        List<Statement> writes = new ArrayList<>(writer.writes());
        writes.addAll(outboxInserts(sql, batch));
        List<Statement> finalWrites = List.of(progress.advance(sql), progress.prune(sql));
        if (state.unloadedReleases() == null) {
            writes.addAll(finalWrites);
            return Statements.pipeline(writes);
        }
        return Statements.pipeline(writes)
                .chain(() -> writeReleasePages(sql, writer, batch, state.unloadedReleases(), decider))
                .chain(() -> Statements.pipeline(finalWrites));
    }

    /**
     * The lock, followed by everything that can be read without knowing more. A new partition has nothing to lock yet, and
     * so what was read was not read under a lock.
     */
    private static Uni<Void> lockAndRead(Statements sql, PartitionProgress progress, StateLoader loader) {
        List<Statement> statements = new ArrayList<>();
        statements.add(progress.lock(sql));
        statements.addAll(loader.namedReads(sql));
        return Statements.pipeline(statements)
                .chain(() -> progress.isLocked()
                        ? Uni.createFrom().voidItem()
                        : progress.create(sql).execute().chain(() -> lockAndRead(sql, progress, loader)));
    }

    /** Changes to releases that are not loaded, caused by the batch's only new record. */
    private Uni<Void> writeReleasePages(
            Statements sql,
            StateWriter writer,
            TransactionBatch batch,
            UnitOfWork.UnloadedReleases unloadedReleases,
            Decider decider) {
        IncomingRecord record = batch.newRecords().get(0);
        return new ReleasePager(
                        sql,
                        writer,
                        batch.topicId(),
                        record,
                        unloadedReleases,
                        decider,
                        limits.pageSize(),
                        limits.pageBytes())
                .write()
                .invoke(count -> batch.put(
                        record,
                        batch.output(record)
                                .withPages(new OutboxPages(
                                        pool, batch.topicId(), record.partition(), record.offset(), count))))
                .replaceWithVoid();
    }

    /** Decides in order, until there is enough output for one transaction. */
    private void decide(TransactionBatch batch, Function<IncomingRecord, RecordOutput> decideRecord) {
        long bytes = 0;
        for (IncomingRecord record : batch.newRecords()) {
            RecordOutput output = decideRecord.apply(record);
            batch.put(record, output);
            bytes += output.records().stream()
                    .mapToLong(OutgoingRecord::sizeInBytes)
                    .sum();
            if (bytes >= limits.maxOutputBytes()) {
                batch.endAfter(record);
                return;
            }
        }
    }

    /** One row for each partition. Compressed last: Postgres works on the rest in the meantime. */
    private static List<Statement> outboxInserts(Statements sql, TransactionBatch batch) {
        Map<Integer, List<IncomingRecord>> byPartition = new TreeMap<>();
        batch.newRecords().forEach(record -> byPartition
                .computeIfAbsent(record.partition(), p -> new ArrayList<>())
                .add(record));
        if (byPartition.isEmpty()) {
            return List.of();
        }
        return List.of(Statements.deferred(() -> {
            List<List<IncomingRecord>> parts = List.copyOf(byPartition.values());
            return sql.statement(
                    """
                            insert into outbox (topic_id, format, partition, first_offset, next_offset, records)
                            select $1, $6, * from unnest($2::int4[], $3::int8[], $4::int8[], $5::bytea[])""",
                    batch.topicId(),
                    byPartition.keySet().toArray(Integer[]::new),
                    parts.stream().map(part -> part.get(0).offset()).toArray(Long[]::new),
                    parts.stream()
                            .map(part -> part.get(part.size() - 1).offset() + 1)
                            .toArray(Long[]::new),
                    parts.stream().map(part -> pack(batch, part)).toArray(Buffer[]::new),
                    (short) OutboxCodec.OUTPUT_FORMAT);
        }));
    }

    private static Buffer pack(TransactionBatch batch, List<IncomingRecord> part) {
        return RecordFaultException.wrapFaults(() -> Buffer.buffer(OutboxCodec.encode(
                part.stream().map(batch::output).toList(),
                part.stream().map(IncomingRecord::origin).toList())));
    }

    /** The positions after the first half of a batch. */
    private static Map<Integer, PartitionPosition> positionsAfter(
            BatchOutcome first, Map<Integer, PartitionPosition> positions) {
        Map<Integer, PartitionPosition> advanced = new HashMap<>(positions);
        first.partitions()
                .forEach(outcome -> advanced.computeIfPresent(
                        outcome.partition(),
                        (partition, before) -> before.afterSubmission(outcome.nextOffset(), outcome.hasRecords())));
        return advanced;
    }

    private static BatchOutcome merge(BatchOutcome first, BatchOutcome second) {
        Map<Integer, PartitionOutcome> joined = new TreeMap<>();
        first.partitions().forEach(outcome -> joined.put(outcome.partition(), outcome));
        second.partitions().forEach(outcome -> joined.merge(outcome.partition(), outcome, PartitionOutcome::concat));
        List<OffsetGap> gaps = new ArrayList<>(first.gaps());
        gaps.addAll(second.gaps());
        return new BatchOutcome(
                List.copyOf(joined.values()), second.firstDeferred(), second.firstDeferredNeedsOwnBatch(), gaps);
    }
}
