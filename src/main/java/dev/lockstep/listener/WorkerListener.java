package dev.lockstep.listener;

import dev.lockstep.failure.RetryCause;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Is told what the worker does; for one batch, that it was polled, applied and published, in that order. Beans of this type
 * are discovered automatically; the worker knows none of them. Called on the threads that do the work: must not block; if
 * one fails, that is logged and affects no other.
 */
public interface WorkerListener {

    /** A step whose attempts are retried until one succeeds. */
    enum Step {
        SETUP,
        APPLY,
        PUBLISH,
        HOUSEKEEPING,
        /** Forgetting expired data. */
        RETENTION,
        /** Sending due timers. */
        TIMERS
    }

    /** Records were polled, and wait for their transaction. */
    default void polled(int records) {}

    /**
     * A batch has been committed in Postgres.
     *
     * @param records of the batch, redelivered ones too
     * @param took the time since it was taken, including all attempts
     */
    default void applied(int records, Duration took) {}

    /**
     * A batch, or the part of it that was still owned, has been committed in Kafka.
     *
     * @param records each record whose output was published, exactly once, whatever crashes; but none whose output was stored by a
     *     version that did not store outcomes
     * @param took the time since it was handed to the publisher, including all attempts
     */
    default void published(List<PublishedRecord> records, Duration took) {}

    /** A dead letter has been committed in Kafka; called right after the {@link #published} with its record. */
    default void deadLettered(DeadLetter letter) {}

    /** A batch was not published for these partitions because they are no longer owned: their records are redelivered. */
    default void fenced(Set<Integer> partitions) {}

    /**
     * Work was taken, and its first attempt will begin.
     *
     * @param work the same object as for its attempts
     */
    default void workTaken(Step step, Object work) {}

    /**
     * An attempt begins; any earlier attempt at the same work has failed.
     *
     * @param work the same object for all attempts at one thing
     */
    default void attemptStarted(Step step, Object work) {}

    /** The attempt has completed one of its many steps: it is not hanging. */
    default void attemptProgressed(Step step, Object work) {}

    /** An attempt failed and will be retried. */
    default void attemptFailed(Step step, RetryCause cause) {}

    /**
     * Code or a native library cannot be loaded. This is retried like any failure, but no attempt will fix it.
     *
     * @param description names it and the reason, in one line, for people
     */
    default void unloadable(String description) {}

    /**
     * A bug left work undone that nothing in this process will resume.
     *
     * @param fault describes the fault, in one line, for people
     */
    default void workAbandoned(String fault) {}

    /** No further attempt will be made: it is done, or no longer this worker's. */
    default void attemptsFinished(Step step, Object work) {}

    /**
     * Kafka deleted commands before they were read: they have no outcome.
     *
     * @param maxCount an upper bound: transaction markers count too
     */
    default void commandsDeleted(long maxCount) {}

    /** This worker has sent this many due timers to the commands topic, including re-sent ones. */
    default void timersSent(int count) {}

    /**
     * Called at each check of the timers.
     *
     * @param longestOverdue for how long the oldest timer in this worker's partitions has been due; zero if none is
     */
    default void timersChecked(Duration longestOverdue) {}

    /** Dead letters and moved commands were not published before their records were deleted, and no longer can be. */
    default void recordsLost(long records) {}
}
