package dev.lockstep.domain;

import java.time.Instant;

/**
 * Why a release cannot be deleted (rule 4).
 *
 * @param code an open set; {@link #DEPLOYED} today
 * @param deployment the first deployment of the release that started in the environment
 * @param since when that deployment started
 */
public record LockReason(String code, String environment, String deployment, Instant since) {

    /** A deployment of the release to an environment after the first has started. */
    public static final String DEPLOYED = "DEPLOYED";
}
