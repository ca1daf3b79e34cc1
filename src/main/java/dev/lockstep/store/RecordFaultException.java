package dev.lockstep.store;

import java.util.function.Supplier;
import java.util.stream.Stream;

/** A fault while a record is decided or its output is rendered. It is attributed to that record; the others are processed. */
final class RecordFaultException extends RuntimeException {

    private static final int FRAMES = 8;

    private RecordFaultException(Throwable cause) {
        super(cause);
    }

    /** @throws RecordFaultException in place of the work's own failure; the work must only compute */
    static <T> T wrapFaults(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException | StackOverflowError fault) {
            throw new RecordFaultException(fault);
        }
    }

    /** Its type and location, without the message, which may quote the record. */
    String reason() {
        return getCause().getClass().getName()
                + Stream.of(getCause().getStackTrace()).limit(FRAMES).toList();
    }
}
