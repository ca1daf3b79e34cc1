package dev.lockstep.board.tables;

import dev.lockstep.database.PostgresErrors;

/** What Postgres will never take, however often it is tried. */
public final class Refusals {

    private Refusals() {}

    /** Whether it is what the rows contain: SQLSTATE classes 22 (data), 23 (integrity) and 54 (too large). */
    public static boolean isRefused(Throwable failure) {
        String state = PostgresErrors.of(failure);
        return state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
    }

    /** Without the message, which may quote what was to be stored. */
    public static String name(Throwable failure) {
        String state = PostgresErrors.of(failure);
        return state == null ? failure.getClass().getSimpleName() : "SQLSTATE " + state;
    }
}
