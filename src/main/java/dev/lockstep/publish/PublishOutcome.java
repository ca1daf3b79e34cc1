package dev.lockstep.publish;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What became of a {@link Publication}. Each of its partitions is in one of the three.
 *
 * @param committed partition → next offset, for what is in Kafka for good
 * @param dropped partitions that were not owned any more, or had been assigned anew since the batch was polled, or were
 *     still open when the worker stopped: their records come again, here or to another worker
 * @param stalled partitions of which a topic refuses a record for now, or of which something earlier is held up, and what
 *     becomes of each in the end: committed or dropped
 */
public record PublishOutcome(
        Map<Integer, Long> committed, Set<Integer> dropped, Map<Integer, CompletableFuture<PublishOutcome>> stalled) {

    PublishOutcome(Map<Integer, Long> committed, Set<Integer> dropped) {
        this(committed, dropped, Map.of());
    }
}
