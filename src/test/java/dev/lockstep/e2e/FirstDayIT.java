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
 * What goes wrong on the first day is said in one line that docs/operations.md knows, in the packaged worker's log, on a
 * broker and a database that want passwords and permissions.
 */
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FirstDayIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration A_FEW_TRIES = Duration.ofSeconds(8);
    private static final String USER = "app";

    /** Of the log, above INFO, while one thing is wrong. */
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

    /** That the machine is slow is no matter of these tests. */
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

    /** Mended one after the other, the worker goes on by itself. */
    @Test
    @Order(1)
    void passwordsAndPermissions() throws Exception {
        WorkerProcess worker = start(worker().env("LOCKSTEP_DATABASE_USER", USER)
                .env("LOCKSTEP_DATABASE_PASSWORD", "right")
                .env("LOCKSTEP_DATABASE_NAME", "orders")
                .env("LOCKSTEP_TOPIC_PARTITIONS", 3)
                .env("LOCKSTEP_SERVICE_HOST", "10.0.0.1")
                .env("LOCKSTEP_PORT_8080_TCP", "tcp://10.0.0.1:8080"));
        says(worker, "LOCKSTEP_TOPIC_PARTITIONS is not a setting and has no effect. Did you mean LOCKSTEP_TOPICS_PART");

        String orders = "Postgres at localhost:" + database.port() + ", database orders, user app: ";
        says(worker, orders + "FATAL: password authentication failed for user \"app\"; check lockstep.database.user");
        sql("alter role app password 'right'");
        says(worker, orders + "FATAL: database \"orders\" does not exist; create it");
        sql("create database orders");
        says(worker, orders + "ERROR: permission denied for schema public; grant it");
        sql("alter database orders owner to app");

        says(worker, "Kafka permissions are missing: READ, WRITE, DESCRIBE_CONFIGS on topic lockstep.commands.v1; ");
        allow(ResourceType.TOPIC, "lockstep.", AclOperation.READ, AclOperation.WRITE);
        says(worker, "Kafka permissions are missing: CREATE on topics [lockstep.commands.v1, ");
        allow(ResourceType.TOPIC, "lockstep.", AclOperation.CREATE);
        says(worker, "Kafka permissions are missing: DESCRIBE_CONFIGS on topic lockstep.commands.v1; ");
        allow(ResourceType.TOPIC, "lockstep.", AclOperation.DESCRIBE_CONFIGS);
        allow(ResourceType.GROUP, "lockstep", AclOperation.READ);
        allow(ResourceType.TRANSACTIONAL_ID, "lockstep-", AclOperation.WRITE);

        worker.awaitReady(PATIENCE);
        WorkerProcess wantsMore = start(worker().env("LOCKSTEP_DATABASE_USER", USER)
                .env("LOCKSTEP_DATABASE_PASSWORD", "right")
                .env("LOCKSTEP_DATABASE_NAME", "orders")
                .env("LOCKSTEP_RETENTION_EVERY", "1s")
                .env("LOCKSTEP_TOPICS_PARTITIONS", 12));
        says(wantsMore, "lockstep.topics.partitions does not change topics that exist; docs/");
        wantsMore.awaitReady(PATIENCE);
        stopsCleanlyInTheMidstOfARound(wantsMore);
        assertThat(worker.terminate()).isTrue();
        assertThat(lines(worker)).noneMatch(line -> line.contains("ERROR") && !line.contains("ERROR: permission"));
        assertThat(troubles(worker)).noneMatch(line -> line.contains("SERVICE_HOST") || line.contains("_PORT_"));
        saysNoTraces(worker);
    }

    /** Housekeeping waits for a row while its connection is closed. */
    private void stopsCleanlyInTheMidstOfARound(WorkerProcess worker) throws Exception {
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
        saysNoTraces(worker);
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
        tellAndGoOn(expected);
    }

    @Test
    @Order(3)
    void brokersThatAreNot() {
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
        tellAndGoOn(expected);
    }

    private void tellAndGoOn(Map<WorkerProcess, String> expected) {
        expected.forEach(this::says);
        patiently().during(A_FEW_TRIES).until(() -> expected.keySet().stream().allMatch(WorkerProcess::isAlive));
        expected.forEach((worker, line) -> {
            assertThat(worker.health()).contains(line.replace("\"", "\\\""));
            assertThat(worker.liveness()).isEqualTo(200);
            assertThat(worker.terminate()).isTrue();
            assertThat(troubles(worker)).as(line).hasSizeLessThanOrEqualTo(FEW_LINES);
            saysNoTraces(worker);
        });
    }

    /** All of them at once, and nothing else. */
    @Test
    @Order(4)
    void valuesThatAreNone() throws Exception {
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
        assertThat(worker.hasEndedWith(1)).isTrue();
        says(worker, "lockstep.topics.partitions", "'abc' is not a whole number");
        says(worker, "lockstep.database.port", "is not a whole number; a service link of Kubernetes: set enableSe");
        says(worker, "lockstep.stuck-after", "'2min' is not a duration: write 30s, 5m, 12h, 7d or PT30S");
        says(worker, "lockstep.leave-after", "'30' has no unit: write 30s, or");
        says(worker, "lockstep.topics.results", "'my topic' is not a topic name: ");
        says(worker, "lockstep.kafka.group", "must not be empty");
        says(worker, "lockstep.database.password", "refers to a variable that is not set; ");
        says(worker, "lockstep.database.silence (20s) must be shorter than lockstep.publish.transaction-timeout");
        says(worker, "lockstep.topics.create", "'ture' is neither true nor false");
        says(worker, "lockstep.limits.max-depth", "must be 3 to 500");
        says(worker, "lockstep.publish.compression", "'zip' is not one of none, gzip, snappy, lz4, zstd");
        says(worker, "lockstep.source", "'our lockstep' is not a URI reference");
        assertThat(lines(worker)).as("a heading and the twelve").hasSize(13);
    }

    @Test
    @Order(5)
    void whatEndsTheStartIsSaidInALine() {
        WorkerProcess mistyped = start(worker().javaOption("-Dlockstep.topics.partition=3"));
        WorkerProcess besides = start(worker().httpPort(database.port()));
        for (WorkerProcess ended : List.of(mistyped, besides)) {
            patiently().until(() -> !ended.isAlive());
            saysNoTraces(ended);
        }
        assertThat(mistyped.hasEndedWith(1)).isTrue();
        assertThat(besides.hasEndedWith(75)).isTrue();
        says(mistyped, "lockstep.topics.partition is not a setting. Did you mean lockstep.topics.partitions?");
        says(besides, "Lockstep cannot start, port " + database.port(), "QUARKUS_HTTP_PORT");
        assertThat(troubles(besides)).hasSize(1);
    }

    /** Else it would write its results into the topic of the first. */
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
        says(
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
    void whatTheTableHasWasAllTried() {
        SEEN.addAll(FailureDiagnosisTest.lines());
        assertThat(OperationsDoc.reasonsOf("The first day"))
                .hasSizeGreaterThan(20)
                .allMatch(
                        row -> SEEN.stream().anyMatch(line -> row.matcher(line).find()));
    }

    private void says(WorkerProcess worker, String... parts) {
        patiently().untilAsserted(() -> assertThat(lines(worker))
                .anyMatch(line -> Arrays.stream(parts).allMatch(line::contains)));
        String told = lines(worker).stream()
                .filter(line -> Arrays.stream(parts).allMatch(line::contains))
                .findFirst()
                .orElseThrow();
        OperationsDoc.tells(told);
        SEEN.add(told);
    }

    private void saysNoTraces(WorkerProcess worker) {
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
