package dev.lockstep.store;

import io.vertx.pgclient.PgException;
import org.hibernate.JDBCException;

/** What Postgres' error codes mean for a batch. */
public final class SqlStates {

    private static final String UNIQUE_VIOLATION = "23505";

    private SqlStates() {}

    /**
     * Whether the database refused a row for what it contains (class 22, data exception, or 23, integrity constraint). A
     * unique violation never is: somebody else was faster, and the batch is to be tried again.
     */
    static boolean refusesContent(Throwable failure) {
        String state = of(failure);
        return state != null && (state.startsWith("22") || state.startsWith("23")) && !state.equals(UNIQUE_VIOLATION);
    }

    /** @return the SQLSTATE of a failure, or null when it has none */
    public static String of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PgException refused) {
                return refused.getSqlState();
            }
            if (cause instanceof JDBCException refused && refused.getSQLState() != null) {
                return refused.getSQLState();
            }
        }
        return null;
    }
}
