package dev.lockstep.domain;

import java.time.Duration;
import java.time.Instant;

/**
 * How many releases an application keeps, and for how long; the others are archived automatically (rule 29).
 *
 * @param releases how many of the newest, 1 or more
 * @param days times 24 hours in which a release stays that was created, current or unarchived, 1 or more
 */
public record KeepPolicy(int releases, int days) {

    /** How many releases one look archives at most. */
    public static final int MAX_ARCHIVED_PER_CHECK = 20;

    /** From one look to the next. */
    static final Duration CHECK_INTERVAL = Duration.ofHours(24);

    /** What happened to a release after this time keeps it in sight. */
    public Instant cutoff(Instant now) {
        return now.minus(Duration.ofHours(24L * days));
    }
}
