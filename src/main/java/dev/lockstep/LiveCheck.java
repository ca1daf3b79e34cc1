package dev.lockstep;

import dev.lockstep.setup.Setup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
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
    private final Duration stuckAfter;

    LiveCheck(Worker worker, Setup setup, Persistence persistence, Settings settings) {
        this.worker = worker;
        this.setup = setup;
        this.persistence = persistence;
        this.stuckAfter = settings.stuckAfter();
    }

    @Override
    public HealthCheckResponse call() {
        Duration underWay = worker.underWayFor();
        boolean stuck = !persistence.refuses() && isStuck(underWay, setup.answeringFor(), stuckAfter);
        return HealthCheckResponse.named("batch")
                .status(!stuck)
                .withData("underWaySeconds", underWay.toSeconds())
                .build();
    }

    /**
     * @param underWay for how long the oldest batch has been at work, or zero when there is none
     * @param answering for how long both stores have answered without a break: after an outage the count begins anew
     */
    static boolean isStuck(Duration underWay, Duration answering, Duration limit) {
        return underWay.compareTo(limit) > 0 && answering.compareTo(limit) >= 0;
    }
}
