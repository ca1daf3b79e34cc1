package dev.lockstep.listener;

import dev.lockstep.batch.RecordOutcome;

/**
 * A record of the commands topic whose output is now in Kafka.
 *
 * @param timestamp the record's, in milliseconds since the epoch, by the clock that the topic uses; null if it has none, or if
 *     its output was published without the record being read again
 */
public record PublishedRecord(RecordOutcome outcome, Long timestamp) {}
