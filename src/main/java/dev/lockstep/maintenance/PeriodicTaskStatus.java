package dev.lockstep.maintenance;

import dev.lockstep.database.PostgresErrors;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener.Step;
import org.jboss.logging.Logger;

/** A task that is repeated alongside the main work: reports when it keeps failing, and when it works again. */
final class PeriodicTaskStatus {

    private static final Logger LOG = Logger.getLogger(PeriodicTaskStatus.class);

    private final Step step;
    private final String name;
    private final Listeners listeners;
    private String reason;
    private int failuresInARow;

    PeriodicTaskStatus(Step step, String name, Listeners listeners) {
        this.step = step;
        this.name = name;
        this.listeners = listeners;
    }

    synchronized void recordSuccess() {
        if (failuresInARow > 1) {
            LOG.infof("Housekeeping works again task=%s attempts=%d", name, failuresInARow + 1);
        }
        reason = null;
        failuresInARow = 0;
        listeners.notifyListeners(listener -> listener.attemptsFinished(step, this));
    }

    /** Logs consecutive failures 2, 4, 8, …; the first may be a hiccup that others report. */
    synchronized void recordFailure(Throwable failure) {
        reason = PostgresErrors.reason(failure);
        failuresInARow++;
        listeners.notifyListeners(listener -> listener.attemptFailed(step, PostgresErrors.retryCause(failure)));
        listeners.notifyIfUnloadable(failure);
        if (failuresInARow > 1 && Integer.bitCount(failuresInARow) == 1) {
            LOG.warnf("Housekeeping failed, retrying task=%s attempt=%d reason=%s", name, failuresInARow, reason);
        }
        LOG.debugf(failure, "Housekeeping failed task=%s", name);
    }

    /** @return a reason for operators if it has failed at least this many times in a row, else null */
    synchronized String failureReason(int times) {
        return failuresInARow < times ? null : "failed " + failuresInARow + " times in a row: " + reason;
    }
}
