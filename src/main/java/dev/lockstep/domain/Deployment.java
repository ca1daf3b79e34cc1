package dev.lockstep.domain;

import java.time.Instant;

/**
 * One attempt to bring one release into one environment.
 *
 * @param previousRelease what ran there before, or null
 * @param linkedFrom the environment before the target when the deployment was made (rule 3)
 * @param actor who asked, or null
 * @param reason why, or null
 * @param source where the release's code comes from, or null
 */
public record Deployment(
        String id,
        String release,
        String environment,
        Status status,
        Action action,
        String previousRelease,
        String linkedFrom,
        String actor,
        String reason,
        Source source,
        Instant createdAt,
        Instant startedAt,
        Instant finishedAt) {

    /** Contract, section 1; a deployment without a deployer succeeds at once. */
    public enum Status {
        SUCCEEDED
    }

    /** Rule 6: a deployment of a release that stands before the end of the environment's line is a rollback. */
    public enum Action {
        DEPLOY,
        ROLLBACK
    }
}
