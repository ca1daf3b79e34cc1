package dev.lockstep.domain;

import java.time.Instant;

/**
 * What the rules look at beside the application.
 *
 * @param now to the millisecond
 * @param correlationId of the command at hand
 */
public record Surroundings(Instant now, String correlationId) {}
