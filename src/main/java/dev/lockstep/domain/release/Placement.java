package dev.lockstep.domain.release;

import java.time.Instant;

/**
 * A release in an environment in which it succeeded at least once.
 *
 * @param isCurrent whether it runs there now
 * @param since since when it has been, or has no longer been, current
 * @param lastSucceededAt when it was last brought here
 * @param deployment the latest deployment that succeeded
 * @param linkedFrom the environment before this one at the first success (rule 3)
 * @param linePosition where it joined the environment's line, from 1; valid only while the line still has it there
 */
public record Placement(
        boolean isCurrent,
        Instant since,
        Instant firstSucceededAt,
        Instant lastSucceededAt,
        String deployment,
        String linkedFrom,
        int linePosition) {

    /** The same after what is already current was deployed again (rule 15). */
    public Placement redeployed(String deployment, Instant at) {
        return new Placement(isCurrent, since, firstSucceededAt, at, deployment, linkedFrom, linePosition);
    }

    public Placement asVacated(Instant at) {
        return new Placement(false, at, firstSucceededAt, lastSucceededAt, deployment, linkedFrom, linePosition);
    }
}
