package dev.lockstep.partition;

/**
 * Offsets in a partition of the commands topic for which nothing, or not everything, was published.
 *
 * @param from the first of them
 * @param to the offset after the last of them; {@link Long#MAX_VALUE} if the end is not known
 * @param maxRecords the most records that may be affected
 */
public record OffsetGap(Cause cause, int partition, long from, long to, long maxRecords) {

    /** Why nothing, or not everything, was published for them. */
    public enum Cause {
        /** No record was received for them: they hold transaction markers or aborted records, or Kafka has deleted them. */
        OFFSETS_MISSING,
        /** Dead letters and moved commands that had to be forwarded unchanged, but were not redelivered. */
        SOURCE_RECORD_LOST
    }
}
