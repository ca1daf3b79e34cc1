package dev.lockstep.store;

import dev.lockstep.batch.Decider;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.LastChange;
import dev.lockstep.domain.release.Release;
import dev.lockstep.store.Statements.Statement;
import dev.lockstep.store.format.NewerFormatException;
import dev.lockstep.store.format.OutboxCodec;
import dev.lockstep.store.format.StateJson;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Changes all releases of an application, and stores the resulting output, if there are too many to keep in memory: page by
 * page, they are read, stamped with the last change, written, rendered and discarded. Those that are in memory anyway, being in
 * an environment or on their way into one, have already been written and output. It all happens in the transaction of the
 * command that changed them.
 */
final class ReleasePager {

    private final Statements sql;
    private final StateWriter writer;
    private final String topicId;
    private final IncomingRecord record;
    private final Application application;
    private final Set<String> loadedIds;
    private final LastChange lastChange;
    private final DecisionContext context;
    private final Decider decider;
    private final int pageSize;
    private final long maxBytes;
    private String lastReadId = "";
    private int pageCount;

    /**
     * @param pageSize how many releases a page has at most, 1 or more
     * @param maxBytes the bytes of stored releases with which a page is full
     */
    ReleasePager(
            Statements sql,
            StateWriter writer,
            String topicId,
            IncomingRecord record,
            UnitOfWork.UnloadedReleases unloadedReleases,
            Decider decider,
            int pageSize,
            long maxBytes) {
        this.sql = sql;
        this.writer = writer;
        this.topicId = topicId;
        this.record = record;
        this.application = unloadedReleases.application();
        this.loadedIds = unloadedReleases.loadedIds();
        this.lastChange = unloadedReleases.lastChange();
        this.context = unloadedReleases.context();
        this.decider = decider;
        this.pageSize = pageSize;
        this.maxBytes = maxBytes;
    }

    /** @return how many pages were stored */
    Uni<Integer> write() {
        return Multi.createBy()
                .repeating()
                .uni(this::nextPage)
                .whilst(read -> read > 0)
                .collect()
                .last()
                .map(read -> pageCount);
    }

    private Uni<Integer> nextPage() {
        List<Release> read = new ArrayList<>();
        return sql.query(row -> read.add(release(row)), """
                        select id, state, format
                        from (select id, state, format, sum(octet_length(state)) over (order by id) - octet_length(state) as before
                              from (select id, state, format from release
                                    where application = $1 and id > $2 and not archived order by id limit $3) next) page
                        where before < $4 order by id""", application.id(), lastReadId, pageSize, maxBytes)
                .execute()
                .chain(() -> {
                    int size = read.size();
                    lastReadId = size == 0 ? lastReadId : read.get(size - 1).id();
                    read.removeIf(release -> loadedIds.contains(release.id()));
                    return (read.isEmpty() ? Uni.createFrom().voidItem() : write(read)).replaceWith(size);
                });
    }

    private static Release release(Row row) {
        NewerFormatException.requireKnown("release", row.getInteger("format"), StateJson.RELEASE_FORMAT);
        return StateJson.parseRelease(row.getString("id"), row.getString("state"));
    }

    private Uni<Void> write(List<Release> read) {
        pageCount++;
        List<Release> changed =
                read.stream().map(release -> release.withLastChange(lastChange)).toList();
        byte[] page = RecordFaultException.wrapFaults(
                () -> pack(decider.renderReleases(record, application, context, changed)));
        return Statements.pipeline(List.of(writer.updateReleases(application.id(), changed), store(page)));
    }

    private byte[] pack(List<OutgoingRecord> records) {
        return OutboxCodec.encode(List.of(new RecordOutput(record.offset(), null, records)), List.of(record.origin()));
    }

    private Statement store(byte[] page) {
        return sql.statement(
                """
                insert into outbox (topic_id, partition, first_offset, next_offset, page, records, format)
                values ($1, $2, $3, $4, $5, $6, $7)""",
                topicId,
                record.partition(),
                record.offset(),
                record.offset() + 1,
                pageCount,
                Buffer.buffer(page),
                (short) OutboxCodec.PAGE_FORMAT);
    }
}
