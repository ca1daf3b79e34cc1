package dev.lockstep.store;

import dev.lockstep.batch.BatchOutcome;
import dev.lockstep.batch.CommandRecord;
import dev.lockstep.batch.Decider;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.batch.WorkingSet;
import dev.lockstep.config.Settings;
import dev.lockstep.database.PostgresErrors;
import dev.lockstep.partition.Gap;
import dev.lockstep.partition.PartitionPosition;
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
 * Applies a batch of records in one Postgres transaction, and hands out what is to be published for it.
 *
 * <p>The transaction first locks the progress of each partition in the batch, in order, and only then looks anything up:
 * whoever else applies the same records, a paused worker or its successor, takes turns, and finds what the other did. As
 * all of an application lies in one partition, that is its lock too. For records below {@code applied} nothing is decided:
 * what was stored for them is handed out again, unless it is known to be in Kafka or on its way there.
 */
@ApplicationScoped
public class Ledger {

    private static final Logger LOG = Logger.getLogger(Ledger.class);

    /** Releases that are read at once when all of an application change: at most some 60 KB each, mostly 1 or 2. */
    private static final int PAGE = 250;

    private final Pool pool;
    private final int maxReleases;
    private final long maxBytes;
    private final int pageSize;

    @Inject
    Ledger(Pool pool, Settings settings) {
        this(pool, settings.batch().maxRecords(), settings.batch().maxBytes(), PAGE);
    }

    /**
     * The limits at which the rest of a batch is left to the next.
     *
     * @param maxReleases that are read because pipelines may change; an application that has more by itself is worked off in
     *     pages; and a tenth of those that are read because they are on their way
     * @param maxBytes of keys and values that are put out, unless a single record puts out more
     * @param pageSize releases of a page
     */
    Ledger(Pool pool, int maxReleases, long maxBytes, int pageSize) {
        this.maxReleases = maxReleases;
        this.pool = pool;
        this.maxBytes = maxBytes;
        this.pageSize = pageSize;
    }

    /**
     * @param topicId of the commands topic: a re-created topic starts anew
     * @param records in order within each partition
     * @param positions of their partitions; and of others that were just assigned, and of which no record may ever come
     * @return what was applied of it, which is less than all when that would be too much for one transaction; fails with
     *     {@link DataLossException} when one of the stores is behind the other
     */
    public Uni<BatchOutcome> apply(
            String topicId, List<CommandRecord> records, Map<Integer, PartitionPosition> positions, Decider decider) {
        return once(topicId, records, positions, decider, decider::decide)
                .onFailure(failure -> !records.isEmpty() && liesInARecord(failure))
                .recoverWithUni(refused -> isolate(topicId, records, positions, decider, refused));
    }

    private static boolean liesInARecord(Throwable failure) {
        return failure instanceof UndecidableException || PostgresErrors.refusesContent(failure);
    }

    /** Halves the batch until the record that the database refuses, or that a fault is about, stands alone. */
    private Uni<BatchOutcome> isolate(
            String topicId,
            List<CommandRecord> records,
            Map<Integer, PartitionPosition> positions,
            Decider decider,
            Throwable refused) {
        if (records.size() == 1) {
            warn("A record is unprocessable", records.get(0), refused);
            return once(topicId, records, positions, decider, decider::unprocessable)
                    .onFailure(Ledger::liesInARecord)
                    .recoverWithUni(again -> {
                        warn(
                                "The rejection could not be stored either, writing only a dead letter",
                                records.get(0),
                                again);
                        return once(
                                topicId, records, positions, decider, (record, state) -> decider.lastResort(record));
                    });
        }
        int half = records.size() / 2;
        return apply(topicId, records.subList(0, half), positions, decider)
                .chain(first -> first.firstDeferred() != null
                        ? Uni.createFrom().item(first)
                        : apply(topicId, records.subList(half, records.size()), behind(first, positions), decider)
                                .map(second -> join(first, second)));
    }

    /** Without messages: they may quote the record. */
    private static void warn(String what, CommandRecord record, Throwable refused) {
        String reason = refused instanceof UndecidableException fault
                ? fault.reason()
                : "SQLSTATE " + PostgresErrors.of(refused);
        LOG.errorf("%s partition=%d offset=%d reason=%s", what, record.partition(), record.offset(), reason);
    }

    private Uni<BatchOutcome> once(
            String topicId,
            List<CommandRecord> records,
            Map<Integer, PartitionPosition> positions,
            Decider decider,
            BiFunction<CommandRecord, WorkingSet, RecordOutput> how) {
        return pool.withTransaction(connection -> {
            Statements sql = new Statements(connection);
            LedgerBatch batch = new LedgerBatch(topicId, records, positions);
            PartitionProgress progress = new PartitionProgress(batch);
            StateLoader loader = new StateLoader(records, maxReleases);
            return locked(sql, progress, loader)
                    .invoke(() -> batch.classify(progress.check()))
                    .chain(() -> new StoredOutputs(pool, batch).read(sql))
                    .chain(() -> loader.rest(sql, batch, progress))
                    .chain(state -> {
                        decide(batch, record -> UndecidableException.unlessFaulty(() -> how.apply(record, state)));
                        StateWriter writer = new StateWriter(sql, state);
                        List<Uni<Void>> writes = new ArrayList<>(writer.writes());
                        writes.add(outbox(sql, batch));
                        List<Uni<Void>> last = List.of(progress.advance(sql), progress.prune(sql));
                        if (state.unread() == null) {
                            writes.addAll(last);
                            return Statements.together(writes);
                        }
                        return Statements.together(writes)
                                .chain(() -> pages(sql, writer, batch, state.unread(), decider))
                                .chain(() -> Statements.together(last));
                    })
                    .map(written -> batch.applied());
        });
    }

    /**
     * The lock, and behind it what can be read without knowing more. A partition that is new has nothing to lock yet, and
     * what was read then was not read under a lock.
     */
    private static Uni<Void> locked(Statements sql, PartitionProgress progress, StateLoader loader) {
        List<Uni<Void>> statements = new ArrayList<>();
        statements.add(progress.lock(sql));
        statements.addAll(loader.named(sql));
        return Statements.together(statements)
                .chain(() -> progress.isLocked()
                        ? Uni.createFrom().voidItem()
                        : progress.create(sql).chain(() -> locked(sql, progress, loader)));
    }

    /** What changed of releases that are not at hand, by the only new record of the batch. */
    private Uni<Void> pages(
            Statements sql, StateWriter writer, LedgerBatch batch, UnitOfWork.Unread unread, Decider decider) {
        CommandRecord record = batch.newRecords().get(0);
        return new ReleasePager(sql, writer, batch.topicId(), record, unread, decider, pageSize)
                .write()
                .invoke(count -> batch.put(
                        record,
                        batch.output(record)
                                .withPages(new OutboxPages(
                                        pool, batch.topicId(), record.partition(), record.offset(), count))))
                .replaceWithVoid();
    }

    /** In order, until they put out enough for one transaction. */
    private void decide(LedgerBatch batch, Function<CommandRecord, RecordOutput> how) {
        long bytes = 0;
        for (CommandRecord record : batch.newRecords()) {
            RecordOutput output = how.apply(record);
            batch.put(record, output);
            bytes += output.records().stream().mapToLong(OutgoingRecord::bytes).sum();
            if (bytes >= maxBytes) {
                batch.endBehind(record);
                return;
            }
        }
    }

    /** A row for each partition. Packed last: Postgres is at work on the rest meanwhile. */
    private static Uni<Void> outbox(Statements sql, LedgerBatch batch) {
        Map<Integer, List<CommandRecord>> byPartition = new TreeMap<>();
        batch.newRecords().forEach(record -> byPartition
                .computeIfAbsent(record.partition(), p -> new ArrayList<>())
                .add(record));
        if (byPartition.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return Statements.inTurn(() -> {
            List<List<CommandRecord>> parts = List.copyOf(byPartition.values());
            return sql.run(
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
                    (short) OutboxCodec.WHOLE);
        });
    }

    private static Buffer pack(LedgerBatch batch, List<CommandRecord> part) {
        return UndecidableException.unlessFaulty(() -> Buffer.buffer(OutboxCodec.pack(
                part.stream().map(batch::output).toList(),
                part.stream().map(CommandRecord::origin).toList())));
    }

    /** The positions as the first half of a batch leaves them. */
    private static Map<Integer, PartitionPosition> behind(
            BatchOutcome first, Map<Integer, PartitionPosition> positions) {
        Map<Integer, PartitionPosition> behind = new HashMap<>(positions);
        first.partitions()
                .forEach(one -> behind.computeIfPresent(
                        one.partition(), (partition, before) -> before.handedOut(one.nextOffset(), one.hasRecords())));
        return behind;
    }

    private static BatchOutcome join(BatchOutcome first, BatchOutcome second) {
        Map<Integer, PartitionOutcome> joined = new TreeMap<>();
        first.partitions().forEach(one -> joined.put(one.partition(), one));
        second.partitions().forEach(one -> joined.merge(one.partition(), one, PartitionOutcome::and));
        List<Gap> gaps = new ArrayList<>(first.gaps());
        gaps.addAll(second.gaps());
        return new BatchOutcome(List.copyOf(joined.values()), second.firstDeferred(), second.goesAlone(), gaps);
    }
}
