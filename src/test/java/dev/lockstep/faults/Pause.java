package dev.lockstep.faults;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** How long a fault lasts: these wait for time to pass, not for a condition. */
final class Pause {

    private Pause() {}

    static void of(Duration duration) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(duration.toMillis());
    }

    static void upTo(Duration most, Random random) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(random.nextInt((int) most.toMillis()));
    }
}
