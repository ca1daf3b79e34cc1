package dev.lockstep.batch;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.common.DecisionContext;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the records of a batch find and leave behind, in memory between reading and writing. */
public interface WorkingSet {

    /** Of the decisions; its time is in whole milliseconds. */
    DecisionContext context();

    /** @return the application as it is after the records decided so far; one at revision 0 when it is unknown */
    Application application(String id);

    /** @return the partition in which the application lives, or would come into being now */
    int home(String application);

    /** @return the partition for a key that names no application */
    int home(byte[] key);

    /** @return a partition that every topic has, for what comes of a record without key and application */
    int within(int partition);

    /** @return the first outcome under this idempotency key, or null */
    @Nullable
    FirstOutcome firstOutcome(UUID key);

    /** @param outcome to be found under this idempotency key from now on */
    void remember(UUID key, FirstOutcome outcome);

    /** Notes what an accepted command changed, to be written. */
    void changed(Application application, Changes changes);
}
