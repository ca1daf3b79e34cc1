package dev.lockstep.store;

import dev.lockstep.failure.Faults;
import java.util.function.Supplier;

/**
 * A fault while a record is decided, its output is rendered, or its state or output is encoded. It is attributed to that
 * record; the others are processed.
 */
final class RecordFaultException extends RuntimeException {

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

    String reason() {
        return Faults.describe(getCause());
    }
}
