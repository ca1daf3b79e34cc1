package dev.lockstep.domain;

import java.time.Instant;

/**
 * A release in an environment in which it succeeded at least once.
 *
 * @param current whether it is what runs there now
 * @param since since when it is, or is no longer, current
 * @param deployment the latest deployment that succeeded
 * @param firstDeployment the first one that started: what locks the release (rule 4)
 * @param linkedFrom the environment before this one at the first success (rule 3)
 * @param linePosition where it joined the environment's line, from 1; valid only while the line still has it there
 */
public record Placement(
        boolean current,
        Instant since,
        Instant firstSucceededAt,
        String deployment,
        String firstDeployment,
        String linkedFrom,
        int linePosition) {

    Placement left(Instant at) {
        return new Placement(false, at, firstSucceededAt, deployment, firstDeployment, linkedFrom, linePosition);
    }
}
