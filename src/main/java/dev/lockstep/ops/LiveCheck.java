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
 * Not live when an attempt hangs although both stores answer, or the consumer polls no more: then a restart may help. It
 * does not help against an answer, whatever that is; then the worker tries again, lives, and is not ready.
 */
@Liveness
@ApplicationScoped
class LiveCheck implements HealthCheck {

    private final Backlog backlog;
    private final UnansweredAttempts attempts;
    private final GroupMembership membership;
    private final Setup setup;
    private final Duration stuckAfter;

    LiveCheck(
            Backlog backlog, UnansweredAttempts attempts, GroupMembership membership, Setup setup, Settings settings) {
        this.backlog = backlog;
        this.attempts = attempts;
        this.membership = membership;
        this.setup = setup;
        this.stuckAfter = settings.stuckAfter();
    }

    @Override
    public HealthCheckResponse call() {
        Duration unanswered = attempts.unanswered();
        Duration unpolled = membership.unpolled();
        boolean stuck = isStuck(unanswered, setup.answeringFor(), stuckAfter) || unpolled.compareTo(stuckAfter) > 0;
        return HealthCheckResponse.named("batch")
                .status(!stuck)
                .withData("underWaySeconds", backlog.underWayFor().toSeconds())
                .withData("unansweredSeconds", unanswered.toSeconds())
                .withData("unpolledSeconds", unpolled.toSeconds())
                .build();
    }

    /**
     * @param unanswered for how long an attempt has neither succeeded nor failed
     * @param answering for how long both stores have answered without a break: after an outage the count begins anew
     */
    static boolean isStuck(Duration unanswered, Duration answering, Duration limit) {
        return unanswered.compareTo(limit) > 0 && answering.compareTo(limit) >= 0;
    }
}
