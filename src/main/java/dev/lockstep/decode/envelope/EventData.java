package dev.lockstep.decode.envelope;

import dev.lockstep.decode.schema.Pointer;
import dev.lockstep.decode.schema.Texts;
import dev.lockstep.domain.common.Violation;

/**
 * Where a command's {@code data} lies: a range of bytes, or else a single violation.
 *
 * @param bytes null if there is a violation
 * @param violation null if there are bytes
 */
public record EventData(byte[] bytes, int offset, int length, Violation violation) {

    static EventData of(byte[] bytes) {
        String flaw = Texts.encodingViolation(bytes);
        return flaw == null ? new EventData(bytes, 0, bytes.length, null) : invalid(Pointer.DATA, flaw);
    }

    static EventData slice(byte[] bytes, int from, int to) {
        return new EventData(bytes, from, to - from, null);
    }

    static EventData invalid(Pointer at, String message) {
        return new EventData(null, 0, 0, new Violation(at.toString(), message));
    }
}
