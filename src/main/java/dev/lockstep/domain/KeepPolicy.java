package dev.lockstep.domain;

import java.time.Duration;
import java.time.Instant;

/**
 * How many releases an application keeps, and for how long; the others are archived automatically (rule 29).
 *
 * @param releases how many of the newest, 1 or more
 * @param days how many periods of 24 hours a release stays after it was created, current or unarchived, 1 or more
 */
public record KeepPolicy(int releases, int days) {

    /** The most releases that one check archives. */
    public static final int MAX_ARCHIVED_PER_CHECK = 20;

    /** The interval between checks. */
    static final Duration CHECK_INTERVAL = Duration.ofHours(24);

    /** A release to which something happened after this time is kept. */
    public Instant cutoff(Instant now) {
        return now.minus(Duration.ofHours(24L * days));
    }
}
