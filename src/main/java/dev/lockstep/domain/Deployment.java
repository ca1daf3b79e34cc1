package dev.lockstep.domain;

import java.time.Instant;

/**
 * One attempt to bring one release into one environment. It waits, is in progress, has ended, and only moves that way; today
 * it does all at once, as nobody reports how it goes.
 */
public sealed interface Deployment {

    /** What is the same whatever becomes of it. */
    Request request();

    /**
     * What was asked for.
     *
     * @param previousRelease what ran there before, or null
     * @param environmentTier the tier of the environment at that time, or null
     * @param linkedFrom the environment that the release came from (rule 3)
     * @param actor who asked, or null
     * @param reason why, or null
     * @param source where the release's code comes from, or null
     * @param createdAt when
     */
    record Request(
            String id,
            String release,
            String environment,
            String environmentTier,
            Action action,
            String previousRelease,
            String linkedFrom,
            String actor,
            String reason,
            Source source,
            Instant createdAt) {}

    record Waiting(Request request) implements Deployment {

        InProgress start(Instant now) {
            return new InProgress(request, now);
        }
    }

    /** From here on the release is locked (rule 4). */
    record InProgress(Request request, Instant startedAt) implements Deployment {

        Ended succeed(Instant now) {
            return new Ended(request, startedAt, Status.SUCCEEDED, now);
        }
    }

    record Ended(Request request, Instant startedAt, Status status, Instant finishedAt) implements Deployment {}

    /** How it ended (contract, section 1). */
    enum Status {
        SUCCEEDED
    }

    /**
     * Rule 6: a deployment of a release that stands before the end of the environment's line is a rollback. Rule 15: one of
     * what runs there already is a redeploy.
     */
    enum Action {
        DEPLOY,
        ROLLBACK,
        REDEPLOY
    }
}
