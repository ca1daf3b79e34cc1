package dev.lockstep.partition;

/**
 * Offsets of a partition of the commands topic for which nothing was published, or not everything.
 *
 * @param from the first of them
 * @param to behind the last of them
 * @param records how many it may concern at most
 */
public record OffsetGap(Cause cause, int partition, long from, long to, long records) {

    /** Why. */
    public enum Cause {
        /** No record was received for them: they hold transaction markers or aborted records, or Kafka has deleted them. */
        OFFSETS_MISSING,
        /** Dead letters and moved commands that had to be forwarded unchanged, but were not redelivered. */
        SOURCE_RECORD_LOST
    }
}
