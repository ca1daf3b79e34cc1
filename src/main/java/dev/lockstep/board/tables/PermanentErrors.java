package dev.lockstep.board.tables;

import dev.lockstep.database.PostgresErrors;

/** Errors for what Postgres will never accept, however often it is tried. */
public final class PermanentErrors {

    private PermanentErrors() {}

    /** Whether the cause is what the rows contain: SQLSTATE classes 22 (data), 23 (integrity) and 54 (too large). */
    public static boolean isPermanent(Throwable failure) {
        String state = PostgresErrors.sqlState(failure);
        return state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
    }

    /** Omits the message, which may quote the data to be stored. */
    public static String describe(Throwable failure) {
        String state = PostgresErrors.sqlState(failure);
        return state == null ? failure.getClass().getSimpleName() : "SQLSTATE " + state;
    }
}
