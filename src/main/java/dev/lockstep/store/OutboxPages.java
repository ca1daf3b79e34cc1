package dev.lockstep.store;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.OutputPages;
import dev.lockstep.batch.UnreadablePageException;
import dev.lockstep.database.PostgresErrors;
import dev.lockstep.store.format.NewerFormatException;
import dev.lockstep.store.format.OutboxCodec;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowIterator;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.List;

/** The further pages of one record's output, read from the outbox one by one. */
final class OutboxPages implements OutputPages {

    private final Pool pool;
    private final String topicId;
    private final int partition;
    private final long offset;
    private final int count;

    OutboxPages(Pool pool, String topicId, int partition, long offset, int count) {
        this.pool = pool;
        this.topicId = topicId;
        this.partition = partition;
        this.offset = offset;
        this.count = count;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public List<OutgoingRecord> read(int page) {
        RowIterator<Row> rows = rows(page);
        if (!rows.hasNext()) {
            throw new IllegalStateException("a page of the outbox no longer exists: another worker has published it");
        }
        Row row = rows.next();
        int format = row.getInteger("format");
        NewerFormatException.requireKnown("outbox", format, OutboxCodec.NEWEST_FORMAT);
        return OutboxCodec.decode(format, row.getBuffer("records").getBytes(), any -> true, any -> null, any -> {})
                .get(0)
                .records();
    }

    /** Always returns or throws: a silent connection is closed. */
    private RowIterator<Row> rows(int page) {
        try {
            return pool.preparedQuery("""
                        select records, format from outbox
                        where topic_id = $1 and partition = $2 and first_offset = $3 and page = $4""")
                    .execute(Tuple.of(topicId, partition, offset, page))
                    .await()
                    .indefinitely()
                    .iterator();
        } catch (RuntimeException e) {
            throw new UnreadablePageException(PostgresErrors.reason(e), PostgresErrors.retryCause(e));
        }
    }
}
