package dev.lockstep.store;

import io.smallrye.mutiny.Uni;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.reactive.mutiny.Mutiny;

/** The progress of the partitions in a batch: the lock that comes first, and the marks that are written last. */
final class Progress {

    private Progress() {}

    /** Locks, then sorts the batch's records by what the progress says of them. */
    static Uni<Void> lock(Mutiny.StatelessSession session, Batch<?> batch) {
        return select(session, batch)
                .chain(rows -> rows.size() == batch.partitions().length
                        ? Uni.createFrom().item(rows)
                        : create(session, batch).chain(() -> select(session, batch)))
                .invoke(rows -> {
                    Map<Integer, ProgressRow> progress = new HashMap<>();
                    for (ProgressRow row : rows) {
                        long committed = batch.standing().committed(row.partition);
                        long end = batch.standing().end(row.partition);
                        if (committed > row.applied) {
                            throw DataLoss.ofPostgres(row.partition, committed, row.applied);
                        }
                        if (row.applied > end) {
                            throw DataLoss.ofKafka(row.partition, end, row.applied);
                        }
                        row.published = Math.max(row.published, committed);
                        progress.put(row.partition, row);
                    }
                    batch.sort(progress);
                })
                .replaceWithVoid();
    }

    private static Uni<List<ProgressRow>> select(Mutiny.StatelessSession session, Batch<?> batch) {
        return session.createNativeQuery("""
                        select * from progress where topic_id = :topic and partition = any(cast(:partitions as int4[]))
                        order by partition for update""", ProgressRow.class)
                .setParameter("topic", batch.topicId())
                .setParameter("partitions", batch.partitions())
                .getResultList();
    }

    private static Uni<Integer> create(Mutiny.StatelessSession session, Batch<?> batch) {
        return session.createNativeQuery("""
                        insert into progress (topic_id, partition, applied, published)
                        select :topic, p, 0, 0 from unnest(cast(:partitions as int4[])) p order by p
                        on conflict do nothing""")
                .setParameter("topic", batch.topicId())
                .setParameter("partitions", batch.partitions())
                .executeUpdate();
    }

    /** Moves the marks on, and drops from the outbox what is known to be published. */
    static Uni<Void> advance(Mutiny.StatelessSession session, Batch<?> batch) {
        Integer[] partitions = batch.partitions();
        return session.createNativeQuery("""
                        update progress p set applied = greatest(p.applied, t.applied),
                                              published = greatest(p.published, t.published)
                        from unnest(cast(:partitions as int4[]), cast(:applied as int8[]), cast(:published as int8[]))
                             as t(partition, applied, published)
                        where p.topic_id = :topic and p.partition = t.partition""")
                .setParameter("topic", batch.topicId())
                .setParameter("partitions", partitions)
                .setParameter(
                        "applied", Arrays.stream(partitions).map(batch::next).toArray(Long[]::new))
                .setParameter(
                        "published",
                        Arrays.stream(partitions)
                                .map(batch.standing()::committed)
                                .toArray(Long[]::new))
                .executeUpdate()
                .chain(() -> prune(session, batch.topicId(), partitions))
                .replaceWithVoid();
    }

    /** Removes what is known to be in Kafka from the outbox of these partitions. */
    static Uni<Integer> prune(Mutiny.StatelessSession session, String topicId, Integer[] partitions) {
        return session.createNativeQuery("""
                        delete from outbox o using progress p
                        where p.topic_id = :topic and p.partition = any(cast(:partitions as int4[]))
                          and o.topic_id = p.topic_id and o.partition = p.partition and o.next_offset <= p.published""")
                .setParameter("topic", topicId)
                .setParameter("partitions", partitions)
                .executeUpdate();
    }
}
