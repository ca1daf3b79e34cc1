package dev.lockstep.board.tables;

import dev.lockstep.database.PostgresErrors;
import dev.lockstep.failure.Causes;
import java.time.DateTimeException;
import java.util.Set;

/** Errors for what Postgres will never accept, however often it is tried. */
public final class PermanentErrors {

    private PermanentErrors() {}

    /** SQLSTATE classes of errors that the content of rows causes: cardinality, data, integrity, program limits. */
    private static final Set<String> DATA_ERROR_CLASSES = Set.of("21", "22", "23", "54");

    /** Whether the cause is what the rows contain: Postgres rejects it, or its client cannot send it. */
    public static boolean isPermanent(Throwable failure) {
        String state = PostgresErrors.sqlState(failure);
        return state != null
                ? DATA_ERROR_CLASSES.contains(state.substring(0, 2))
                : Causes.chain(failure)
                        .anyMatch(cause -> cause instanceof DateTimeException
                                || cause instanceof ArithmeticException
                                || cause instanceof IllegalArgumentException);
    }

    /** Omits the message, which may quote the data to be stored; but not the fixed ones of Vert.x, as "Pool closed". */
    public static String describe(Throwable failure) {
        String state = PostgresErrors.sqlState(failure);
        if (state != null) {
            return "SQLSTATE " + state;
        }
        String name = failure.getClass().getSimpleName();
        return name.startsWith("NoStackTrace") && failure.getMessage() != null ? failure.getMessage() : name;
    }
}
