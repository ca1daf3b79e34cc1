package dev.lockstep.domain.common;

/**
 * To whom a change is attributed, and why it was asked for, as its sender says: nobody verifies it.
 *
 * @param actor who asked, or null
 * @param reason why, or null
 * @param correlationId the correlation id set by the command's sender, or else the command's id; null for a deployment that has
 *     ended, about which nothing more is published
 */
public record Attribution(String actor, String reason, String correlationId) {

    /** What follows from a command without anybody's asking. */
    public static Attribution automatic(String correlationId) {
        return new Attribution(null, null, correlationId);
    }
}
