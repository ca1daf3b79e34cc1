package dev.lockstep.domain;

import java.time.Instant;

/**
 * An application's {@link KeepPolicy} and when it is checked next.
 *
 * @param policy null for none
 * @param nextCheckAt when the application is checked next; has no effect while the application is archived; null for never
 */
public record KeepSchedule(KeepPolicy policy, Instant nextCheckAt) {

    public static final KeepSchedule NONE = new KeepSchedule(null, null);

    boolean isDue(Instant now) {
        return nextCheckAt != null && !now.isBefore(nextCheckAt);
    }

    /** @param next null for none */
    KeepSchedule withPolicy(KeepPolicy next, Instant now) {
        return next == null ? NONE : new KeepSchedule(next, now);
    }

    /** @param isMoreLeft whether there was more to do than one check does */
    KeepSchedule afterCheck(boolean isMoreLeft, Instant now) {
        return new KeepSchedule(policy, isMoreLeft ? now : now.plus(KeepPolicy.CHECK_INTERVAL));
    }
}
