package dev.lockstep.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseTest {

    @TempDir
    Path folder;

    @Test
    void keepsOnlyCommittedDataWhenKilled() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder.resolve("db"), 0, true)) {
            execute(database, "CREATE TABLE letters (letter text)");
            execute(database, "INSERT INTO letters VALUES ('committed')");
            int port = database.port();
            try (Connection open = database.dataSource().getConnection();
                    Statement statement = open.createStatement()) {
                open.setAutoCommit(false);
                statement.execute("INSERT INTO letters VALUES ('open')");

                database.killImmediately();
                assertThat(database.isRunning()).isFalse();
                database.restart();
            }

            assertThat(database.port()).isEqualTo(port);
            assertThat(query(database, "SELECT string_agg(letter, ',') FROM letters"))
                    .isEqualTo("committed");
            assertThat(Files.readString(folder.resolve("db.log"))).contains("was not properly shut down");
        }
    }

    @Test
    void isDurableOnRequest() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder.resolve("db"), 0, true)) {
            for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
                assertThat(query(database, "SHOW " + setting)).as(setting).isEqualTo("on");
            }
        }
    }

    @Test
    void stopsTheServerThatAnEarlierRunLeftBehindAndKeepsItsData() throws Exception {
        Path dir = folder.resolve("db");
        EmbeddedDatabase orphan = EmbeddedDatabase.start(dir, 0, false);
        execute(orphan, "CREATE TABLE letters (letter text)");

        try (EmbeddedDatabase database = EmbeddedDatabase.start(dir, 0, false)) {
            assertThat(database.port()).isNotEqualTo(orphan.port());
            assertThat(Ports.isFree(orphan.port())).isTrue();
            assertThat(query(database, "SELECT count(*) FROM letters")).isEqualTo("0");
        }
    }

    @Test
    void ignoresAPidFileWhoseProcessIdBelongsToAnotherProcess() throws Exception {
        Path dir = folder.resolve("db");
        EmbeddedDatabase.start(dir, 0, false).close();
        Files.write(
                dir.resolve("postmaster.pid"),
                List.of(String.valueOf(ProcessHandle.current().pid()), dir.toString()));

        try (EmbeddedDatabase database = EmbeddedDatabase.start(dir, 0, false)) {
            assertThat(query(database, "SELECT 1")).isEqualTo("1");
        }
    }

    private static void execute(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }
}
