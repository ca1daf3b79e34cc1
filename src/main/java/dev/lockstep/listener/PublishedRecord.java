package dev.lockstep.listener;

import dev.lockstep.batch.RecordOutcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record of the commands topic whose output is now in Kafka.
 *
 * @param timestamp the record's, in milliseconds since the epoch, by the clock that the topic uses; null if it has none, or if
 *     its output was published without the record being read again
 * @param events those that it caused, in order
 */
public record PublishedRecord(
        RecordOutcome outcome, @Nullable Long timestamp, List<PublishedEvent> events) {}
