package dev.lockstep.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.docs.OperationsDoc;
import dev.lockstep.local.EmbeddedDatabase;
import dev.lockstep.store.format.StoredFormats;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** What a worker checks in its database before it does anything else; each test has its own database. */
class DatabaseSetupTest {

    private static final String GROUP = "lockstep.kafka.group";
    private static final String COMMANDS = "lockstep.topics.commands";

    @TempDir
    static Path folder;

    private static EmbeddedDatabase server;
    private DataSource database;

    @BeforeAll
    static void start() {
        server = EmbeddedDatabase.start(folder.resolve("db"), 0, false);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void create(TestInfo test) throws SQLException {
        String name = test.getTestMethod().orElseThrow().getName().toLowerCase();
        sql(
                server.dataSource(),
                "create database " + name + " template template0 encoding "
                        + (name.contains("utf8") ? "'LATIN1'" : "'UTF8'"));
        database = database(name);
    }

    @Test
    void aDatabaseThatIsNotUtf8IsRefusedAsItIs() throws Exception {
        assertThatThrownBy(this::setUp)
                .isInstanceOf(SetupException.class)
                .hasMessageContaining("has the encoding LATIN1")
                .satisfies(OperationsDoc::assertDocuments);
        assertThat(number("select count(*) from pg_class where relnamespace = 'public'::regnamespace"))
                .isZero();
    }

    @Test
    void aDatabaseOfSomebodyElseIsRefusedAsItIs() throws Exception {
        sql(database, "create table somebody_elses (id int)");
        assertThatThrownBy(this::setUp)
                .isInstanceOf(SetupException.class)
                .hasMessageContaining("contains something else")
                .satisfies(OperationsDoc::assertDocuments);
        assertThat(number("select count(*) from pg_tables where schemaname = 'public'"))
                .isEqualTo(1);
    }

    @Test
    void existingTablesAreAccepted() throws Exception {
        setUp();
        setUp();
        assertThat(number("select count(*) from application")).isZero();
    }

    @Test
    void rowsOfANewerFormatAreNamed() throws Exception {
        setUp();
        sql(database, "insert into release (application, id, state, format) values ('shop', '1', '{}', 7)");
        assertThatThrownBy(this::setUp)
                .isInstanceOf(SetupException.class)
                .hasMessageContaining("the table release has rows of format 7")
                .satisfies(OperationsDoc::assertDocuments);
        sql(database, "delete from release");
        sql(
                database,
                "insert into outbox (topic_id, partition, first_offset, next_offset, records, format)"
                        + " values ('t', 0, 0, 1, '', 7)");
        assertThatThrownBy(this::setUp).hasMessageContaining("the table outbox has rows of format 7");
    }

    @Test
    void everyTableThatHasFormatsIsLookedAt() throws Exception {
        setUp();
        assertThat(texts("select table_name from information_schema.columns"
                        + " where table_schema = 'public' and column_name = 'format'"))
                .containsExactlyInAnyOrderElementsOf(StoredFormats.KNOWN.keySet());
    }

    @Test
    void lookingForNewerFormatsReadsNoTable() throws Exception {
        setUp();
        sql(database, "alter role " + server.user() + " set enable_seqscan = off"); // as if the tables were full
        for (Map.Entry<String, Integer> known : StoredFormats.KNOWN.entrySet()) {
            String look = "select max(format) from " + known.getKey() + " where format > " + known.getValue();
            assertThat(String.join("\n", texts("explain " + look))).contains(known.getKey() + "_newer_format");
        }
    }

    @Test
    void anInstallationIsKeptAtTheFirstStart() throws Exception {
        setUp();
        installation("lockstep", "commands").store();
        installation("lockstep", "commands").store();
        assertThatCode(installation("lockstep", "commands")::requireSameSettings)
                .doesNotThrowAnyException();
    }

    @Test
    void anotherGroupOrTopicIsNamedWithBothValues() throws Exception {
        setUp();
        assertThatCode(installation("anything", "at-all")::requireSameSettings).doesNotThrowAnyException();
        installation("lockstep", "commands").store();

        assertThatThrownBy(installation("lokstep", "commands")::requireSameSettings)
                .isInstanceOf(SetupException.class)
                .hasMessageContaining(GROUP + " is lokstep, but the workers on this database have had lockstep")
                .satisfies(OperationsDoc::assertDocuments);
        assertThatThrownBy(installation("lockstep", "comands")::store)
                .hasMessageContaining(COMMANDS + " is comands")
                .satisfies(OperationsDoc::assertDocuments);
    }

    @Test
    void theDocumentedStatementChangesAnInstallation() throws Exception {
        setUp();
        installation("lockstep", "commands").store();
        sql(
                database,
                OperationsDoc.statement("update installation")
                        .replace(":value", "'deployments'")
                        .replace(":name", "'" + GROUP + "'"));
        installation("deployments", "commands").requireSameSettings();
        assertThatThrownBy(installation("lockstep", "commands")::requireSameSettings)
                .isInstanceOf(SetupException.class);
    }

    @Test
    void aNewSettingIsStoredWhenFirstSeen() throws Exception {
        setUp();
        new Installation(database, new TreeMap<>(Map.of(GROUP, "lockstep"))).store();
        installation("lockstep", "commands").store();
        assertThatThrownBy(installation("lockstep", "comands")::requireSameSettings)
                .isInstanceOf(SetupException.class);
    }

    @Test
    void atTheFirstStartTopicsAreNotCreatedBesideThoseOfOthers() throws Exception {
        setUp();
        Installation second = installation("second", "own");
        assertThatThrownBy(() -> second.requireOwnTopics(Set.of("results"), List.of("own", "events")))
                .isInstanceOf(SetupException.class)
                .hasMessageContaining("of its topics [results] already exist and [events, own] do not")
                .satisfies(OperationsDoc::assertDocuments);

        second.store();
        assertThatCode(() -> second.requireOwnTopics(Set.of("results"), List.of("own", "events")))
                .as("later on, a deleted topic is created again")
                .doesNotThrowAnyException();
    }

    @Test
    void aFirstStartThatEndedAmidTheCreationOfItsTopicsIsTakenUp() throws Exception {
        setUp();
        installation("lockstep", "own").requireOwnTopics(Set.of(), List.of("own", "events", "results"));
        Installation again = installation("lockstep", "own");
        again.requireSameSettings();
        again.requireOwnTopics(Set.of("events"), List.of("own", "results"));
        assertThatThrownBy(() -> again.requireOwnTopics(Set.of("events", "foreign"), List.of("own", "results")))
                .isInstanceOf(SetupException.class);

        again.store();
        assertThat(number("select count(*) from installation where value like '%events%'"))
                .as("what is stored only for the first start")
                .isZero();
    }

    @Test
    void aGroupThatWorksOnAnotherDatabaseIsNoticed() throws Exception {
        setUp();
        Installation here = installation("lockstep", "commands");
        List<OffsetAndMetadata> ofAnother = List.of(new OffsetAndMetadata(7, "lockstep elsewhere"));
        assertThatThrownBy(() -> here.requireOwnGroup(ofAnother))
                .as("before anything is stored")
                .isInstanceOf(SetupException.class)
                .satisfies(OperationsDoc::assertDocuments);
        here.store();
        String id = here.id();
        installation("lockstep", "commands").store();

        assertThat(here.id()).isEqualTo(id);
        assertThatThrownBy(() -> here.requireOwnGroup(ofAnother)).isInstanceOf(SetupException.class);
        here.requireOwnGroup(Arrays.asList(
                new OffsetAndMetadata(7, "lockstep " + id),
                new OffsetAndMetadata(8),
                new OffsetAndMetadata(9, "set by hand"),
                null));
    }

    /** Both are held up by a lock until both are waiting. */
    @Test
    void ofTwoConcurrentStartsOneStoresEverything() throws Exception {
        setUp();
        ExecutorService workers = Executors.newFixedThreadPool(2);
        List<Future<Boolean>> racing;
        try (Connection gate = database.getConnection();
                Statement sql = gate.createStatement()) {
            gate.setAutoCommit(false);
            sql.execute("lock table installation in share mode");
            racing = List.of(
                    workers.submit(keeps(installation("one", "commands-of-one"))),
                    workers.submit(keeps(installation("other", "commands-of-other"))));
            await().until(() -> number("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") == 2);
            gate.rollback();
        }
        assertThat(List.of(racing.get(0).get(), racing.get(1).get())).containsExactlyInAnyOrder(true, false);
        String winner = racing.get(0).get() ? "one" : "other";
        installation(winner, "commands-of-" + winner).requireSameSettings();
        workers.shutdown();
    }

    private static Callable<Boolean> keeps(Installation installation) {
        return () -> {
            try {
                installation.store();
                return true;
            } catch (SetupException e) {
                return false;
            }
        };
    }

    private Installation installation(String group, String commands) {
        SortedMap<String, String> knobs = new TreeMap<>(Map.of(GROUP, group, COMMANDS, commands));
        return new Installation(database, knobs);
    }

    private void setUp() throws SQLException {
        new DatabaseSetup(database, Flyway.configure().dataSource(database).load(), new SetupTimeouts()).ensure();
    }

    private static DataSource database(String name) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {server.host()});
        source.setPortNumbers(new int[] {server.port()});
        source.setDatabaseName(name);
        source.setUser(server.user());
        return source;
    }

    private long number(String query) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private List<String> texts(String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery(query)) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }

    private static void sql(DataSource database, String statement) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }
}
