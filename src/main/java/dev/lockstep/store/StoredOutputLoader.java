package dev.lockstep.store;

import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.partition.OffsetGap;
import dev.lockstep.store.TransactionBatch.OffsetRange;
import dev.lockstep.store.format.NewerFormatException;
import dev.lockstep.store.format.OutboxCodec;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/**
 * Adds to a batch the stored output of records that were applied earlier and may not be in Kafka yet, whether or not those
 * records were redelivered.
 */
final class StoredOutputLoader {

    private static final Logger LOG = Logger.getLogger(StoredOutputLoader.class);

    private final Pool pool;
    private final TransactionBatch batch;
    private final Map<Integer, OffsetRange> rangesByPartition;
    private final Map<Integer, Map<Long, IncomingRecord>> redelivered = new HashMap<>();
    private final Map<Integer, TreeSet<Long>> lostOffsets = new TreeMap<>();
    private int loadedCount;

    /** @param pool the pool for reading further pages, when it is their turn */
    StoredOutputLoader(Pool pool, TransactionBatch batch) {
        this.pool = pool;
        this.batch = batch;
        this.rangesByPartition = batch.unsubmittedRanges();
    }

    Uni<Void> read(Statements sql) {
        if (rangesByPartition.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        for (IncomingRecord record : batch.records()) {
            OffsetRange range = rangesByPartition.get(record.partition());
            if (range != null && range.contains(record.offset())) {
                redelivered
                        .computeIfAbsent(record.partition(), p -> new HashMap<>())
                        .put(record.offset(), record);
            }
        }
        Collection<OffsetRange> ranges = rangesByPartition.values();
        return sql.query(
                        this::addRow,
                        """
                        select o.partition, o.next_offset, case when o.page = 0 then o.records end as records, o.format,
                               o.first_offset, o.page
                        from unnest($2::int4[], $3::int8[], $4::int8[]) as t(partition, f, t)
                        join outbox o on o.topic_id = $1 and o.partition = t.partition
                                         and o.first_offset < t.t and o.next_offset > t.f
                        order by o.partition, o.first_offset, o.page""",
                        batch.topicId(),
                        rangesByPartition.keySet().toArray(Integer[]::new),
                        ranges.stream().map(OffsetRange::from).toArray(Long[]::new),
                        ranges.stream().map(OffsetRange::to).toArray(Long[]::new))
                .execute()
                .invoke(this::requireComplete);
    }

    private void addRow(Row row) {
        NewerFormatException.requireKnown("outbox", row.getInteger("format"), OutboxCodec.NEWEST_FORMAT);
        int page = row.getInteger("page");
        if (page == 0) {
            addOutputs(row);
        } else {
            addPage(row.getInteger("partition"), row.getLong("first_offset"), page);
        }
    }

    /** The last of the rows counts. */
    private void addPage(int partition, long offset, int page) {
        batch.putStored(partition, offset, new OutboxPages(pool, batch.topicId(), partition, offset, page));
    }

    /** A row may have been truncated by hand: what lies past its end belongs to records that no longer exist. */
    private void addOutputs(Row row) {
        int partition = row.getInteger("partition");
        OffsetRange range = rangesByPartition.get(partition);
        OffsetRange wanted = new OffsetRange(range.from(), Math.min(range.to(), row.getLong("next_offset")));
        Map<Long, IncomingRecord> records = redelivered.getOrDefault(partition, new HashMap<>());
        OutboxCodec.decode(
                        row.getInteger("format"),
                        row.getBuffer("records").getBytes(),
                        wanted::contains,
                        offset -> origin(records.get(offset)),
                        offset -> lostOffsets
                                .computeIfAbsent(partition, p -> new TreeSet<>())
                                .add(offset))
                .forEach(output -> {
                    batch.putStored(partition, output);
                    records.remove(output.offset());
                    loadedCount++;
                });
    }

    private static ConsumerRecord<byte[], byte[]> origin(IncomingRecord record) {
        return record == null ? null : record.origin();
    }

    private void requireComplete() {
        int missingCount = redelivered.values().stream().mapToInt(Map::size).sum();
        if (missingCount > 0) {
            throw new IllegalStateException("the outbox lacks the output of applied records count=" + missingCount);
        }
        if (loadedCount > 0) {
            LOG.infof("Publishing the stored output of records that were applied earlier records=%d", loadedCount);
        }
        lostOffsets.forEach((partition, offsets) -> batch.addGap(new OffsetGap(
                OffsetGap.Cause.SOURCE_RECORD_LOST, partition, offsets.first(), offsets.last() + 1, offsets.size())));
    }
}
