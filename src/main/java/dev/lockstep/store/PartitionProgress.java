package dev.lockstep.store;

import dev.lockstep.partition.HomePartitioner;
import dev.lockstep.partition.PartitionPosition;
import dev.lockstep.store.Statements.Statement;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The progress of the partitions in a batch: the lock that comes first, and the watermarks that are written last. */
final class PartitionProgress {

    /**
     * How far a partition is applied, known to be in Kafka, and submitted for publication: each the next offset.
     *
     * @param seekTo where the consumer is to begin if it was just assigned the partition
     */
    record Watermarks(long applied, long published, long submitted, long seekTo) {}

    /** @param isFromOlderVersion whether it was written by a version that does not mark its committed offsets */
    private record StoredProgress(long applied, long published, boolean isFromOlderVersion) {}

    private final TransactionBatch batch;
    private final Map<Integer, StoredProgress> stored = new HashMap<>();
    private final Map<Integer, Watermarks> watermarks = new HashMap<>();
    private HomePartitioner homes;
    private Instant now;

    PartitionProgress(TransactionBatch batch) {
        this.batch = batch;
    }

    /**
     * The lock: any later statement reads what the previous holder of the lock left. The same query reads how far the
     * topics have grown and the time, so that all workers always agree on both. The time is read for each row once
     * that row is locked; in the inner query it might be read earlier.
     */
    Statement lock(Statements sql) {
        return sql.query(this::loadLocked, """
                select partition, applied, published, marked,
                       (select partitions from layout where topic = $3) as first_count,
                       (select max(partitions) from growth where topic = $3 and since <= now()) as grown_count,
                       clock_timestamp() as locked_at
                from (select partition, applied, published, marked from progress
                      where topic_id = $1 and partition = any($2::int4[]) order by partition for update) as locked""", batch.topicId(), batch.partitions(), batch.topic());
    }

    private void loadLocked(Row row) {
        now = row.getOffsetDateTime("locked_at").toInstant().truncatedTo(ChronoUnit.MILLIS);
        long applied = row.getLong("applied");
        stored.put(
                row.getInteger("partition"),
                new StoredProgress(applied, row.getLong("published"), applied > row.getLong("marked")));
        if (batch.topic() != null) {
            Integer first =
                    Objects.requireNonNull(row.getInteger("first_count"), "the layout of the topics is not stored");
            Integer grown = row.getInteger("grown_count");
            homes = new HomePartitioner(first, grown == null ? first : grown);
        }
    }

    /** Known once everything is locked; null for a batch without records. */
    HomePartitioner homes() {
        return homes;
    }

    /** By the database's clock, when the last of the partitions was locked. */
    Instant now() {
        return now;
    }

    /** Whether every partition has a row: a new one has none, so nothing is locked for it. */
    boolean isLocked() {
        return stored.size() == batch.partitions().length;
    }

    Statement create(Statements sql) {
        return sql.statement("""
                        insert into progress (topic_id, partition, applied, published, marked)
                        select $1, p, 0, 0, 0 from unnest($2::int4[]) p order by p on conflict do nothing""", batch.topicId(), batch.partitions());
    }

    /** @return the watermarks, with what Kafka says about the partition; fails if one of the stores is behind the other */
    Map<Integer, Watermarks> checkedWatermarks() {
        stored.forEach((partition, row) -> watermarks.put(partition, check(partition, row, batch.position(partition))));
        return watermarks;
    }

    /**
     * Whatever was committed with a mark is in Kafka. Any other offset says nothing about what is published or to be read:
     * somebody who set it by hand, or a stranger in the group, does not decide which commands get an outcome.
     */
    private Watermarks check(int partition, StoredProgress row, PartitionPosition position) {
        boolean isTrusted =
                position.committedOffset() != null && (position.isCommittedByWorker() || row.isFromOlderVersion());
        long confirmed = isTrusted ? position.committedOffset() : 0;
        if (confirmed > row.applied()) {
            throw DataLossException.postgresBehind(partition, confirmed, row.applied());
        }
        if (position.isFresh() && row.applied() > position.endOffset()) {
            throw DataLossException.kafkaBehind(partition, position.endOffset(), row.applied());
        }
        long alreadySeen = Math.max(confirmed, position.nextReadOffset());
        if (batch.firstOffset(partition) < alreadySeen) {
            throw DataLossException.offsetsReset(partition, batch.firstOffset(partition), alreadySeen);
        }
        long published = Math.max(row.published(), confirmed);
        return new Watermarks(
                row.applied(),
                published,
                Math.max(published, position.submittedOffset()),
                isTrusted ? position.resumeOffset() : Math.max(published, position.beginningOffset()));
    }

    /** Moves the watermarks forward. */
    Statement advance(Statements sql) {
        Integer[] partitions = batch.partitions();
        return sql.statement(
                """
                        update progress p set applied = greatest(p.applied, t.applied),
                                              marked = greatest(p.applied, t.applied),
                                              published = greatest(p.published, t.published)
                        from unnest($2::int4[], $3::int8[], $4::int8[]) as t(partition, applied, published)
                        where p.topic_id = $1 and p.partition = t.partition""",
                batch.topicId(),
                partitions,
                Arrays.stream(partitions).map(batch::appliedOffset).toArray(Long[]::new),
                published(partitions));
    }

    /** Deletes output that is known to be published from the outbox. */
    Statement prune(Statements sql) {
        return prune(sql, batch.topicId(), batch.partitions());
    }

    private static Statement prune(Statements sql, String topicId, Integer[] partitions) {
        return sql.statement("""
                        delete from outbox o using progress p
                        where p.topic_id = $1 and p.partition = any($2::int4[])
                          and o.topic_id = $1 and o.partition = p.partition and o.next_offset <= p.published""", topicId, partitions);
    }

    /**
     * Records what is in Kafka, outside a batch. Never moves back, and never beyond the applied offset: that would be another
     * worker's, or an outdated one.
     *
     * <p>A locked partition is skipped: waiting for it would keep the others locked.
     *
     * @param committed next offset by partition
     * @return the partitions that were not skipped
     */
    static Uni<Set<Integer>> recordPublished(Statements sql, String topicId, Map<Integer, Long> committed) {
        Set<Integer> free = new HashSet<>();
        return sql.query(
                        row -> free.add(row.getInteger(0)),
                        """
                        select partition from progress where topic_id = $1 and partition = any($2::int4[])
                        order by partition for update skip locked""",
                        topicId,
                        committed.keySet().toArray(Integer[]::new))
                .execute()
                .chain(() -> {
                    Integer[] partitions = free.toArray(Integer[]::new);
                    return Statements.pipeline(List.of(
                            sql.statement(
                                    """
                                    update progress p set published = t.published
                                    from unnest($2::int4[], $3::int8[]) as t(partition, published)
                                    where p.topic_id = $1 and p.partition = t.partition
                                      and p.published < t.published and t.published <= p.applied""",
                                    topicId,
                                    partitions,
                                    Arrays.stream(partitions)
                                            .map(committed::get)
                                            .toArray(Long[]::new)),
                            prune(sql, topicId, partitions)));
                })
                .replaceWith(free);
    }

    private Long[] published(Integer[] partitions) {
        return Arrays.stream(partitions)
                .map(partition -> watermarks.get(partition).published())
                .toArray(Long[]::new);
    }
}
