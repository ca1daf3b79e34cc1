package dev.lockstep.store;

import java.util.function.Supplier;
import java.util.stream.Stream;

/** A fault while a record is decided on, or what comes of it is rendered. It counts as the record's, whose neighbours go on. */
final class UndecidableException extends RuntimeException {

    private static final int FRAMES = 8;

    private UndecidableException(Throwable cause) {
        super(cause);
    }

    /** @throws UndecidableException instead of whatever the work fails with; it must do nothing but compute */
    static <T> T unlessFaulty(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException | StackOverflowError fault) {
            throw new UndecidableException(fault);
        }
    }

    /** Its kind and its place. Without its message, which may quote the record. */
    String reason() {
        return getCause().getClass().getName()
                + Stream.of(getCause().getStackTrace()).limit(FRAMES).toList();
    }
}
