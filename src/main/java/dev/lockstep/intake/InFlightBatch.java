package dev.lockstep.intake;

import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What one transaction takes from the {@link Backlog}.
 *
 * @param lane the lane that takes it, from 0
 * @param takenAt when it was taken, in nanoseconds of the backlog's ticker
 * @param generation the consumer group's generation under which the records were polled
 * @param records the records, those of each partition in order
 * @param partitions the records' partitions, and those to be checked without any records
 * @param isExclusive whether it is a single record that was {@linkplain Backlog#putBackAfter put back} to be taken alone
 */
public record InFlightBatch(
        int lane,
        long takenAt,
        int generation,
        List<ConsumerRecord<byte[], byte[]>> records,
        Set<Integer> partitions,
        boolean isExclusive) {}
