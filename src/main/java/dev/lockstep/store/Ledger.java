package dev.lockstep.store;

import dev.lockstep.outbox.OutRecord;
import dev.lockstep.outbox.Outbox;
import dev.lockstep.outbox.Output;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.hibernate.reactive.mutiny.Mutiny;
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

    private static final int FRAMES = 8;

    private final Mutiny.SessionFactory sessions;
    private final Clock clock;

    Ledger(Mutiny.SessionFactory sessions, Clock clock) {
        this.sessions = sessions;
        this.clock = clock;
    }

    /**
     * @param topicId of the commands topic: a re-created topic starts anew
     * @param entries in order within each partition
     * @return a slice for each partition; fails with {@link DataLoss} when one of the stores is behind the other
     */
    public <E extends Entry> Uni<List<Slice>> apply(
            String topicId, List<E> entries, Standing standing, Judge<E> judge) {
        return once(topicId, entries, standing, judge, false)
                .onFailure(failure -> failure instanceof Unjudgeable || SqlStates.refusesContent(failure))
                .recoverWithUni(refused -> isolate(topicId, entries, standing, judge, refused));
    }

    /** Halves the batch until the record that the database refuses stands alone. */
    private <E extends Entry> Uni<List<Slice>> isolate(
            String topicId, List<E> entries, Standing standing, Judge<E> judge, Throwable refused) {
        if (entries.size() == 1) {
            E entry = entries.get(0);
            LOG.errorf(
                    "A record is unprocessable partition=%d offset=%d reason=%s",
                    entry.partition(), entry.offset(), reason(refused));
            return once(topicId, entries, standing, judge, true);
        }
        int half = entries.size() / 2;
        return apply(topicId, entries.subList(0, half), standing, judge)
                .chain(first -> apply(topicId, entries.subList(half, entries.size()), standing, judge)
                        .map(second -> join(first, second)));
    }

    /** Without messages: they may quote the record. */
    private static String reason(Throwable refused) {
        if (refused instanceof Unjudgeable) {
            Throwable fault = refused.getCause();
            return fault.getClass().getName()
                    + Stream.of(fault.getStackTrace()).limit(FRAMES).toList();
        }
        return "SQLSTATE " + SqlStates.of(refused);
    }

    private <E extends Entry> Uni<List<Slice>> once(
            String topicId, List<E> entries, Standing standing, Judge<E> judge, boolean poison) {
        Batch<E> batch = new Batch<>(topicId, entries, standing);
        return sessions.withStatelessTransaction(session -> Progress.lock(session, batch)
                .chain(() -> replays(session, batch))
                .chain(() -> Loader.load(session, batch.fresh()))
                .chain(state -> {
                    for (E entry : batch.fresh()) {
                        batch.put(
                                entry,
                                new Output(
                                        entry.offset(),
                                        poison ? judge.unprocessable(entry, state) : judge(judge, entry, state)));
                    }
                    return Writer.write(session, state, clock.instant());
                })
                .chain(() -> outbox(session, batch))
                .chain(() -> Progress.advance(session, batch))
                .map(ignored -> batch.slices()));
    }

    /** A fault in the judgement of one record must not hold up its neighbours: it counts as the record's. */
    private static final class Unjudgeable extends RuntimeException {
        Unjudgeable(Throwable cause) {
            super(cause);
        }
    }

    private static <E extends Entry> List<OutRecord> judge(Judge<E> judge, E entry, State state) {
        try {
            return judge.judge(entry, state);
        } catch (RuntimeException | StackOverflowError fault) {
            throw new Unjudgeable(fault);
        }
    }

    private static <E extends Entry> Uni<Void> replays(Mutiny.StatelessSession session, Batch<E> batch) {
        if (batch.replayed().isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        Map<Integer, Map<Long, E>> wanted = new HashMap<>();
        batch.replayed().forEach(entry -> wanted.computeIfAbsent(entry.partition(), p -> new HashMap<>())
                .put(entry.offset(), entry));
        LOG.infof(
                "Publishing what was stored for records that were applied before records=%d",
                batch.replayed().size());
        return session.createNativeQuery("""
                        select * from outbox where topic_id = :topic and partition = any(cast(:partitions as int4[]))
                        order by partition, first_offset""", OutboxRow.class)
                .setParameter("topic", batch.topicId())
                .setParameter("partitions", wanted.keySet().toArray(Integer[]::new))
                .getResultList()
                .invoke(rows -> {
                    for (OutboxRow row : rows) {
                        Map<Long, E> entries = wanted.get(row.partition);
                        Outbox.unpack(
                                        row.records,
                                        offset -> entries.containsKey(offset)
                                                ? entries.get(offset).origin()
                                                : null)
                                .forEach(output -> batch.put(entries.remove(output.offset()), output));
                    }
                    wanted.values().forEach(missing -> {
                        if (!missing.isEmpty()) {
                            throw new IllegalStateException("the outbox lacks applied records: " + missing.size());
                        }
                    });
                })
                .replaceWithVoid();
    }

    private static <E extends Entry> Uni<Void> outbox(Mutiny.StatelessSession session, Batch<E> batch) {
        Map<Integer, List<E>> byPartition = new TreeMap<>();
        batch.fresh().forEach(entry -> byPartition
                .computeIfAbsent(entry.partition(), p -> new ArrayList<>())
                .add(entry));
        if (byPartition.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        String rows = IntStream.range(0, byPartition.size())
                .mapToObj("(:topic, :partition%1$d, :first%1$d, :next%1$d, :records%1$d)"::formatted)
                .collect(Collectors.joining(", "));
        Mutiny.Query<?> insert = session.createNativeQuery(
                        "insert into outbox (topic_id, partition, first_offset, next_offset, records) values " + rows)
                .setParameter("topic", batch.topicId());
        int row = 0;
        for (Map.Entry<Integer, List<E>> slice : byPartition.entrySet()) {
            List<E> entries = slice.getValue();
            List<ConsumerRecord<byte[], byte[]>> origins =
                    entries.stream().map(Entry::origin).toList();
            insert.setParameter("partition" + row, slice.getKey())
                    .setParameter("first" + row, entries.get(0).offset())
                    .setParameter("next" + row, entries.get(entries.size() - 1).offset() + 1)
                    .setParameter(
                            "records" + row,
                            Outbox.pack(entries.stream().map(batch::output).toList(), origins));
            row++;
        }
        return insert.executeUpdate().replaceWithVoid();
    }

    private static List<Slice> join(List<Slice> first, List<Slice> second) {
        Map<Integer, Slice> joined = new TreeMap<>();
        first.forEach(slice -> joined.put(slice.partition(), slice));
        for (Slice slice : second) {
            joined.merge(slice.partition(), slice, (a, b) -> {
                List<Output> outputs = new ArrayList<>(a.outputs());
                outputs.addAll(b.outputs());
                return new Slice(a.partition(), b.nextOffset(), outputs);
            });
        }
        return List.copyOf(joined.values());
    }
}
