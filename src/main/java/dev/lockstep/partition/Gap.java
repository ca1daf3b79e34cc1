package dev.lockstep.partition;

/**
 * Offsets of a partition of the commands topic for which nothing was published, or not everything.
 *
 * @param from the first of them
 * @param to behind the last of them
 * @param records how many it may concern at most
 */
public record Gap(Cause cause, int partition, long from, long to, long records) {

    /** Why. */
    public enum Cause {
        /** No record came of them: they hold what a transaction leaves behind, or Kafka has deleted them. */
        NOTHING_CAME,
        /** Dead letters and moved commands that were to be passed on as they came, and did not come again. */
        RECORD_GONE
    }
}
