package dev.lockstep.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.local.EmbeddedDatabase;
import dev.lockstep.local.Ports;
import dev.lockstep.local.TcpProxy;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Connections to a Postgres that never responds, responds too late, or only to others. */
class DatabasePoolCreatorTest {

    private static final PostgresTimeouts DEADLINES = new PostgresTimeouts(Duration.ofSeconds(2));
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    static Path dir;

    private static EmbeddedDatabase database;
    private static Vertx vertx;

    private TcpProxy proxy;
    private Pool pool;

    @BeforeAll
    static void startPostgres() {
        database = EmbeddedDatabase.start(dir.resolve("db"), 0, false);
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stopPostgres() {
        vertx.close();
        database.close();
    }

    /** A single connection: whoever does not return it blocks everybody. */
    @BeforeEach
    void makePool() {
        proxy = TcpProxy.to(database.host(), database.port());
        pool = pool(proxy.port());
    }

    @AfterEach
    void closePool() {
        proxy.close();
        pool.close();
    }

    private static Pool pool(int port) {
        return pool(port, SslMode.DISABLE);
    }

    private static Pool pool(int port, SslMode ssl) {
        PgConnectOptions options = new PgConnectOptions()
                .setHost(database.host())
                .setPort(port)
                .setDatabase(database.database())
                .setUser(database.user())
                .setPassword(database.password())
                .setSslMode(ssl);
        return DatabasePoolCreator.pool(vertx, List.of(options), new PoolOptions().setMaxSize(1), DEADLINES);
    }

    @Test
    void aStatementOnAFrozenConnectionFailsAndTheNextGetsAnotherConnection() throws Exception {
        int first = backend();
        proxy.freeze();

        fails(pool.query("select 1").execute());

        await().atMost(PATIENCE).ignoreExceptions().until(() -> backend() != first);
    }

    @Test
    void aTransactionOnAFrozenConnectionFailsAndItsLocksAreSoonFree() throws Exception {
        sql("create table locked (id int); insert into locked values (1)");
        Future<Void> transaction = pool.withTransaction(connection -> connection
                .query("select 1 from locked for update")
                .execute()
                .onSuccess(locked -> proxy.freeze())
                .compose(locked -> connection.query("select 2").execute())
                .mapEmpty());

        fails(transaction);

        await().atMost(PATIENCE).until(() -> isFree("locked"));
    }

    /** Postgres waits for it too, and no statement timeout ends that. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void anAnswerThatDoesNotGetThroughKeepsNoLocks() throws Exception {
        sql("create table told (id int); insert into told values (1)");
        SqlConnection connection = result(pool.getConnection());
        result(connection.begin());
        result(connection.query("select 1 from told for update").execute());
        proxy.holdResponsesAfter(bytes -> true);
        Future<?> answer = connection
                .query("select repeat('x', 1000) from generate_series(1, 100000)")
                .execute();
        await().atMost(PATIENCE).until(() -> proxy.held() > 0);
        proxy.freeze();

        fails(answer);

        await().atMost(PATIENCE).until(() -> isFree("told"));
    }

    @Test
    void anUnansweredConnectionAttemptTimesOut() throws Exception {
        proxy.ignoreNew();

        fails(pool.query("select 1").execute());
        assertThat(proxy.ignored()).isPositive();

        proxy.heal();
        assertThat(backend()).isPositive();
    }

    @Test
    void anUnansweredEncryptionRequestTimesOutToo() {
        Pool encrypted = pool(proxy.port(), SslMode.REQUIRE);
        proxy.ignoreNew();
        fails(encrypted.query("select 1").execute());

        proxy.heal();

        assertThatThrownBy(() -> result(encrypted.query("select 1").execute()))
                .hasMessageContaining("Postgres Server does not handle SSL connection");
        encrypted.close();
    }

    /** As behind a firewall that drops everything: a full backlog of connections. */
    @Test
    void anUnreachableHostTimesOut() throws Exception {
        List<Socket> waiting = new ArrayList<>();
        int port = Ports.free();
        try (ServerSocket full = new ServerSocket(port, 1, InetAddress.getByName(database.host()))) {
            while (waiting.size() < 2) {
                waiting.add(new Socket(database.host(), full.getLocalPort()));
            }
            Pool lost = pool(port);

            fails(lost.query("select 1").execute());
            lost.close();
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    @Test
    void waitingForALockFailsWithThatReasonAndKeepsTheConnection() throws Exception {
        sql("create table wanted (id int); insert into wanted values (1)");
        int before = backend();
        try (Connection holder = database.dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("select 1 from wanted for update");

            assertThat(sqlState(pool.query("select 1 from wanted for update").execute()))
                    .isEqualTo("55P03");
        }
        assertThat(backend()).isEqualTo(before);
    }

    @Test
    void aSlowStatementFailsWithThatReasonAndKeepsItsConnection() throws Exception {
        int before = backend();

        assertThat(sqlState(pool.query("select pg_sleep(60)").execute())).isEqualTo("57014");

        assertThat(backend()).isEqualTo(before);
    }

    @Test
    void manyStatementsTakeAsLongTogetherAsTheyNeed() throws Exception {
        String most = "select pg_sleep(" + DEADLINES.silence().toMillis() / 2_000.0 + ")";
        SqlConnection connection = result(pool.getConnection());
        List<Future<?>> sent = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            sent.add(connection.query(most).execute());
        }

        result(Future.all(sent));
        result(connection.close());
    }

    @Test
    void aConnectionIdleInATransactionLosesItsLocks() throws Exception {
        SqlConnection paused = result(pool.getConnection());
        result(paused.begin());
        result(paused.query("select 1").execute());

        fails(Future.future(closed -> paused.closeHandler(ended -> closed.tryFail("closed"))));
    }

    @Test
    void postgresClosesAConnectionWhoseWorkerIsLost() throws Exception {
        int lost = backend();

        proxy.freeze();

        await().atMost(PATIENCE).until(() -> !isThere("select 1 from pg_stat_activity where pid = " + lost));
    }

    /** Postgres reports a commit as successful when it is told to stop waiting for its standby. */
    @Test
    void aCommitThatNoStandbyHasIsNotReportedAsDone() throws Exception {
        sql("create table copied (id int)");
        sql("alter system set synchronous_standby_names = 'nobody'");
        sql("select pg_reload_conf()");
        try {
            fails(pool.withTransaction(connection -> connection
                    .query("set local synchronous_commit = on")
                    .execute()
                    .compose(set ->
                            connection.query("insert into copied values (1)").execute())));
            assertThat(isThere("select 1 from pg_stat_activity where wait_event = 'SyncRep'"))
                    .isTrue();
        } finally {
            sql("alter system reset synchronous_standby_names");
            sql("select pg_reload_conf()");
        }
        await().atMost(PATIENCE).until(() -> isThere("select 1 from copied"));
    }

    @Test
    void everyDeadlineIsASettingOfTheSession() throws Exception {
        DEADLINES.sessionSettings().forEach((name, millis) -> assertThat(
                        text("select setting from pg_settings where name = '" + name + "'"))
                .as(name)
                .isEqualTo(millis));
    }

    private int backend() throws Exception {
        return Integer.parseInt(text("select pg_backend_pid()"));
    }

    private String text(String query) {
        try {
            return String.valueOf(
                    result(pool.query(query).execute()).iterator().next().getValue(0));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T result(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static void fails(Future<?> future) {
        assertThatThrownBy(() -> result(future)).isInstanceOf(ExecutionException.class);
    }

    private static String sqlState(Future<?> future) {
        assertThat(future.toCompletionStage().toCompletableFuture())
                .failsWithin(PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(PgException.class);
        return ((PgException) future.cause()).getSqlState();
    }

    private static void sql(String statements) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(statements);
        }
    }

    private static boolean isFree(String table) throws SQLException {
        return isThere("select 1 from " + table + " for update skip locked");
    }

    private static boolean isThere(String query) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }
}
