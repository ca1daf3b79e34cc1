package dev.lockstep.domain.common;

/**
 * To whom a change is attributed, and why it was asked for.
 *
 * @param actor who asked, or null
 * @param reason why, or null
 * @param correlationId the correlation id set by the command's sender, or else the command's id; null for a deployment that has
 *     ended, about which nothing more is published
 * @param trace the command's; null for none, and for a deployment that has ended
 */
public record Attribution(Actor actor, String reason, String correlationId, TraceContext trace) {

    /** The attribution of changes that follow automatically: same correlation id and trace, no actor, no reason. */
    public Attribution automatic() {
        return new Attribution(null, null, correlationId, trace);
    }
}
