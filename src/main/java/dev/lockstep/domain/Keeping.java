package dev.lockstep.domain;

import java.time.Instant;

/**
 * Where an application stands with its {@link Keep}.
 *
 * @param keep null for none
 * @param due when it is to be looked at next, though nothing comes of it while it is archived; null for never
 */
public record Keeping(Keep keep, Instant due) {

    public static final Keeping NONE = new Keeping(null, null);

    boolean isDue(Instant now) {
        return due != null && !now.isBefore(due);
    }

    /** @param next null for none */
    Keeping changed(Keep next, Instant now) {
        return next == null ? NONE : new Keeping(next, now);
    }

    /** @param isMoreLeft whether there was more to do than one look does */
    Keeping looked(boolean isMoreLeft, Instant now) {
        return new Keeping(keep, isMoreLeft ? now : now.plus(Keep.EVERY));
    }
}
