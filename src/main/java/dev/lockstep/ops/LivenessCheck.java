package dev.lockstep.ops;

import dev.lockstep.config.Settings;
import dev.lockstep.intake.Backlog;
import dev.lockstep.intake.GroupMembership;
import dev.lockstep.setup.Setup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Not live when an attempt hangs although both stores respond, or the consumer has stopped polling: then a restart may help. It
 * does not help when a store answers with an error; then the worker retries, and is live but not ready.
 */
@Liveness
@ApplicationScoped
class LivenessCheck implements HealthCheck {

    private final Backlog backlog;
    private final AttemptTracker attempts;
    private final GroupMembership membership;
    private final Setup setup;
    private final Duration stuckAfter;

    LivenessCheck(
            Backlog backlog, AttemptTracker attempts, GroupMembership membership, Setup setup, Settings settings) {
        this.backlog = backlog;
        this.attempts = attempts;
        this.membership = membership;
        this.setup = setup;
        this.stuckAfter = settings.stuckAfter();
    }

    @Override
    public HealthCheckResponse call() {
        Duration unanswered = attempts.longestUnanswered();
        Duration unpolled = membership.sinceLastPoll();
        boolean stuck =
                isStuck(unanswered, setup.storesAnsweringFor(), stuckAfter) || unpolled.compareTo(stuckAfter) > 0;
        return HealthCheckResponse.named("batch")
                .status(!stuck)
                .withData("underWaySeconds", backlog.oldestBatchAge().toSeconds())
                .withData("unansweredSeconds", unanswered.toSeconds())
                .withData("unpolledSeconds", unpolled.toSeconds())
                .build();
    }

    /**
     * @param unanswered for how long an attempt has neither succeeded nor failed
     * @param answering for how long both stores have answered without a break: after an outage, counting starts over
     */
    static boolean isStuck(Duration unanswered, Duration answering, Duration limit) {
        return unanswered.compareTo(limit) > 0 && answering.compareTo(limit) >= 0;
    }
}
