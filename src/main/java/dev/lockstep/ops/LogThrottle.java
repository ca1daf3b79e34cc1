package dev.lockstep.ops;

import io.quarkus.logging.LoggingFilter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.regex.Pattern;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;

/**
 * Lets through, once every ten minutes, a warning that a library logs at every attempt. The worker's own warnings are
 * limited where they are logged. One that is no problem is left out.
 */
@LoggingFilter(name = "seldom")
public final class LogThrottle implements Filter {

    private static final long INTERVAL_MILLIS = Duration.ofMinutes(10).toMillis();
    private static final int MAX_MESSAGES = 1_000;

    /** What differs from one attempt to the next: ids of errors, ports, counts. */
    private static final Pattern VARIABLE = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}|\\d+");

    private static final ExtFormatter MESSAGE = new PatternFormatter("%s");

    private static final String POOL = "io.vertx.sqlclient.impl.pool.SqlConnectionPool";

    private final Map<String, Long> lastLoggedAt = new ConcurrentHashMap<>();

    /** The pool of connections to Postgres reports the time-out of a request for a connection that has failed already. */
    private static boolean isLateTimeout(Throwable thrown) {
        return thrown instanceof IllegalStateException
                && "Result is already complete".equals(thrown.getMessage())
                && Arrays.stream(thrown.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(POOL));
    }

    @Override
    public boolean isLoggable(LogRecord line) {
        String logger = String.valueOf(line.getLoggerName());
        if (line.getLevel().intValue() < Level.WARNING.intValue() || logger.startsWith("dev.lockstep")) {
            return true;
        }
        if (isLateTimeout(line.getThrown())) {
            return false;
        }
        String message = MESSAGE.format(ExtLogRecord.wrap(line));
        String what = logger + ' ' + VARIABLE.matcher(String.valueOf(message)).replaceAll("#");
        if (lastLoggedAt.size() > MAX_MESSAGES) {
            lastLoggedAt.clear();
        }
        long now = line.getMillis();
        AtomicBoolean isDue = new AtomicBoolean();
        lastLoggedAt.compute(what, (key, before) -> {
            isDue.set(before == null || now - before >= INTERVAL_MILLIS);
            return isDue.get() ? now : before;
        });
        return isDue.get();
    }
}
