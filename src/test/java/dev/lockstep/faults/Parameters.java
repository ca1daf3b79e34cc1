package dev.lockstep.faults;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What can be chosen about a run, as system properties.
 *
 * @param duration {@code faults.duration}, how long faults strike, e.g. {@code 45s} or {@code 15m}
 * @param seed {@code faults.seed}, 1 when left out, 0 draws one; it decides the load and which faults strike, not their timing
 * @param workers {@code faults.workers}, 2 or more; now and then there is one more
 * @param rate {@code faults.rate}, commands per second
 */
record Parameters(Duration duration, long seed, int workers, int rate) {

    private static final long SEEDS = 1_000_000;
    private static final int LEAST_WORKERS = 2;

    Parameters {
        if (workers < LEAST_WORKERS) {
            throw new IllegalArgumentException("-Dfaults.workers: at least " + LEAST_WORKERS + " take turns");
        }
    }

    static Parameters fromSystemProperties() {
        long seed = Long.getLong("faults.seed", 1);
        return new Parameters(
                Duration.parse("PT" + System.getProperty("faults.duration", "40s")),
                seed == 0 ? ThreadLocalRandom.current().nextLong(1, SEEDS) : seed,
                Integer.getInteger("faults.workers", LEAST_WORKERS),
                Integer.getInteger("faults.rate", 60));
    }

    String howToRunAgain() {
        return "mvn verify -Pfaults -Dfaults.seed=%d -Dfaults.duration=%ds -Dfaults.workers=%d -Dfaults.rate=%d"
                .formatted(seed, duration.toSeconds(), workers, rate);
    }
}
