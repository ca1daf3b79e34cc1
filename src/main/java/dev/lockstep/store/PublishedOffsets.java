package dev.lockstep.store;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Set;

/** Notes in Postgres how far the outputs are published, in transactions of its own. */
@ApplicationScoped
public class PublishedOffsets {

    private final Pool pool;

    PublishedOffsets(Pool pool) {
        this.pool = pool;
    }

    /**
     * Notes what is in Kafka, which the next batch would do; without it, a group whose offsets are lost while it is idle
     * would have its last outputs published again.
     *
     * @param committed next offset by partition
     * @return the partitions for which it was noted; the others are being worked on, which notes it too
     */
    public Uni<Set<Integer>> note(String topicId, Map<Integer, Long> committed) {
        if (committed.isEmpty()) {
            return Uni.createFrom().item(Set.of());
        }
        return pool.withTransaction(
                connection -> PartitionProgress.recordPublished(new Statements(connection), topicId, committed));
    }
}
