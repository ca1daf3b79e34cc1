package dev.lockstep.ops;

import dev.lockstep.board.Board;
import dev.lockstep.intake.GroupMembership;
import dev.lockstep.maintenance.Housekeeping;
import dev.lockstep.publish.Publisher;
import dev.lockstep.retry.BatchRetrier;
import dev.lockstep.setup.Setup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while something blocks the work; says what it is. Each reason is listed in docs/operations.md. */
@Readiness
@ApplicationScoped
public class ReadinessCheck implements HealthCheck {

    private static final Duration BATCH_GRACE = Duration.ofSeconds(15);

    private final Setup setup;
    private final GroupMembership membership;
    private final BatchRetrier batchRetrier;
    private final Publisher publisher;
    private final AttemptTracker attempts;
    private final Housekeeping housekeeping;
    private final Board board;

    public ReadinessCheck(
            Setup setup,
            GroupMembership membership,
            BatchRetrier batchRetrier,
            Publisher publisher,
            AttemptTracker attempts,
            Housekeeping housekeeping,
            Board board) {
        this.setup = setup;
        this.membership = membership;
        this.batchRetrier = batchRetrier;
        this.publisher = publisher;
        this.attempts = attempts;
        this.housekeeping = housekeeping;
        this.board = board;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("work");
        Map<String, String> reasons = new LinkedHashMap<>();
        reasons.put("setup", setup.notReadyReason());
        reasons.put("group", membership.notReadyReason());
        reasons.put("apply", batchRetrier.notReadyReason());
        reasons.put("publish", publisher.notReadyReason());
        reasons.put("batch", slowReason(attempts.longestUnanswered()));
        reasons.put("retention", housekeeping.notReadyReason());
        boolean isWorkerReady = reasons.values().stream().allMatch(Objects::isNull);
        String boardReason = board.notReadyReason();
        boolean isBoardReady = boardReason == null || board.runsWithWorker();
        reasons.put("board", boardReason);
        reasons.put("topics", setup.notice());
        reasons.forEach((step, reason) -> {
            if (reason != null) {
                answer.withData(step, reason);
            }
        });
        return answer.status(isWorkerReady && isBoardReady).build();
    }

    /** A store that never answers gives no reason, so the time spent waiting is the reason. */
    public static String slowReason(Duration unanswered) {
        return unanswered.compareTo(BATCH_GRACE) < 0
                ? null
                : "a batch has been under way for " + unanswered.toSeconds() + " s without an answer";
    }
}
