package dev.lockstep.publish;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The result of a {@link Publication}. Each of its partitions is in one of the three.
 *
 * @param committed partition → next offset, for what is in Kafka for good
 * @param dropped partitions that were no longer owned, or had been reassigned since the batch was polled, or were
 *     still open when the worker stopped: their records will be redelivered, except for any parts that were committed before, here or to another worker
 * @param stalled partitions with a record that a topic rejects for now, or with earlier output that is stalled, and the
 *     eventual result of each: committed or dropped
 */
public record PublishOutcome(
        Map<Integer, Long> committed, Set<Integer> dropped, Map<Integer, CompletableFuture<PublishOutcome>> stalled) {

    PublishOutcome(Map<Integer, Long> committed, Set<Integer> dropped) {
        this(committed, dropped, Map.of());
    }
}
