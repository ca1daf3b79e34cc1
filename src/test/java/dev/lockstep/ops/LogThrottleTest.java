package dev.lockstep.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogThrottleTest {

    private final LogThrottle seldom = new LogThrottle();

    @Test
    void whatLibrariesWarnOfAgainIsLeftOut() {
        assertThat(passes("lib", Level.WARNING, "client-1 failed", 0)).isTrue();
        assertThat(passes("lib", Level.WARNING, "client-2 failed", 1)).isFalse();
        assertThat(passes("lib", Level.SEVERE, "another", 2)).isTrue();
    }

    @Test
    void anIdOfTheErrorDoesNotMakeItAnother() {
        String failed = "HTTP Request to /api failed, error id: %s-1";
        assertThat(passes("lib", Level.SEVERE, failed.formatted("05e15762-d204-48d6-bbee-ba800125b472"), 0))
                .isTrue();
        assertThat(passes("lib", Level.SEVERE, failed.formatted("a5e15762-f204-48d6-bbee-ca800125b47f"), 1))
                .isFalse();
    }

    @Test
    void aTimeoutThatThePoolReportsTooLateIsLeftOut() {
        IllegalStateException late = new IllegalStateException("Result is already complete");
        assertThat(passes(late)).as("from elsewhere").isTrue();

        late.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("io.vertx.sqlclient.impl.pool.SqlConnectionPool", "execute", null, 216)
        });
        assertThat(passes(late)).isFalse();
    }

    private boolean passes(Throwable thrown) {
        LogRecord line = new LogRecord(Level.SEVERE, "Uncaught exception received by Vert.x");
        line.setLoggerName("vertx");
        line.setThrown(thrown);
        return new LogThrottle().isLoggable(line);
    }

    @Test
    void ofManyWithinOneMomentTheFirstPasses() {
        assertThat(passes("lib", Level.WARNING, "failed", 5)).isTrue();
        assertThat(passes("lib", Level.WARNING, "failed", 5)).isFalse();
    }

    @Test
    void afterAWhileItIsSaidAgain() {
        assertThat(passes("lib", Level.WARNING, "failed", 0)).isTrue();
        assertThat(passes("lib", Level.WARNING, "failed", 599)).isFalse();
        assertThat(passes("lib", Level.WARNING, "failed", 600)).isTrue();
        assertThat(passes("lib", Level.WARNING, "failed", 601)).isFalse();
    }

    @Test
    void whatTheWorkerSaysAndWhatIsNoWarningIsNotTouched() {
        for (int i = 0; i < 2; i++) {
            assertThat(passes("lib", Level.INFO, "started", i)).isTrue();
            assertThat(passes("dev.lockstep.Worker", Level.WARNING, "failed", i))
                    .isTrue();
        }
    }

    private boolean passes(String logger, Level level, String message, long second) {
        LogRecord line = new LogRecord(level, message);
        line.setLoggerName(logger);
        line.setInstant(Instant.ofEpochSecond(second));
        return seldom.isLoggable(line);
    }
}
