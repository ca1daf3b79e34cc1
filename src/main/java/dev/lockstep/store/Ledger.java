package dev.lockstep.store;

import dev.lockstep.Settings;
import dev.lockstep.outbox.Gap;
import dev.lockstep.outbox.OutRecord;
import dev.lockstep.outbox.Outbox;
import dev.lockstep.outbox.Output;
import dev.lockstep.outbox.Standing;
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
     *     pages
     * @param maxBytes of keys and values that are put out, unless a single record puts out more
     * @param pageSize releases of a page
     */
    public Ledger(Pool pool, int maxReleases, long maxBytes, int pageSize) {
        this.maxReleases = maxReleases;
        this.pool = pool;
        this.maxBytes = maxBytes;
        this.pageSize = pageSize;
    }

    /**
     * @param topicId of the commands topic: a re-created topic starts anew
     * @param entries in order within each partition
     * @param standings of their partitions; and of others that were just assigned, and of which no record may ever come
     * @return what was applied of it, which is less than all when that would be too much for one transaction; fails with
     *     {@link DataLoss} when one of the stores is behind the other
     */
    public <E extends Entry> Uni<Applied<E>> apply(
            String topicId, List<E> entries, Map<Integer, Standing> standings, Judge<E> judge) {
        return once(topicId, entries, standings, judge, judge::judge)
                .onFailure(failure -> !entries.isEmpty() && liesInARecord(failure))
                .recoverWithUni(refused -> isolate(topicId, entries, standings, judge, refused));
    }

    private static boolean liesInARecord(Throwable failure) {
        return failure instanceof Unjudgeable || SqlStates.refusesContent(failure);
    }

    /** Halves the batch until the record that the database refuses, or that a fault is about, stands alone. */
    private <E extends Entry> Uni<Applied<E>> isolate(
            String topicId, List<E> entries, Map<Integer, Standing> standings, Judge<E> judge, Throwable refused) {
        if (entries.size() == 1) {
            warn("A record is unprocessable", entries.get(0), refused);
            return once(topicId, entries, standings, judge, judge::unprocessable)
                    .onFailure(Ledger::liesInARecord)
                    .recoverWithUni(again -> {
                        warn("That cannot be told either, there is only a dead letter", entries.get(0), again);
                        return once(topicId, entries, standings, judge, (entry, state) -> judge.lastResort(entry));
                    });
        }
        int half = entries.size() / 2;
        return apply(topicId, entries.subList(0, half), standings, judge)
                .chain(first -> first.left() != null
                        ? Uni.createFrom().item(first)
                        : apply(topicId, entries.subList(half, entries.size()), behind(first, standings), judge)
                                .map(second -> join(first, second)));
    }

    /** Without messages: they may quote the record. */
    private static void warn(String what, Entry entry, Throwable refused) {
        String reason = refused instanceof Unjudgeable fault ? fault.reason() : "SQLSTATE " + SqlStates.of(refused);
        LOG.errorf("%s partition=%d offset=%d reason=%s", what, entry.partition(), entry.offset(), reason);
    }

    private <E extends Entry> Uni<Applied<E>> once(
            String topicId,
            List<E> entries,
            Map<Integer, Standing> standings,
            Judge<E> judge,
            BiFunction<E, State, Output> judgement) {
        return pool.withTransaction(connection -> {
            Statements sql = new Statements(connection);
            Batch<E> batch = new Batch<>(topicId, entries, standings);
            Progress progress = new Progress(batch);
            Loader loader = new Loader(entries, maxReleases);
            return locked(sql, progress, loader)
                    .invoke(() -> batch.classify(progress.check()))
                    .chain(() -> new Replays<>(pool, batch).read(sql))
                    .chain(() -> loader.rest(sql, batch, progress.homes()))
                    .chain(state -> {
                        judge(batch, entry -> Unjudgeable.unlessFaulty(() -> judgement.apply(entry, state)));
                        Writer writer = new Writer(sql, state);
                        List<Uni<Void>> writes = new ArrayList<>(writer.writes());
                        writes.add(outbox(sql, batch));
                        List<Uni<Void>> last = List.of(progress.advance(sql), progress.prune(sql));
                        if (state.unread() == null) {
                            writes.addAll(last);
                            return Statements.together(writes);
                        }
                        return Statements.together(writes)
                                .chain(() -> pages(sql, writer, batch, state.unread(), judge))
                                .chain(() -> Statements.together(last));
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

    /** What changed of releases that are not at hand, by the only new record of the batch. */
    private <E extends Entry> Uni<Void> pages(
            Statements sql, Writer writer, Batch<E> batch, State.Unread unread, Judge<E> judge) {
        E entry = batch.fresh().get(0);
        return new ReleasePages<>(sql, writer, batch.topicId(), entry, unread, judge, pageSize)
                .write()
                .invoke(count -> batch.put(
                        entry,
                        batch.output(entry)
                                .with(new StoredPages(
                                        pool, batch.topicId(), entry.partition(), entry.offset(), count))))
                .replaceWithVoid();
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
                    (short) Outbox.WHOLE);
        });
    }

    private static <E extends Entry> Buffer pack(Batch<E> batch, List<E> slice) {
        return Unjudgeable.unlessFaulty(() -> Buffer.buffer(Outbox.pack(
                slice.stream().map(batch::output).toList(),
                slice.stream().map(Entry::origin).toList())));
    }

    /** The standings as the first half of a batch leaves them. */
    private static Map<Integer, Standing> behind(Applied<?> first, Map<Integer, Standing> standings) {
        Map<Integer, Standing> behind = new HashMap<>(standings);
        first.slices()
                .forEach(slice -> behind.computeIfPresent(
                        slice.partition(),
                        (partition, before) -> before.handedOut(slice.nextOffset(), slice.hasRecords())));
        return behind;
    }

    private static <E extends Entry> Applied<E> join(Applied<E> first, Applied<E> second) {
        Map<Integer, Slice> joined = new TreeMap<>();
        first.slices().forEach(slice -> joined.put(slice.partition(), slice));
        second.slices().forEach(slice -> joined.merge(slice.partition(), slice, Slice::and));
        List<Gap> gaps = new ArrayList<>(first.gaps());
        gaps.addAll(second.gaps());
        return new Applied<>(List.copyOf(joined.values()), second.left(), second.isLeftAlone(), gaps);
    }
}
