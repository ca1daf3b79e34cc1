package dev.lockstep.ops;

import dev.lockstep.config.Ticker;
import dev.lockstep.listener.WorkerListener;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The attempts at batches that are under way. One that fails has had an answer and is made again; one that has none for
 * long, nor comes a step further, hangs. Thread-safe.
 */
@ApplicationScoped
public class UnansweredAttempts implements WorkerListener {

    private final Ticker ticker;
    private final Map<Object, Long> begun = Collections.synchronizedMap(new IdentityHashMap<>());

    UnansweredAttempts(Ticker ticker) {
        this.ticker = ticker;
    }

    @Override
    public void attempted(Step step, Object work) {
        if (step == Step.APPLY || step == Step.PUBLISH) {
            begun.put(work, ticker.nanos());
        }
    }

    @Override
    public void advanced(Step step, Object work) {
        begun.replace(work, ticker.nanos());
    }

    @Override
    public void finished(Step step, Object work) {
        begun.remove(work);
    }

    /** For how long the oldest attempt has neither succeeded nor failed nor advanced; zero when none is under way. */
    Duration unanswered() {
        synchronized (begun) {
            return begun.values().stream()
                    .map(ticker::since)
                    .max(Duration::compareTo)
                    .orElse(Duration.ZERO);
        }
    }
}
