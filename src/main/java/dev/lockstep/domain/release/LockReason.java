package dev.lockstep.domain.release;

import java.time.Instant;

/**
 * Why a release cannot be deleted (rule 4).
 *
 * @param code an open set; {@link #DEPLOYED} or {@link #WAITING} today
 * @param deployment the first deployment of the release that started in the environment, or the one that waits
 * @param since when that deployment started, or was requested
 */
public record LockReason(String code, String environment, String deployment, Instant since) {

    /** A deployment of the release to an environment after the first has started. */
    public static final String DEPLOYED = "DEPLOYED";

    /** A deployment waits, and none has started there. */
    public static final String WAITING = "WAITING";
}
