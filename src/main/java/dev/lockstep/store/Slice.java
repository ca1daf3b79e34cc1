package dev.lockstep.store;

import dev.lockstep.outbox.Output;
import java.util.List;

/**
 * What a batch puts out of one partition of the commands topic.
 *
 * @param nextOffset the offset behind the partition's last record in the batch
 * @param outputs in the order of the records; none for those known to be in Kafka already
 */
public record Slice(int partition, long nextOffset, List<Output> outputs) {}
