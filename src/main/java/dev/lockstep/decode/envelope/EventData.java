package dev.lockstep.decode.envelope;

import dev.lockstep.decode.form.Pointer;
import dev.lockstep.decode.form.Texts;
import dev.lockstep.decode.form.Violation;

/**
 * Where a command's {@code data} lies: a range of bytes, or the one violation that there is instead.
 *
 * @param bytes null if there is a flaw
 * @param flaw null if there are bytes
 */
public record EventData(byte[] bytes, int offset, int length, Violation flaw) {

    static EventData of(byte[] bytes) {
        String flaw = Texts.encodingFlaw(bytes);
        return flaw == null ? new EventData(bytes, 0, bytes.length, null) : flawed(Pointer.DATA, flaw);
    }

    static EventData part(byte[] bytes, int from, int to) {
        return new EventData(bytes, from, to - from, null);
    }

    static EventData flawed(Pointer at, String message) {
        return new EventData(null, 0, 0, new Violation(at.toString(), message));
    }
}
