package dev.lockstep.domain.release;

import java.time.Instant;

/**
 * Why a release cannot be deleted (rule 4).
 *
 * @param code readers must expect others
 * @param deployment the first deployment of the release that started in the environment, or the one that waits
 * @param since when that deployment started, or was requested
 */
public record LockReason(Code code, String environment, String deployment, Instant since) {

    /** In the contract by these names. */
    public enum Code {
        /** A deployment of the release to an environment after the first has started. */
        DEPLOYED,
        /** A deployment waits, and none has started there. */
        WAITING
    }
}
