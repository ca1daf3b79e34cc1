package dev.lockstep.intake;

import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What one transaction takes of the {@link Backlog}.
 *
 * @param lane that takes it, from 0
 * @param takenAt when it was taken, in nanoseconds of the backlog's ticker
 * @param generation of the consumer group, under which the records were polled
 * @param records of each partition in their order
 * @param partitions of the records, and those that are to be looked at without any
 * @param isExclusive whether it is one record that was {@linkplain Backlog#putBackAfter put back} to go without any other
 */
public record InFlightBatch(
        int lane,
        long takenAt,
        int generation,
        List<ConsumerRecord<byte[], byte[]>> records,
        Set<Integer> partitions,
        boolean isExclusive) {}
