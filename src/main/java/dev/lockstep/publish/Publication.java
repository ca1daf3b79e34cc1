package dev.lockstep.publish;

import java.util.List;

/**
 * A batch's output, for one Kafka transaction.
 *
 * @param generation the consumer-group generation the batch was polled under, 0 or above
 * @param partitions in the order in which they are sent; each partition of the commands topic at most once
 */
public record Publication(long generation, List<PartitionOutput> partitions) {

    /**
     * @throws IllegalArgumentException if the generation is below 0: such a batch was not polled by a group member,
     *     and nothing could fence it
     */
    public Publication {
        if (generation < 0) {
            throw new IllegalArgumentException("A batch without a consumer-group generation cannot be fenced");
        }
        partitions = List.copyOf(partitions);
    }
}
