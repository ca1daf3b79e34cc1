package dev.lockstep.domain.release;

import java.time.Instant;

/**
 * The lock that a deployment places on its release (rule 4).
 *
 * @param isWaiting whether the deployment waits; the lock is released if it never starts
 * @param deployment the one that waits, or the first one that started in the environment
 * @param since when it was requested, or started
 */
public record Lock(boolean isWaiting, String deployment, Instant since) {}
