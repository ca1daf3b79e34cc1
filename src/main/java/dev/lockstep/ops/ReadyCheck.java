package dev.lockstep.ops;

import dev.lockstep.board.Board;
import dev.lockstep.intake.GroupMembership;
import dev.lockstep.publish.Publisher;
import dev.lockstep.retry.RetryUntilDone;
import dev.lockstep.setup.Setup;
import dev.lockstep.upkeep.Housekeeping;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while something is in the way of the work, and says what. Each reason has its line in docs/operations.md. */
@Readiness
@ApplicationScoped
public class ReadyCheck implements HealthCheck {

    private static final Duration SLOW = Duration.ofSeconds(15);

    private final Setup setup;
    private final GroupMembership membership;
    private final RetryUntilDone retry;
    private final Publisher publisher;
    private final UnansweredAttempts attempts;
    private final Housekeeping housekeeping;
    private final Board board;

    public ReadyCheck(
            Setup setup,
            GroupMembership membership,
            RetryUntilDone retry,
            Publisher publisher,
            UnansweredAttempts attempts,
            Housekeeping housekeeping,
            Board board) {
        this.setup = setup;
        this.membership = membership;
        this.retry = retry;
        this.publisher = publisher;
        this.attempts = attempts;
        this.housekeeping = housekeeping;
        this.board = board;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("work");
        boolean ready = isClear(answer, "setup", setup.waitingFor())
                & isClear(answer, "group", membership.waitingFor())
                & isClear(answer, "apply", retry.waitingFor())
                & isClear(answer, "publish", publisher.waitingFor())
                & isClear(answer, "batch", slow(attempts.unanswered()))
                & isClear(answer, "retention", housekeeping.waitingFor());
        boolean hasBoard = isClear(answer, "board", board.waitingFor());
        if (setup.notice() != null) {
            answer.withData("topics", setup.notice());
        }
        return answer.status(ready && (hasBoard || board.isBesideTheWorker())).build();
    }

    /** A store that does not answer at all gives no reason. */
    public static String slow(Duration unanswered) {
        return unanswered.compareTo(SLOW) < 0
                ? null
                : "a batch has been under way for " + unanswered.toSeconds() + " s without an answer";
    }

    private static boolean isClear(HealthCheckResponseBuilder answer, String step, String reason) {
        if (reason != null) {
            answer.withData(step, reason);
        }
        return reason == null;
    }
}
