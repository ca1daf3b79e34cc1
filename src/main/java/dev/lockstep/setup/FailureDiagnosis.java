package dev.lockstep.setup;

import dev.lockstep.config.Settings;
import dev.lockstep.database.PostgresErrors;
import dev.lockstep.failure.Causes;
import io.quarkus.runtime.util.ExceptionUtil;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.utils.Utils;

/**
 * Why a store cannot be used, in one line for an operator: which, where, what is wrong, what to do. The same failure
 * is always described in the same words. Each line has its own entry in docs/operations.md.
 */
final class FailureDiagnosis {

    private static final int PROBE_MILLIS = 1_000;
    private static final String CHECK_BROKERS = "check lockstep.kafka.bootstrap-servers";
    private static final String CHECK_DATABASE_ADDRESS = "check lockstep.database.host and lockstep.database.port";

    private FailureDiagnosis() {}

    static String ofPostgres(Settings.DatabaseConfig database, Throwable failure) {
        return "Postgres at " + database.host() + ":" + database.port() + ", database " + database.name() + ", user "
                + database.user() + ": " + postgres(failure);
    }

    private static String postgres(Throwable failure) {
        Throwable root = ExceptionUtil.getRootCause(failure);
        if (root instanceof UnknownHostException) {
            return "the host name cannot be resolved; check lockstep.database.host, and the DNS";
        }
        if (isRefused(root)) {
            return "connection refused; " + CHECK_DATABASE_ADDRESS + ", and that Postgres is running";
        }
        if (root instanceof SocketTimeoutException
                || root instanceof SocketException
                || root instanceof TimeoutException
                || String.valueOf(root.getMessage()).startsWith("Sorry, acquisition timeout")) {
            return "no answer; " + CHECK_DATABASE_ADDRESS
                    + ", that it is Postgres that listens there, and that no firewall is in between";
        }
        String state = PostgresErrors.sqlState(failure);
        if (state == null) {
            return messageOf(root);
        }
        return switch (state) {
            case "28P01" -> messageOf(root) + "; check lockstep.database.user and lockstep.database.password";
            case "28000" -> messageOf(root) + "; check lockstep.database.user, and pg_hba.conf";
            case "3D000" -> messageOf(root) + "; create it, or check lockstep.database.name";
            case "42501" -> messageOf(root) + "; grant it, see \"Privileges\" in docs/operations.md";
            case "53300" -> messageOf(root) + "; raise max_connections, or start fewer workers";
            case "08004" -> messageOf(root) + "; set lockstep.database.password";
            case "57P03" -> messageOf(root) + "; the worker continues once Postgres is up";
            // other messages may quote stored data
            default -> state.startsWith("08") ? messageOf(root) : PostgresErrors.describe(state);
        };
    }

    /**
     * @param config the clients' configuration
     * @param hasAnsweredBefore whether Kafka has answered this worker before: then the configuration is not the cause of silence
     */
    static String ofKafka(Map<String, Object> config, KafkaException failure, boolean hasAnsweredBefore) {
        String servers = String.valueOf(config.get("bootstrap.servers"));
        return "Kafka at " + servers + ": " + kafka(config, servers, tlsOrRoot(failure), hasAnsweredBefore);
    }

    private static String kafka(Map<String, Object> config, String servers, Throwable root, boolean hasAnsweredBefore) {
        if (root instanceof ConfigException && root.getMessage().startsWith("No resolvable bootstrap")) {
            return "the host name cannot be resolved; " + CHECK_BROKERS + ", and the DNS";
        }
        if (root instanceof ConfigException && root.getMessage().contains("bootstrap.servers")) {
            return "this is not a list of host:port; " + CHECK_BROKERS;
        }
        if (root instanceof SslAuthenticationException) {
            return "TLS failed, " + messageOf(root) + "; check kafka.ssl.* and kafka.security.protocol";
        }
        if (root instanceof AuthenticationException) {
            return "the user was rejected, " + messageOf(root)
                    + "; check kafka.sasl.jaas.config and kafka.sasl.mechanism";
        }
        if (root instanceof InvalidReplicationFactorException) {
            return messageOf(root) + "; lower lockstep.topics.replication, or start more brokers";
        }
        if (root instanceof UnsupportedVersionException) {
            return messageOf(root) + "; Kafka 4.0 or later is needed";
        }
        if (root instanceof RetriableException) {
            return unanswered(servers, config.getOrDefault("security.protocol", "PLAINTEXT"), hasAnsweredBefore);
        }
        return messageOf(root);
    }

    /** The client only says that it waited in vain; whether anything listens there at all can be checked quickly. */
    private static String unanswered(String servers, Object protocol, boolean hasAnsweredBefore) {
        String silence = "no answer; " + CHECK_BROKERS + ", and that no firewall is in between";
        String diagnosis = silence;
        for (String server : List.of(servers.split(","))) {
            try (Socket socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(Utils.getHost(server.strip()), Utils.getPort(server.strip())),
                        PROBE_MILLIS);
                return hasAnsweredBefore ? silence : noBroker(protocol);
            } catch (IOException | RuntimeException e) {
                diagnosis = isRefused(e)
                        ? "connection refused; " + CHECK_BROKERS + ", and that the brokers are running"
                        : diagnosis;
            }
        }
        return diagnosis;
    }

    /** Something answers at the brokers' address, but speaks another protocol. */
    static String notABroker(Map<String, Object> config) {
        return "Kafka at " + config.get("bootstrap.servers") + ": "
                + noBroker(config.getOrDefault("security.protocol", "PLAINTEXT"));
    }

    private static String noBroker(Object protocol) {
        return "something listens there, but does not answer like a broker; check that kafka.security.protocol, here "
                + protocol + ", matches the brokers', and that their advertised.listeners can be reached from here";
    }

    /** The first line of its message, preceded by its class unless it is the store's own answer. */
    static String messageOf(Throwable e) {
        String name = e.getClass().getSimpleName();
        String message = e.getMessage() == null
                ? ""
                : e.getMessage().strip().lines().findFirst().orElse("");
        if (message.isEmpty()) {
            return name;
        }
        return e instanceof SQLException || e instanceof KafkaException ? message : name + ": " + message;
    }

    private static boolean isRefused(Throwable e) {
        return e instanceof ConnectException && String.valueOf(e.getMessage()).contains("refused");
    }

    /** What lies beneath a TLS failure helps nobody. */
    private static Throwable tlsOrRoot(Throwable e) {
        Throwable tls = Causes.first(e, SslAuthenticationException.class);
        return tls == null ? ExceptionUtil.getRootCause(e) : tls;
    }
}
