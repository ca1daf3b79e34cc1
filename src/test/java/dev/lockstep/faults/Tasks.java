package dev.lockstep.faults;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

final class Tasks {

    private Tasks() {}

    /** A started thread that does not keep the JVM alive. */
    static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, "faults-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** @return false if the condition did not become true in time */
    static boolean await(Duration atMost, Callable<Boolean> condition) {
        try {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20))
                    .atMost(atMost)
                    .ignoreExceptions()
                    .until(condition);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }
}
