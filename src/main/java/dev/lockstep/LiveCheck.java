package dev.lockstep;

import dev.lockstep.setup.Setup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Not live when a batch is stuck although both stores answer: then a restart may help. It does not when the stores disagree
 * about what was done; then the worker refuses to work, lives, and is not ready.
 */
@Liveness
@ApplicationScoped
public class LiveCheck implements HealthCheck {

    private final Worker worker;
    private final Setup setup;
    private final Persistence persistence;
    private final Clock clock;
    private final Duration stuckAfter;

    LiveCheck(Worker worker, Setup setup, Persistence persistence, Clock clock, Settings settings) {
        this.worker = worker;
        this.setup = setup;
        this.persistence = persistence;
        this.clock = clock;
        this.stuckAfter = settings.stuckAfter();
    }

    @Override
    public HealthCheckResponse call() {
        Instant since = worker.underWaySince();
        boolean stuck = !persistence.refuses() && isStuck(since, setup.answeringFor(), clock.instant(), stuckAfter);
        return HealthCheckResponse.named("batch")
                .status(!stuck)
                .withData(
                        "underWaySeconds",
                        since == null
                                ? 0
                                : Duration.between(since, clock.instant()).toSeconds())
                .build();
    }

    /**
     * @param since when the batch was begun, or null when there is none
     * @param answering for how long both stores have answered without a break: after an outage the count begins anew
     */
    static boolean isStuck(Instant since, Duration answering, Instant now, Duration limit) {
        return since != null && since.plus(limit).isBefore(now) && answering.compareTo(limit) >= 0;
    }
}
