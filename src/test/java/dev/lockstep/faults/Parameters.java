package dev.lockstep.faults;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The parameters of a run, as system properties.
 *
 * @param duration {@code faults.duration}, how long faults strike, e.g. {@code 45s} or {@code 15m}
 * @param seed {@code faults.seed}, default 1, 0 for a random one; it determines the load and which faults strike, not their
 *     timing
 * @param workers {@code faults.workers}, 2 or more; at times there is one more
 * @param rate {@code faults.rate}, commands per second
 */
record Parameters(Duration duration, long seed, int workers, int rate) {

    private static final long SEEDS = 1_000_000;
    private static final int MIN_WORKERS = 2;

    Parameters {
        if (workers < MIN_WORKERS) {
            throw new IllegalArgumentException("-Dfaults.workers: must be at least " + MIN_WORKERS);
        }
    }

    static Parameters fromSystemProperties() {
        long seed = Long.getLong("faults.seed", 1);
        return new Parameters(
                Duration.parse("PT" + System.getProperty("faults.duration", "40s")),
                seed == 0 ? ThreadLocalRandom.current().nextLong(1, SEEDS) : seed,
                Integer.getInteger("faults.workers", MIN_WORKERS),
                Integer.getInteger("faults.rate", 60));
    }

    String rerunCommand() {
        return "mvn verify -Pfaults -Dfaults.seed=%d -Dfaults.duration=%ds -Dfaults.workers=%d -Dfaults.rate=%d"
                .formatted(seed, duration.toSeconds(), workers, rate);
    }
}
