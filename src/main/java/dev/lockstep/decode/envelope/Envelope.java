package dev.lockstep.decode.envelope;

import dev.lockstep.decode.schema.Limits;

/**
 * What a command says about itself, safe to store and to send back: bounded, no U+0000, no unpaired surrogate.
 *
 * <p>An attribute that breaks those limits is shown cut, with U+FFFD in place of U+0000. Such a command is always refused with
 * a code that does not use up its id, so a cut id is never a key.
 *
 * @param id CloudEvents {@code id}, at most {@value Limits#ID} characters
 * @param source CloudEvents {@code source}, at most {@value Limits#SOURCE} characters
 * @param type CloudEvents {@code type}, at most {@value Limits#TYPE} characters
 * @param correlationId extension {@code correlationid}, at most {@value Limits#CORRELATION_ID} characters, or null
 * @param traceparent a well-formed W3C trace parent, or null; anything else is dropped, as the W3C asks
 */
public record Envelope(String id, String source, String type, String correlationId, String traceparent) {

    /** @return the correlation id, or else the id: never null */
    public String correlation() {
        return correlationId == null ? id : correlationId;
    }
}
