package dev.lockstep.database;

import dev.lockstep.config.Settings;
import dev.lockstep.config.SettingsCheck;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.util.Map;

/**
 * Time-outs on a connection to Postgres, all derived from how long a connection may be silent. In this order,
 * so that whoever knows most about the reason is the first to give up:
 *
 * <ol>
 *   <li>Postgres ends a transaction whose worker says nothing, because it is paused or gone; its locks are free;
 *   <li>Postgres ends a statement that waits for a lock, or takes too long; each counts by itself, so that a batch of many
 *       may take its time;
 *   <li>the worker closes a connection on which nothing has come or gone;
 *   <li>the broker ends a Kafka transaction that nobody goes on with.
 * </ol>
 */
record PostgresTimeouts(Duration silence) {

    private static final Duration MIN_SILENCE = Duration.ofSeconds(1);

    /** @throws ConfigurationException with a sentence, when the settings do not fit together */
    static PostgresTimeouts of(Settings settings) {
        Duration silence = settings.database().silence();
        if (silence.compareTo(MIN_SILENCE) < 0) {
            throw new ConfigurationException(
                    "lockstep.database.silence must be 1s or more, but is " + SettingsCheck.format(silence));
        }
        return new PostgresTimeouts(silence);
    }

    /** What a session of Postgres is told when it begins; milliseconds. */
    Map<String, String> sessionSettings() {
        return Map.of(
                "idle_in_transaction_session_timeout", millis(2, 3),
                "lock_timeout", millis(3, 4),
                "statement_timeout", millis(5, 6),
                // What nobody acknowledges: without these, a worker that is lost without a word keeps locks and
                // connections.
                "tcp_user_timeout", millis(1, 1),
                "idle_session_timeout", millis(2, 1));
    }

    /** How long a connection may be idle before it is closed, well before it counts as silent. */
    Duration idle() {
        return silence.dividedBy(2);
    }

    private String millis(long share, long of) {
        return Long.toString(silence.toMillis() * share / of);
    }
}
