package dev.lockstep.database;

import dev.lockstep.failure.Causes;
import dev.lockstep.failure.RetryCause;
import io.quarkus.runtime.util.ExceptionUtil;
import io.vertx.core.VertxException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.hibernate.JDBCException;

/** What Postgres' error codes mean for a batch. */
public final class PostgresErrors {

    private static final String UNIQUE_VIOLATION = "23505";

    private PostgresErrors() {}

    /**
     * Whether the database refused a row for what it contains (class 22, data exception, or 23, integrity constraint). A
     * unique violation does not count: somebody else was faster, and the batch is to be tried again.
     */
    public static boolean isContentRejection(Throwable failure) {
        String state = sqlState(failure);
        return state != null && (state.startsWith("22") || state.startsWith("23")) && !state.equals(UNIQUE_VIOLATION);
    }

    /** The cause of a failure that is retried; {@code CONFLICT} if somebody else changed a row. */
    public static RetryCause retryCause(Throwable failure) {
        String state = sqlState(failure);
        if (state == null) {
            return isConnectionFailure(failure) ? RetryCause.DATABASE_UNREACHABLE : RetryCause.OTHER;
        }
        return switch (state) {
            case UNIQUE_VIOLATION, "40001", "40P01" -> RetryCause.CONFLICT;
            case "55P03", "57014", "25P03" -> RetryCause.DATABASE_TIMEOUT;
            case "57P01", "57P02", "57P03", "57P05", "28000", "28P01", "3D000" -> RetryCause.DATABASE_UNREACHABLE;
            default -> state.startsWith("08") ? RetryCause.DATABASE_UNREACHABLE : RetryCause.DATABASE_REFUSED;
        };
    }

    private static boolean isConnectionFailure(Throwable failure) {
        return Causes.chain(failure)
                .anyMatch(cause -> cause instanceof IOException
                        || cause instanceof VertxException
                        || cause instanceof NoStackTraceThrowable
                        || cause instanceof TimeoutException);
    }

    /** What Postgres answered, in words: the SQLSTATE, and its meaning if it is a matter of waiting. */
    public static String describe(String state) {
        return "Postgres answers SQLSTATE " + state
                + switch (state) {
                    case "55P03" -> ": another session holds a lock";
                    case "57014" -> ": a statement took too long";
                    default -> "";
                };
    }

    /** Why something failed, in words. */
    public static String reason(Throwable failure) {
        String state = sqlState(failure);
        if (state != null) {
            return describe(state);
        }
        Throwable root = ExceptionUtil.getRootCause(failure);
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    /** @return the SQLSTATE of a failure, or null when it has none */
    public static String sqlState(Throwable failure) {
        return Causes.chain(failure)
                .map(PostgresErrors::sqlStateOfOne)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static String sqlStateOfOne(Throwable failure) {
        if (failure instanceof PgException refused) {
            return refused.getSqlState();
        }
        if (failure instanceof JDBCException refused) {
            return refused.getSQLState();
        }
        return failure instanceof SQLException refused ? refused.getSQLState() : null;
    }
}
