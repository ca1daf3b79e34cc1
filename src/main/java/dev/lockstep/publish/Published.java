package dev.lockstep.publish;

import java.util.Map;
import java.util.Set;

/**
 * What became of a {@link Publication}. Each of its partitions is in one of the two.
 *
 * @param committed partition → next offset, for what is in Kafka for good
 * @param dropped partitions that were not owned any more, or had been assigned anew since the batch was polled, or were
 *     still open when the worker stopped: their records come again, here or to another worker
 */
public record Published(Map<Integer, Long> committed, Set<Integer> dropped) {}
