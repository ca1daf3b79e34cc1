package dev.lockstep.database;

import dev.lockstep.config.Settings;
import dev.lockstep.config.SettingsCheck;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.util.Map;

/**
 * Time-outs on a connection to Postgres, all derived from how long a connection may be silent. They expire in this order,
 * so that the party that knows most about the reason gives up first:
 *
 * <ol>
 *   <li>Postgres ends a transaction whose worker is silent, because it is paused or gone; its locks are released;
 *   <li>Postgres ends a statement that waits for a lock or takes too long; each is timed by itself, so that a batch of many
 *       may take its time;
 *   <li>the worker closes a connection on which nothing has been received or sent;
 *   <li>the broker aborts a Kafka transaction that nobody continues.
 * </ol>
 */
record PostgresTimeouts(Duration silence) {

    private static final Duration MIN_SILENCE = Duration.ofSeconds(1);

    /** @throws ConfigurationException with a sentence, if the settings are inconsistent */
    static PostgresTimeouts of(Settings settings) {
        Duration silence = settings.database().silence();
        if (silence.compareTo(MIN_SILENCE) < 0) {
            throw new ConfigurationException(
                    "lockstep.database.silence must be 1s or more, but is " + SettingsCheck.format(silence));
        }
        return new PostgresTimeouts(silence);
    }

    /** Parameters set at the start of a Postgres session, in milliseconds. */
    Map<String, String> sessionSettings() {
        return Map.of(
                "idle_in_transaction_session_timeout", millis(2, 3),
                "lock_timeout", millis(3, 4),
                "statement_timeout", millis(5, 6),
                // For data that is never acknowledged: without these, a worker that vanishes silently keeps locks and
                // connections.
                "tcp_user_timeout", millis(1, 1),
                "idle_session_timeout", millis(2, 1));
    }

    /** How long a connection may be idle before it is closed, well before it counts as silent. */
    Duration idleTimeout() {
        return silence.dividedBy(2);
    }

    private String millis(long numerator, long denominator) {
        return Long.toString(silence.toMillis() * numerator / denominator);
    }
}
