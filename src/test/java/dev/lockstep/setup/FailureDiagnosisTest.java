package dev.lockstep.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.config.Settings;
import dev.lockstep.docs.OperationsDoc;
import dev.lockstep.local.Ports;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** In addition to the failures that FirstDayIT causes: those that can only be simulated on this machine. */
public class FailureDiagnosisTest {

    private static final Settings.DatabaseConfig DATABASE = new SmallRyeConfigBuilder()
            .withMapping(Settings.class)
            .build()
            .getConfigMapping(Settings.class)
            .database();

    /** The lines of docs/operations.md that are tested here. */
    public static List<String> lines() {
        return Stream.concat(
                        Stream.of(
                                        new SQLException("x", "08001", new SocketTimeoutException("Connect timed out")),
                                        new SQLException(
                                                "The server requested SCRAM-based authentication, but no password was provided.",
                                                "08004"),
                                        new SQLException("FATAL: role \"stranger\" does not exist", "28000"),
                                        new SQLException(
                                                "FATAL: no pg_hba.conf entry for host \"10.0.0.1\", user \"app\"",
                                                "28000"))
                                .map(failure -> FailureDiagnosis.ofPostgres(DATABASE, failure)),
                        Stream.of(
                                        new InvalidReplicationFactorException("Unable to replicate 3 times"),
                                        new SslAuthenticationException("SSL handshake failed"),
                                        new TimeoutException("Timed out waiting for a node assignment"))
                                .map(failure -> FailureDiagnosis.ofKafka(
                                        Map.of("bootstrap.servers", "nowhere.invalid:1"), failure, false)))
                .toList();
    }

    @Test
    void eachHasItsLineAndNamesThePlace() {
        assertThat(lines())
                .hasSize(7)
                .allSatisfy(OperationsDoc::assertDocuments)
                .allMatch(line -> line.startsWith("Postgres at localhost:5432, database lockstep, user lockstep: ")
                        || line.startsWith("Kafka at nowhere.invalid:1: "));
    }

    @Test
    void aMachineWithoutAWayToItIsNotOneThatRefuses() {
        assertThat(FailureDiagnosis.ofPostgres(DATABASE, new ConnectException("Network is unreachable")))
                .contains(": no answer; check lockstep.database.host");
    }

    @Test
    void whatMayQuoteAStoredValueIsNotQuoted() {
        assertThat(FailureDiagnosis.ofPostgres(DATABASE, new SQLException("value too long: \"secret\"", "22001")))
                .endsWith(": Postgres answers SQLSTATE 22001");
    }

    @Test
    void ofSeveralBrokersOneThatListensGivesTheDiagnosis() throws Exception {
        try (ServerSocket nobodyInParticular = new ServerSocket(0, 50, InetAddress.getByName("localhost"))) {
            String both = "localhost:" + Ports.free() + ",localhost:" + nobodyInParticular.getLocalPort();
            assertThat(kafka(both)).contains("something listens there").contains("here PLAINTEXT,");
            assertThat(kafka(both, true))
                    .as("a broker that hangs after it has worked")
                    .contains("no answer");
        }
    }

    @Test
    void aRefusingPortAndAnUnknownNameAreDistinguished() {
        assertThat(kafka("localhost:" + Ports.free())).contains("connection refused");
        assertThat(kafka("nowhere.invalid:9092")).contains("cannot be resolved");
        assertThat(kafka("localhost:port")).contains("not a list of host:port");
    }

    private static String kafka(String servers) {
        return kafka(servers, false);
    }

    private static String kafka(String servers, boolean hasAnsweredBefore) {
        Map<String, Object> config =
                Map.of("bootstrap.servers", servers, "default.api.timeout.ms", 300, "request.timeout.ms", 200);
        try (Admin admin = Admin.create(config)) {
            admin.listTopics().names().get();
            return "";
        } catch (KafkaException e) {
            return FailureDiagnosis.ofKafka(config, e, hasAnsweredBefore);
        } catch (Exception e) {
            return FailureDiagnosis.ofKafka(config, (KafkaException) e.getCause(), hasAnsweredBefore);
        }
    }
}
