package dev.lockstep.command;

/**
 * Where a command's {@code data} lies: a range of bytes, or the one violation that there is instead.
 *
 * @param bytes null if there is a flaw
 * @param flaw null if there are bytes
 */
record Body(byte[] bytes, int offset, int length, Violation flaw) {

    static Body of(byte[] bytes) {
        return Texts.isUtf8(bytes)
                ? new Body(bytes, 0, bytes.length, null)
                : flawed(Pointer.DATA, "is not valid UTF-8");
    }

    static Body slice(byte[] bytes, int from, int to) {
        return new Body(bytes, from, to - from, null);
    }

    static Body flawed(Pointer at, String message) {
        return new Body(null, 0, 0, new Violation(at.toString(), message));
    }
}
