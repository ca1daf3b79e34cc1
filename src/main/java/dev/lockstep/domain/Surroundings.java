package dev.lockstep.domain;

import java.time.Instant;

/**
 * What the rules look at beside the application.
 *
 * @param now to the millisecond
 */
public record Surroundings(Instant now) {}
