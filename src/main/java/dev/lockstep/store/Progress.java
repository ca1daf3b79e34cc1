package dev.lockstep.store;

import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The progress of the partitions in a batch: the lock that comes first, and the marks that are written last. */
final class Progress {

    /** How far a partition is applied, and known to be published: both the next offset. */
    record Marks(long applied, long published) {}

    private final Batch<?> batch;
    private final Map<Integer, Marks> marks = new HashMap<>();
    private Homes homes;

    Progress(Batch<?> batch) {
        this.batch = batch;
    }

    /**
     * The lock: whatever is read by a statement behind it is what the one who had it before has left. With it comes how far
     * the topics have grown, so that all workers agree on that at any time.
     */
    Uni<Void> lock(Statements sql) {
        return sql.forEach(this::locked, """
                select partition, applied, published,
                       (select partitions from layout where topic = $3),
                       (select max(partitions) from growth where topic = $3 and since <= now())
                from progress where topic_id = $1 and partition = any($2::int4[]) order by partition for update""", batch.topicId(), batch.partitions(), batch.topic());
    }

    private void locked(Row row) {
        marks.put(row.getInteger(0), new Marks(row.getLong(1), row.getLong(2)));
        Integer first = Objects.requireNonNull(row.getInteger(3), "the layout of the topics is not stored");
        Integer grown = row.getInteger(4);
        homes = new Homes(first, grown == null ? first : grown);
    }

    /** Known as soon as everything is locked. */
    Homes homes() {
        return homes;
    }

    /** Whether every partition has its row: a new one has none, so nothing is locked for it. */
    boolean isLocked() {
        return marks.size() == batch.partitions().length;
    }

    Uni<Void> create(Statements sql) {
        return sql.run("""
                        insert into progress (topic_id, partition, applied, published)
                        select $1, p, 0, 0 from unnest($2::int4[]) p order by p on conflict do nothing""", batch.topicId(), batch.partitions());
    }

    /** @return the marks, moved on to what Kafka says of the partition; fails when one of the stores is behind the other */
    Map<Integer, Marks> check(Standing standing) {
        marks.replaceAll((partition, stored) -> {
            long committed = standing.committed(partition);
            long end = standing.end(partition);
            if (committed > stored.applied()) {
                throw DataLoss.ofPostgres(partition, committed, stored.applied());
            }
            if (stored.applied() > end) {
                throw DataLoss.ofKafka(partition, end, stored.applied());
            }
            if (batch.first(partition) < committed) {
                throw DataLoss.ofTopic(partition, batch.first(partition), committed);
            }
            return new Marks(stored.applied(), Math.max(stored.published(), committed));
        });
        return marks;
    }

    /** Moves the marks on. */
    Uni<Void> advance(Statements sql) {
        Integer[] partitions = batch.partitions();
        return sql.run(
                """
                        update progress p set applied = greatest(p.applied, t.applied),
                                              published = greatest(p.published, t.published)
                        from unnest($2::int4[], $3::int8[], $4::int8[]) as t(partition, applied, published)
                        where p.topic_id = $1 and p.partition = t.partition""",
                batch.topicId(),
                partitions,
                Arrays.stream(partitions).map(batch::next).toArray(Long[]::new),
                published(partitions));
    }

    /** Drops from the outbox what is known to be published. */
    Uni<Void> prune(Statements sql) {
        Integer[] partitions = batch.partitions();
        return sql.run("""
                        delete from outbox o using unnest($2::int4[], $3::int8[]) as t(partition, published)
                        where o.topic_id = $1 and o.partition = t.partition and o.next_offset <= t.published""", batch.topicId(), partitions, published(partitions));
    }

    private Long[] published(Integer[] partitions) {
        return Arrays.stream(partitions)
                .map(partition -> marks.get(partition).published())
                .toArray(Long[]::new);
    }
}
