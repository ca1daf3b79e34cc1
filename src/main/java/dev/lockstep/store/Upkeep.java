package dev.lockstep.store;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import org.hibernate.reactive.mutiny.Mutiny;

/** What has to be done beside the work, in transactions of its own. */
@ApplicationScoped
public class Upkeep {

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
        return sessions.withStatelessTransaction(session -> session.createNativeQuery("""
                        delete from known_command where key in (
                            select key from known_command where known_at < cast(:before as timestamptz)
                            limit :most for update skip locked)""")
                .setParameter("before", before.atOffset(ZoneOffset.UTC))
                .setParameter("most", atMost)
                .executeUpdate());
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
        Map<Integer, Long> sorted = new TreeMap<>(committed);
        Integer[] partitions = sorted.keySet().toArray(Integer[]::new);
        return sessions.withStatelessTransaction(session -> session.createNativeQuery("""
                        with locked as (
                            select topic_id, partition from progress
                            where topic_id = :topic and partition = any(cast(:partitions as int4[]))
                            order by partition for update)
                        update progress p set published = greatest(p.published, t.published)
                        from locked l, unnest(cast(:partitions as int4[]), cast(:published as int8[]))
                                       as t(partition, published)
                        where p.topic_id = l.topic_id and p.partition = l.partition and t.partition = p.partition
                          and t.published <= p.applied""")
                .setParameter("topic", topicId)
                .setParameter("partitions", partitions)
                .setParameter("published", sorted.values().toArray(Long[]::new))
                .executeUpdate()
                .chain(() -> Progress.prune(session, topicId, partitions))
                .replaceWithVoid());
    }
}
