package dev.lockstep.store;

import dev.lockstep.Settings;
import dev.lockstep.outbox.OutRecord;
import dev.lockstep.outbox.Outbox;
import dev.lockstep.outbox.Output;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
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
 * all of an application lies in one partition, that is its lock too. Records below {@code applied} are replays: what was
 * stored for them is handed out again, and nothing is decided.
 */
@ApplicationScoped
public class Ledger {

    private static final Logger LOG = Logger.getLogger(Ledger.class);

    private final Pool pool;
    private final Clock clock;
    private final int maxReleases;
    private final long maxBytes;

    @Inject
    Ledger(Pool pool, Clock clock, Settings settings) {
        this(pool, clock, settings.batch().maxRecords(), settings.batch().maxBytes());
    }

    /**
     * The limits at which the rest of a batch is left to the next.
     *
     * @param maxReleases that are read because a pipeline may change, unless a single application has more
     * @param maxBytes of keys and values that are put out, unless a single record puts out more
     */
    public Ledger(Pool pool, Clock clock, int maxReleases, long maxBytes) {
        this.maxReleases = maxReleases;
        this.pool = pool;
        this.clock = clock;
        this.maxBytes = maxBytes;
    }

    /**
     * @param topicId of the commands topic: a re-created topic starts anew
     * @param entries in order within each partition
     * @return what was applied of it, which is less than all when that would be too much for one transaction; fails with
     *     {@link DataLoss} when one of the stores is behind the other
     */
    public <E extends Entry> Uni<Applied<E>> apply(String topicId, List<E> entries, Standing standing, Judge<E> judge) {
        return once(topicId, entries, standing, judge::judge)
                .onFailure(Ledger::liesInARecord)
                .recoverWithUni(refused -> isolate(topicId, entries, standing, judge, refused));
    }

    private static boolean liesInARecord(Throwable failure) {
        return failure instanceof Unjudgeable || SqlStates.refusesContent(failure);
    }

    /** Halves the batch until the record that the database refuses, or that a fault is about, stands alone. */
    private <E extends Entry> Uni<Applied<E>> isolate(
            String topicId, List<E> entries, Standing standing, Judge<E> judge, Throwable refused) {
        if (entries.size() == 1) {
            warn("A record is unprocessable", entries.get(0), refused);
            return once(topicId, entries, standing, judge::unprocessable)
                    .onFailure(Ledger::liesInARecord)
                    .recoverWithUni(again -> {
                        warn("That cannot be told either, there is only a dead letter", entries.get(0), again);
                        return once(topicId, entries, standing, (entry, state) -> judge.lastResort(entry));
                    });
        }
        int half = entries.size() / 2;
        return apply(topicId, entries.subList(0, half), standing, judge)
                .chain(first -> first.left() != null
                        ? Uni.createFrom().item(first)
                        : apply(topicId, entries.subList(half, entries.size()), standing, judge)
                                .map(second -> join(first, second)));
    }

    /** Without messages: they may quote the record. */
    private static void warn(String what, Entry entry, Throwable refused) {
        String reason = refused instanceof Unjudgeable fault ? fault.reason() : "SQLSTATE " + SqlStates.of(refused);
        LOG.errorf("%s partition=%d offset=%d reason=%s", what, entry.partition(), entry.offset(), reason);
    }

    private <E extends Entry> Uni<Applied<E>> once(
            String topicId, List<E> entries, Standing standing, BiFunction<E, State, Output> judge) {
        return pool.withTransaction(connection -> {
            Statements sql = new Statements(connection);
            Batch<E> batch = new Batch<>(topicId, entries);
            Progress progress = new Progress(batch);
            Loader loader = new Loader(entries, maxReleases);
            return locked(sql, progress, loader)
                    .invoke(() -> batch.classify(progress.check(standing)))
                    .chain(() -> replays(sql, batch))
                    .chain(() -> loader.rest(sql, batch, progress.homes()))
                    .chain(state -> {
                        judge(batch, entry -> Unjudgeable.unlessFaulty(() -> judge.apply(entry, state)));
                        List<Uni<Void>> writes = new ArrayList<>(new Writer(sql, state).writes(clock.instant()));
                        writes.add(outbox(sql, batch));
                        writes.add(progress.advance(sql));
                        writes.add(progress.prune(sql));
                        return Statements.together(writes);
                    })
                    .map(written -> batch.applied());
        });
    }

    /**
     * The lock, and behind it what can be read without knowing more. A partition that is new has nothing to lock yet, and
     * what was read then was not read under a lock.
     */
    private static Uni<Void> locked(Statements sql, Progress progress, Loader loader) {
        List<Uni<Void>> statements = new ArrayList<>();
        statements.add(progress.lock(sql));
        statements.addAll(loader.named(sql));
        return Statements.together(statements)
                .chain(() -> progress.isLocked()
                        ? Uni.createFrom().voidItem()
                        : progress.create(sql).chain(() -> locked(sql, progress, loader)));
    }

    /** In order, until they put out enough for one transaction. */
    private <E extends Entry> void judge(Batch<E> batch, Function<E, Output> judge) {
        long bytes = 0;
        for (E entry : batch.fresh()) {
            Output output = judge.apply(entry);
            batch.put(entry, output);
            bytes += output.records().stream().mapToLong(OutRecord::bytes).sum();
            if (bytes >= maxBytes) {
                batch.endBehind(entry);
                return;
            }
        }
    }

    private static <E extends Entry> Uni<Void> replays(Statements sql, Batch<E> batch) {
        if (batch.replayed().isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        Map<Integer, Map<Long, E>> wanted = new HashMap<>();
        batch.replayed().forEach(entry -> wanted.computeIfAbsent(entry.partition(), p -> new HashMap<>())
                .put(entry.offset(), entry));
        LOG.infof(
                "Publishing what was stored for records that were applied before records=%d",
                batch.replayed().size());
        return sql.forEach(
                        row -> {
                            Map<Long, E> entries = wanted.get(row.getInteger(0));
                            int format = row.getInteger(2);
                            NewerFormat.check("outbox", format, Outbox.FORMAT);
                            Outbox.unpack(
                                            format,
                                            row.getBuffer(1).getBytes(),
                                            offset -> entries.containsKey(offset)
                                                    ? entries.get(offset).origin()
                                                    : null)
                                    .forEach(output -> batch.put(entries.remove(output.offset()), output));
                        },
                        """
                        select partition, records, format from outbox where topic_id = $1 and partition = any($2::int4[])
                        order by partition, first_offset""",
                        batch.topicId(),
                        wanted.keySet().toArray(Integer[]::new))
                .invoke(() -> wanted.values().forEach(missing -> {
                    if (!missing.isEmpty()) {
                        throw new IllegalStateException("the outbox lacks applied records: " + missing.size());
                    }
                }));
    }

    /** A row for each partition. Packed last: Postgres is at work on the rest meanwhile. */
    private static <E extends Entry> Uni<Void> outbox(Statements sql, Batch<E> batch) {
        Map<Integer, List<E>> byPartition = new TreeMap<>();
        batch.fresh().forEach(entry -> byPartition
                .computeIfAbsent(entry.partition(), p -> new ArrayList<>())
                .add(entry));
        if (byPartition.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return Statements.inTurn(() -> {
            List<List<E>> slices = List.copyOf(byPartition.values());
            return sql.run(
                    """
                            insert into outbox (topic_id, format, partition, first_offset, next_offset, records)
                            select $1, $6, * from unnest($2::int4[], $3::int8[], $4::int8[], $5::bytea[])""",
                    batch.topicId(),
                    byPartition.keySet().toArray(Integer[]::new),
                    slices.stream().map(slice -> slice.get(0).offset()).toArray(Long[]::new),
                    slices.stream()
                            .map(slice -> slice.get(slice.size() - 1).offset() + 1)
                            .toArray(Long[]::new),
                    slices.stream().map(slice -> pack(batch, slice)).toArray(Buffer[]::new),
                    (short) Outbox.FORMAT);
        });
    }

    private static <E extends Entry> Buffer pack(Batch<E> batch, List<E> slice) {
        return Unjudgeable.unlessFaulty(() -> Buffer.buffer(Outbox.pack(
                slice.stream().map(batch::output).toList(),
                slice.stream().map(Entry::origin).toList())));
    }

    private static <E extends Entry> Applied<E> join(Applied<E> first, Applied<E> second) {
        Map<Integer, Slice> joined = new TreeMap<>();
        first.slices().forEach(slice -> joined.put(slice.partition(), slice));
        for (Slice slice : second.slices()) {
            joined.merge(slice.partition(), slice, (a, b) -> {
                List<Output> outputs = new ArrayList<>(a.outputs());
                outputs.addAll(b.outputs());
                return new Slice(a.partition(), b.nextOffset(), outputs);
            });
        }
        return new Applied<>(List.copyOf(joined.values()), second.left());
    }
}
