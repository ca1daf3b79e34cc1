package dev.lockstep.domain.common;

import java.time.Instant;

/**
 * What the rules and the gates consider besides the application and the command.
 *
 * @param now the time of the decision, to the millisecond
 */
public record DecisionContext(Instant now) {

    /** The same at another time. */
    public DecisionContext at(Instant time) {
        return time.equals(now) ? this : new DecisionContext(time);
    }
}
