package dev.lockstep.store;

import java.util.function.Supplier;
import java.util.stream.Stream;

/** A fault while a record is decided or its output is rendered. It is attributed to that record; the others are processed. */
final class RecordFaultException extends RuntimeException {

    private static final int FRAMES = 8;

    private RecordFaultException(Throwable cause) {
        super(cause);
    }

    /** @throws RecordFaultException instead of whatever the work fails with; it must do nothing but compute */
    static <T> T wrapFaults(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException | StackOverflowError fault) {
            throw new RecordFaultException(fault);
        }
    }

    /** Its kind and its place. Without its message, which may quote the record. */
    String reason() {
        return getCause().getClass().getName()
                + Stream.of(getCause().getStackTrace()).limit(FRAMES).toList();
    }
}
