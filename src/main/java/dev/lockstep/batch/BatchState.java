package dev.lockstep.batch;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.NewestReleases;
import dev.lockstep.domain.common.DecisionContext;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The state that a batch's records read and change, held in memory between loading and writing it. */
public interface BatchState {

    /** The context of the decisions; its time is in whole milliseconds. */
    DecisionContext context();

    /** @return the application after the records decided so far; one at revision 0 if it is unknown */
    Application application(String id);

    /** @return the partition in which the application lives, or would be created now */
    int homePartitionOf(String application);

    /** @return the partition for a key that names no application */
    int homePartition(byte[] key);

    /** @return a partition that every topic has, for the output of a record without key and application */
    int existingPartition(int partition);

    /** @return the newest releases, which the application's policy keeps; called once, and only when a check (rule 29) is due */
    NewestReleases takeNewestReleases(Application application);

    /** @return the first outcome under this idempotency key, or null */
    @Nullable
    FirstOutcome firstOutcome(UUID key);

    /** @param outcome to be found under this idempotency key from now on */
    void remember(UUID key, FirstOutcome outcome);

    /** Records what an accepted command or a timer changed, to be written, and when something is due next. */
    void recordChanges(Application application, Changes changes);
}
