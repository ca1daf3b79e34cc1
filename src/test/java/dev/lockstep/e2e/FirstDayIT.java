package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.docs.OperationsDoc;
import dev.lockstep.local.EmbeddedDatabase;
import dev.lockstep.local.EmbeddedKafka;
import dev.lockstep.local.Ports;
import dev.lockstep.local.WorkerProcess;
import dev.lockstep.setup.FailureDiagnosisTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What goes wrong on the first day is reported in one line that docs/operations.md lists, in the packaged worker's log, with a
 * broker and a database that require passwords and permissions.
 */
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FirstDayIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration A_FEW_TRIES = Duration.ofSeconds(8);
    private static final String USER = "app";

    /** How many log lines above INFO there may be while one thing is wrong. */
    private static final int FEW_LINES = 4;

    private static final List<String> SEEN = new ArrayList<>();

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static EmbeddedDatabase database;
    private static Admin admin;
    private static int started;
    private final Map<WorkerProcess, Path> logs = new LinkedHashMap<>();

    @BeforeAll
    static void set() throws Exception {
        kafka = EmbeddedKafka.in(folder.resolve("kafka"))
                .with("listener.security.protocol.map", "DIRECT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT")
                .with("sasl.enabled.mechanisms", "PLAIN")
                .with("sasl.mechanism.inter.broker.protocol", "PLAIN")
                .with(
                        "listener.name.direct.plain.sasl.jaas.config",
                        jaas("admin", "admin", " user_admin=\"admin\" user_app=\"right\""))
                .with("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                .with("super.users", "User:admin;User:ANONYMOUS")
                .start();
        admin = Admin.create(Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                jaas("admin", "admin", "")));
        database = EmbeddedDatabase.start(folder.resolve("db"), 0, false);
        Path access = folder.resolve("db/pg_hba.conf");
        Files.writeString(
                access,
                "host all app localhost scram-sha-256\nhost all nobody localhost scram-sha-256\n"
                        + Files.readString(access));
        sql("select pg_reload_conf()", "create role app login password 'wrong'");
    }

    private static String jaas(String user, String password, String users) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"%s;"
                .formatted(user, password, users);
    }

    @AfterEach
    void end() {
        logs.keySet().forEach(WorkerProcess::close);
    }

    @AfterAll
    static void strike() {
        admin.close();
        kafka.close();
        database.close();
    }

    /** These tests must not depend on a slow machine. */
    private static WorkerProcess.Options worker() {
        return WorkerProcess.on(kafka.bootstrapServers(), database)
                .env("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT")
                .env("KAFKA_SASL_MECHANISM", "PLAIN")
                .env("KAFKA_SASL_JAAS_CONFIG", jaas(USER, "right", ""))
                .env("QUARKUS_VERTX_MAX_EVENT_LOOP_EXECUTE_TIME", "5m");
    }

    private WorkerProcess start(WorkerProcess.Options options) {
        Path log = folder.resolve("worker-" + started++ + ".log");
        WorkerProcess worker = options.log(log).start();
        logs.put(worker, log);
        return worker;
    }

    /** When the problems are fixed one after the other, the worker continues by itself. */
    @Test
    @Order(1)
    void passwordsAndPermissions() throws Exception {
        WorkerProcess worker = start(worker().env("LOCKSTEP_DATABASE_USER", USER)
                .env("LOCKSTEP_DATABASE_PASSWORD", "right")
                .env("LOCKSTEP_DATABASE_NAME", "orders")
                .env("LOCKSTEP_TOPIC_PARTITIONS", 3)
                .env("LOCKSTEP_SERVICE_HOST", "10.0.0.1")
                .env("LOCKSTEP_PORT_8080_TCP", "tcp://10.0.0.1:8080"));
        assertLogs(
                worker,
                "LOCKSTEP_TOPIC_PARTITIONS is not a setting and has no effect. Did you mean LOCKSTEP_TOPICS_PART");

        String orders = "Postgres at localhost:" + database.port() + ", database orders, user app: ";
        assertLogs(
                worker,
                orders + "FATAL: password authentication failed for user \"app\"; check lockstep.database.user");
        sql("alter role app password 'right'");
        assertLogs(worker, orders + "FATAL: database \"orders\" does not exist; create it");
        sql("create database orders");
        assertLogs(worker, orders + "ERROR: permission denied for schema public; grant it");
        sql("alter database orders owner to app");

        assertLogs(
                worker, "Kafka permissions are missing: READ, WRITE, DESCRIBE_CONFIGS on topic lockstep.commands.v1; ");
        allow(ResourceType.TOPIC, "lockstep.", AclOperation.READ, AclOperation.WRITE);
        assertLogs(worker, "Kafka permissions are missing: CREATE on topics [lockstep.commands.v1, ");
        allow(ResourceType.TOPIC, "lockstep.", AclOperation.CREATE);
        assertLogs(worker, "Kafka permissions are missing: DESCRIBE_CONFIGS on topic lockstep.commands.v1; ");
        allow(ResourceType.TOPIC, "lockstep.", AclOperation.DESCRIBE_CONFIGS);
        allow(ResourceType.GROUP, "lockstep", AclOperation.READ);
        allow(ResourceType.TRANSACTIONAL_ID, "lockstep-", AclOperation.WRITE);

        worker.awaitReady(PATIENCE);
        WorkerProcess wantsMore = start(worker().env("LOCKSTEP_DATABASE_USER", USER)
                .env("LOCKSTEP_DATABASE_PASSWORD", "right")
                .env("LOCKSTEP_DATABASE_NAME", "orders")
                .env("LOCKSTEP_RETENTION_EVERY", "1s")
                .env("LOCKSTEP_TOPICS_PARTITIONS", 12));
        assertLogs(wantsMore, "lockstep.topics.partitions does not change topics that exist; docs/");
        wantsMore.awaitReady(PATIENCE);
        stopsCleanlyDuringHousekeeping(wantsMore);
        assertThat(worker.terminate()).isTrue();
        assertThat(lines(worker)).noneMatch(line -> line.contains("ERROR") && !line.contains("ERROR: permission"));
        assertThat(troubles(worker)).noneMatch(line -> line.contains("SERVICE_HOST") || line.contains("_PORT_"));
        assertNoStackTraces(worker);
    }

    /** Housekeeping is waiting for a row when its connection is closed. */
    private void stopsCleanlyDuringHousekeeping(WorkerProcess worker) throws Exception {
        PGSimpleDataSource orders = (PGSimpleDataSource) database.dataSource();
        orders.setDatabaseName("orders");
        try (Connection connection = orders.getConnection();
                Statement sql = connection.createStatement()) {
            connection.setAutoCommit(false);
            sql.execute("lock table retention");
            patiently().until(() -> isWaitedFor("retention"));
            assertThat(worker.terminate()).isTrue();
        }
        assertThat(lines(worker)).noneMatch(line -> line.contains(" ERROR "));
        assertNoStackTraces(worker);
    }

    private static boolean isWaitedFor(String table) throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                Statement sql = connection.createStatement();
                ResultSet waiting = sql.executeQuery("select 1 from pg_stat_activity where wait_event_type = 'Lock'"
                        + " and query like '%" + table + "%'")) {
            return waiting.next();
        }
    }

    @Test
    @Order(2)
    void addressesAndUsers() {
        int nobody = Ports.free();
        Map<WorkerProcess, String> expected = new LinkedHashMap<>();
        expected.put(
                start(worker().env("LOCKSTEP_DATABASE_PORT", nobody)),
                "Postgres at localhost:" + nobody + ", database lockstep, user lockstep: connection refused; check");
        expected.put(
                start(worker().env("LOCKSTEP_DATABASE_HOST", "db.invalid")),
                "Postgres at db.invalid:" + database.port()
                        + ", database lockstep, user lockstep: the host name cannot be resolved; check");
        expected.put(
                start(worker().env("LOCKSTEP_DATABASE_USER", "nobody").env("LOCKSTEP_DATABASE_PASSWORD", "x")),
                "user nobody: FATAL: password authentication failed for user \"nobody\"; check lockstep.database.user");
        expected.put(
                start(worker().env("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "localhost:" + nobody)),
                "Kafka at localhost:" + nobody + ": connection refused; check lockstep.kafka.bootstrap-servers");
        assertReportedAndStillRunning(expected);
    }

    @Test
    @Order(3)
    void addressesThatAreNotBrokers() {
        Map<WorkerProcess, String> expected = new LinkedHashMap<>();
        expected.put(
                start(worker().env("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "nowhere.invalid:9092")),
                "Kafka at nowhere.invalid:9092: the host name cannot be resolved; check");
        expected.put(
                start(worker().env("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "localhost")),
                "Kafka at localhost: this is not a list of host:port; check lockstep.kafka.bootstrap-servers");
        expected.put(
                start(worker().env("KAFKA_SASL_JAAS_CONFIG", jaas(USER, "wrong", ""))),
                "the user was rejected, Authentication failed: Invalid username or password; check kafka.sasl.jaas.config");
        expected.put(
                start(worker().env("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")),
                "something listens there, but does not answer like a broker; check that kafka.security.protocol, here "
                        + "PLAINTEXT,");
        expected.put(
                start(worker().env("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "localhost:" + database.port())),
                "Kafka at localhost:" + database.port()
                        + ": something listens there, but does not answer like a broker");
        assertReportedAndStillRunning(expected);
    }

    private void assertReportedAndStillRunning(Map<WorkerProcess, String> expected) {
        expected.forEach(this::assertLogs);
        patiently().during(A_FEW_TRIES).until(() -> expected.keySet().stream().allMatch(WorkerProcess::isAlive));
        expected.forEach((worker, line) -> {
            assertThat(worker.health()).contains(line.replace("\"", "\\\""));
            assertThat(worker.liveness()).isEqualTo(200);
            assertThat(worker.terminate()).isTrue();
            assertThat(troubles(worker)).as(line).hasSizeLessThanOrEqualTo(FEW_LINES);
            assertNoStackTraces(worker);
        });
    }

    /** All of them are reported at once, and nothing else. */
    @Test
    @Order(4)
    void invalidValues() throws Exception {
        WorkerProcess worker = start(worker().env("LOCKSTEP_TOPICS_PARTITIONS", "abc")
                .env("LOCKSTEP_DATABASE_PORT", "tcp://10.0.0.1:5432")
                .env("LOCKSTEP_STUCK_AFTER", "2min")
                .env("LOCKSTEP_LEAVE_AFTER", "30")
                .env("LOCKSTEP_TOPICS_RESULTS", "my topic")
                .env("LOCKSTEP_KAFKA_GROUP", "")
                .env("LOCKSTEP_DATABASE_PASSWORD", "${NOWHERE_SET}")
                .env("LOCKSTEP_DATABASE_SILENCE", "20s")
                .env("LOCKSTEP_TOPICS_CREATE", "ture")
                .env("LOCKSTEP_LIMITS_MAX_DEPTH", "1000")
                .env("LOCKSTEP_PUBLISH_COMPRESSION", "zip")
                .env("LOCKSTEP_SOURCE", "our lockstep"));
        patiently().until(() -> !worker.isAlive());
        assertThat(worker.hasExitedWith(1)).isTrue();
        assertLogs(worker, "lockstep.topics.partitions", "'abc' is not a whole number");
        assertLogs(
                worker, "lockstep.database.port", "is not a whole number; a service link of Kubernetes: set enableSe");
        assertLogs(worker, "lockstep.stuck-after", "'2min' is not a duration: write 30s, 5m, 12h, 7d or PT30S");
        assertLogs(worker, "lockstep.leave-after", "'30' has no unit: write 30s, or");
        assertLogs(worker, "lockstep.topics.results", "'my topic' is not a topic name: ");
        assertLogs(worker, "lockstep.kafka.group", "must not be empty");
        assertLogs(worker, "lockstep.database.password", "refers to a variable that is not set; ");
        assertLogs(worker, "lockstep.database.silence (20s) must be shorter than lockstep.publish.transaction-timeout");
        assertLogs(worker, "lockstep.topics.create", "'ture' is neither true nor false");
        assertLogs(worker, "lockstep.limits.max-depth", "must be 3 to 500");
        assertLogs(worker, "lockstep.publish.compression", "'zip' is not one of none, gzip, snappy, lz4, zstd");
        assertLogs(worker, "lockstep.source", "'our lockstep' is not a URI reference");
        assertThat(lines(worker)).as("a heading and twelve problems").hasSize(13);
    }

    @Test
    @Order(5)
    void aFailedStartIsReportedInOneLine() {
        WorkerProcess mistyped = start(worker().javaOption("-Dlockstep.topics.partition=3"));
        WorkerProcess portInUse = start(worker().httpPort(database.port()));
        for (WorkerProcess ended : List.of(mistyped, portInUse)) {
            patiently().until(() -> !ended.isAlive());
            assertNoStackTraces(ended);
        }
        assertThat(mistyped.hasExitedWith(1)).isTrue();
        assertThat(portInUse.hasExitedWith(75)).isTrue();
        assertLogs(mistyped, "lockstep.topics.partition is not a setting. Did you mean lockstep.topics.partitions?");
        assertLogs(portInUse, "Lockstep cannot start, port " + database.port(), "QUARKUS_HTTP_PORT");
        assertThat(troubles(portInUse)).hasSize(1);
    }

    /** Otherwise it would write its results into the first installation's topic. */
    @Test
    @Order(6)
    void aSecondInstallationWithATopicOfTheFirst() throws Exception {
        sql("create database second owner app");
        WorkerProcess.Options second = worker().env("LOCKSTEP_DATABASE_USER", USER)
                .env("LOCKSTEP_DATABASE_PASSWORD", "right")
                .env("LOCKSTEP_DATABASE_NAME", "second")
                .env("LOCKSTEP_KAFKA_GROUP", "second");
        for (String topic : List.of(
                "commands", "events", "release-status", "deployment-status", "application-status", "dead-letters")) {
            second.env("LOCKSTEP_TOPICS_" + topic.toUpperCase().replace('-', '_'), "lockstep.second." + topic);
        }
        WorkerProcess worker = start(second);
        assertLogs(
                worker,
                "this is the first start on this database, but of its topics [lockstep.results.v1] already exist and"
                        + " [lockstep.second.application-status, lockstep.second.commands, ",
                "correct lockstep.topics.*");
        assertThat(admin.listTopics().names().get())
                .contains("lockstep.results.v1")
                .noneMatch(name -> name.contains("second"));
        assertThat(worker.terminate()).isTrue();
    }

    @Test
    @Order(7)
    void everyReasonInTheTableWasTested() {
        SEEN.addAll(FailureDiagnosisTest.lines());
        assertThat(OperationsDoc.reasonsOf("The first day"))
                .hasSizeGreaterThan(20)
                .allMatch(
                        row -> SEEN.stream().anyMatch(line -> row.matcher(line).find()));
    }

    private void assertLogs(WorkerProcess worker, String... parts) {
        patiently().untilAsserted(() -> assertThat(lines(worker))
                .anyMatch(line -> Arrays.stream(parts).allMatch(line::contains)));
        String told = lines(worker).stream()
                .filter(line -> Arrays.stream(parts).allMatch(line::contains))
                .findFirst()
                .orElseThrow();
        OperationsDoc.assertDocuments(told);
        SEEN.add(told);
    }

    private void assertNoStackTraces(WorkerProcess worker) {
        assertThat(lines(worker)).noneMatch(line -> line.startsWith("\tat ") || line.startsWith("Caused by"));
    }

    private List<String> troubles(WorkerProcess worker) {
        return lines(worker).stream()
                .filter(line -> !line.contains("[Error Occurred After Shutdown]"))
                .filter(line -> !line.contains(" INFO "))
                .toList();
    }

    private List<String> lines(WorkerProcess worker) {
        try (Stream<String> lines = Files.lines(logs.get(worker))) {
            return lines.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ConditionFactory patiently() {
        return await().pollInterval(Duration.ofMillis(200)).atMost(PATIENCE);
    }

    private static void sql(String... statements) throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                Statement sql = connection.createStatement()) {
            for (String statement : statements) {
                sql.execute(statement);
            }
        }
    }

    private static void allow(ResourceType type, String name, AclOperation... operations) throws Exception {
        PatternType pattern = type == ResourceType.GROUP ? PatternType.LITERAL : PatternType.PREFIXED;
        admin.createAcls(Arrays.stream(operations)
                        .map(operation -> new AclBinding(
                                new ResourcePattern(type, name, pattern),
                                new AccessControlEntry("User:" + USER, "*", operation, AclPermissionType.ALLOW)))
                        .toList())
                .all()
                .get();
    }
}
