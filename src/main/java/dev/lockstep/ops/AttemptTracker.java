package dev.lockstep.ops;

import dev.lockstep.config.Ticker;
import dev.lockstep.listener.WorkerListener;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The attempts at batches that are in progress. One that fails has had an answer and is retried; one that gets no answer for
 * long, and makes no progress, is hanging. Thread-safe.
 */
@ApplicationScoped
public class AttemptTracker implements WorkerListener {

    private final Ticker ticker;
    private final Map<Object, Long> startedAt = Collections.synchronizedMap(new IdentityHashMap<>());

    AttemptTracker(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Work whose attempt does not even begin is hanging too. */
    @Override
    public void workTaken(Step step, Object work) {
        attemptStarted(step, work);
    }

    @Override
    public void attemptStarted(Step step, Object work) {
        if (step == Step.APPLY || step == Step.PUBLISH) {
            startedAt.put(work, ticker.nanos());
        }
    }

    @Override
    public void attemptProgressed(Step step, Object work) {
        startedAt.replace(work, ticker.nanos());
    }

    @Override
    public void attemptsFinished(Step step, Object work) {
        startedAt.remove(work);
    }

    /** For how long the oldest attempt has neither succeeded nor failed nor advanced; zero if none is in progress. */
    Duration longestUnanswered() {
        synchronized (startedAt) {
            return startedAt.values().stream()
                    .map(ticker::since)
                    .max(Duration::compareTo)
                    .orElse(Duration.ZERO);
        }
    }
}
