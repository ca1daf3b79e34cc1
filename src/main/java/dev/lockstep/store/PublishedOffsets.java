package dev.lockstep.store;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Set;

/** Records in Postgres how far output has been published, in transactions of its own. */
@ApplicationScoped
public class PublishedOffsets {

    private final Pool pool;

    PublishedOffsets(Pool pool) {
        this.pool = pool;
    }

    /**
     * Records what is in Kafka, as the next batch would do; without this, a group whose offsets are lost while it is idle
     * would have its last outputs published again.
     *
     * @param committed next offset by partition
     * @return the partitions for which it was recorded; the others are being processed, which records it too
     */
    public Uni<Set<Integer>> record(String topicId, Map<Integer, Long> committed) {
        if (committed.isEmpty()) {
            return Uni.createFrom().item(Set.of());
        }
        return pool.withTransaction(
                connection -> PartitionProgress.recordPublished(new Statements(connection), topicId, committed));
    }
}
