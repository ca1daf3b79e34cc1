package dev.lockstep.listener;

import dev.lockstep.batch.CommandOutcome;
import dev.lockstep.failure.RetryCause;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Told what happened, in the order in which it happened to a batch. Beans of this type are discovered automatically; the worker
 * knows none of them. Called on the threads that do the work: must not block, and a failure of one is logged and costs
 * nobody else.
 */
public interface WorkerListener {

    /** Where an attempt failed that is made again. */
    enum Step {
        SETUP,
        APPLY,
        PUBLISH,
        HOUSEKEEPING,
        /** Forgetting what is beyond its age. */
        RETENTION,
        /** Sending timers that are due. */
        TIMERS
    }

    /** Records came from a poll, and wait for their transaction. */
    default void polled(int records) {}

    /**
     * A batch is committed in Postgres.
     *
     * @param records of the batch, redelivered ones too
     * @param took since it was taken, with all its attempts
     */
    default void applied(int records, Duration took) {}

    /**
     * A batch, or the part of it that was still owned, is committed in Kafka.
     *
     * @param outcomes one for each record whose output went out: each record's exactly once, whatever crashes
     * @param took since it was handed to the publisher, with all its attempts
     */
    default void published(List<CommandOutcome> outcomes, Duration took) {}

    /** A dead letter is committed in Kafka; told right behind the {@link #published} that has its record's outcome. */
    default void deadLettered(DeadLetter letter) {}

    /** A batch was not published for these partitions, because they are not owned any more: their records are redelivered. */
    default void fenced(Set<Integer> partitions) {}

    /**
     * An attempt begins; whichever was made before at the same work has failed.
     *
     * @param work the same object for all attempts at one thing
     */
    default void attemptStarted(Step step, Object work) {}

    /** The attempt has come a step further, of many that it takes: it does not hang. */
    default void attemptProgressed(Step step, Object work) {}

    /** An attempt failed and will be made again. */
    default void attemptFailed(Step step, RetryCause cause) {}

    /**
     * Code, or a native library, cannot be loaded. It is tried again like any failure, but no attempt will mend it.
     *
     * @param what and why, in one line, for people
     */
    default void unloadable(String what) {}

    /**
     * A fault left work undone that nothing takes up again in this process.
     *
     * @param what in one line, for people
     */
    default void workAbandoned(String what) {}

    /** No further attempt will be made: it is done, or no longer this worker's. */
    default void attemptsFinished(Step step, Object work) {}

    /**
     * Kafka had deleted commands before they were read: they have no outcome.
     *
     * @param atMost how many; the markers of transactions count too
     */
    default void commandsDeleted(long atMost) {}

    /** So many timers that were due are in the commands topic, sent by this worker; those that are sent again too. */
    default void timersSent(int count) {}

    /**
     * Told at each look at the timers.
     *
     * @param oldest for how long the oldest in the partitions of this worker has been due; zero when none is
     */
    default void timersOverdue(Duration oldest) {}

    /** Dead letters and moved commands were not published before their records were gone, and cannot be any more. */
    default void recordsLost(long records) {}
}
