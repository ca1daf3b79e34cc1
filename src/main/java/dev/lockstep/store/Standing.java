package dev.lockstep.store;

import java.util.Map;

/**
 * What Kafka says of the commands topic, by partition.
 *
 * @param committed the consumer group's next offset; none for a partition on which nothing was ever committed
 * @param ends the offset behind the last record, of partitions that were just assigned
 */
public record Standing(Map<Integer, Long> committed, Map<Integer, Long> ends) {

    /** The group's next offset, or 0. */
    long committed(int partition) {
        return committed.getOrDefault(partition, 0L);
    }

    /** The end of the partition when it was last asked for, or a number that no offset reaches. */
    long end(int partition) {
        return ends.getOrDefault(partition, Long.MAX_VALUE);
    }
}
