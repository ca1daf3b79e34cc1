package dev.lockstep.domain.release;

import java.time.Duration;
import java.time.Instant;

/**
 * A release in an environment in which it succeeded at least once.
 *
 * @param isCurrent whether it runs there now
 * @param since when it became current or, if it no longer is, when it ceased to be
 * @param lastSucceededAt when it was last brought here
 * @param deployment the latest deployment that succeeded
 * @param linkedFrom the environment before this one at the first success (rule 3)
 * @param longestStay the longest time for which it was current without interruption, disregarding the present stay
 * @param linePosition where it joined the environment's line, from 1; valid only while the line still has it there
 */
public record Placement(
        boolean isCurrent,
        Instant since,
        Instant firstSucceededAt,
        Instant lastSucceededAt,
        String deployment,
        String linkedFrom,
        Duration longestStay,
        int linePosition) {

    /** A copy for a release that was current already and was deployed again (rule 15). */
    public Placement redeployed(String deployment, Instant at) {
        return new Placement(isCurrent, since, firstSucceededAt, at, deployment, linkedFrom, longestStay, linePosition);
    }

    public Placement asNoLongerCurrent(Instant at) {
        Duration stay = Duration.between(since, at);
        Duration longest = stay.compareTo(longestStay) > 0 ? stay : longestStay;
        return new Placement(
                false, at, firstSucceededAt, lastSucceededAt, deployment, linkedFrom, longest, linePosition);
    }

    /** @return when it has been current that long without interruption (rule 30); null if that takes another deployment */
    public Instant soakedAt(Duration soakTime) {
        if (longestStay.compareTo(soakTime) >= 0) {
            return since;
        }
        return isCurrent ? since.plus(soakTime) : null;
    }
}
