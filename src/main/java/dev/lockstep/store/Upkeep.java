package dev.lockstep.store;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.hibernate.reactive.mutiny.Mutiny;

/** What has to be done beside the work, in transactions of its own. */
@ApplicationScoped
public class Upkeep {

    /** The index by age is one that is only read that way, which batches do without. */
    private static final String BY_AGE = "set local enable_bitmapscan = on";

    private final Mutiny.SessionFactory sessions;

    Upkeep(Mutiny.SessionFactory sessions) {
        this.sessions = sessions;
    }

    /**
     * Forgets outcomes that were remembered before a time, some of them; what another worker is at is left to it.
     *
     * @param atMost how many
     * @return how many it were
     */
    public Uni<Integer> forget(Instant before, int atMost) {
        return sessions.withStatelessTransaction(
                session -> session.createNativeQuery(BY_AGE).executeUpdate().chain(() -> session.createNativeQuery("""
                        delete from known_command where key in (
                            select key from known_command where known_at < cast(:before as timestamptz)
                            limit :most for update skip locked)""")
                        .setParameter("before", before.atOffset(ZoneOffset.UTC))
                        .setParameter("most", atMost)
                        .executeUpdate()));
    }

    /**
     * Notes what is in Kafka, which the next batch would do; without it, a group whose offsets are lost while it is idle
     * would have its last outputs published again.
     *
     * @param committed next offset by partition
     */
    public Uni<Void> published(String topicId, Map<Integer, Long> committed) {
        if (committed.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return sessions.withStatelessTransaction(session -> session.createSelectionQuery(
                        "from ProgressRow where topicId = :topic and partition in :partitions order by partition",
                        ProgressRow.class)
                .setParameter("topic", topicId)
                .setParameter("partitions", committed.keySet())
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultList()
                .chain(rows -> {
                    rows.forEach(row -> row.note(committed.get(row.partition)));
                    return session.updateMultiple(rows).chain(() -> prune(session, rows));
                }));
    }

    /** Removes what is known to be in Kafka from the outbox. */
    private static Uni<Void> prune(Mutiny.StatelessSession session, List<ProgressRow> rows) {
        return Multi.createFrom()
                .iterable(rows)
                .onItem()
                .transformToUniAndConcatenate(row -> session.createMutationQuery("delete from OutboxRow"
                                + " where topicId = :topic and partition = :partition and nextOffset <= :published")
                        .setParameter("topic", row.topicId)
                        .setParameter("partition", row.partition)
                        .setParameter("published", row.published)
                        .executeUpdate())
                .collect()
                .last()
                .replaceWithVoid();
    }
}
