package dev.lockstep.domain;

import java.time.Instant;

/**
 * What a deployment leaves behind at its release when it starts, whatever becomes of it.
 *
 * @param deployment the first one that started in the environment
 * @param since when that was
 */
public record Lock(String deployment, Instant since) {}
