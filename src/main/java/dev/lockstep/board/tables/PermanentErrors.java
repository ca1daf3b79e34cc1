package dev.lockstep.board.tables;

import dev.lockstep.database.PostgresErrors;

/** What Postgres will never take, however often it is tried. */
public final class PermanentErrors {

    private PermanentErrors() {}

    /** Whether it is what the rows contain: SQLSTATE classes 22 (data), 23 (integrity) and 54 (too large). */
    public static boolean isPermanent(Throwable failure) {
        String state = PostgresErrors.sqlState(failure);
        return state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
    }

    /** Without the message, which may quote what was to be stored. */
    public static String describe(Throwable failure) {
        String state = PostgresErrors.sqlState(failure);
        return state == null ? failure.getClass().getSimpleName() : "SQLSTATE " + state;
    }
}
