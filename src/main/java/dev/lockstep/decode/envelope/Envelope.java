package dev.lockstep.decode.envelope;

import dev.lockstep.decode.schema.Limits;
import dev.lockstep.domain.common.TraceContext;

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
 * @param trace null without a well-formed trace parent
 */
public record Envelope(String id, String source, String type, String correlationId, TraceContext trace) {

    /** @return the correlation id, or else the id: never null */
    public String correlation() {
        return correlationId == null ? id : correlationId;
    }
}
