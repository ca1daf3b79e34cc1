package dev.lockstep.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the {@link HandWrittenListener} listener does in Postgres: a transaction for each command, one statement after the
 * other.
 */
final class HandWrittenService implements AutoCloseable {

    static final String TABLES = """
            create table application (id text primary key, revision int8 not null);
            create table release (
                application text not null, id text not null, title text not null, artifact text not null, source text not null,
                in_staging boolean not null default false, in_production boolean not null default false,
                primary key (application, id)
            );
            create table line (
                application text not null, environment text not null, revision int8 not null, release text not null,
                primary key (application, environment, revision)
            );
            create table known_command (
                source text not null, id text not null, known_at timestamptz not null default now(),
                primary key (source, id)
            )""";

    static final String CREATE = "dev.lockstep.release.create.v1";
    static final String DEPLOY = "dev.lockstep.release.deploy.v1";
    static final String DELETE = "dev.lockstep.release.delete.v1";
    static final String ROLLBACK = "dev.lockstep.environment.rollback.v1";
    static final String PRODUCTION = "production";

    private final Connection database;

    /** A command. */
    record ReceivedCommand(String source, String id, String type, JsonNode data) {

        String application() {
            return text("application");
        }

        String release() {
            return text("release");
        }

        String environment() {
            return text("environment");
        }

        private String text(String member) {
            return data.path(member).asText();
        }
    }

    /**
     * @param revision the application's revision after the command
     * @param refusal null if it was accepted
     */
    record Outcome(long revision, String refusal) {

        boolean isAccepted() {
            return refusal == null;
        }
    }

    /** Where a release has been so far. */
    record Release(boolean inStaging, boolean inProduction) {

        boolean isLocked() {
            return inStaging || inProduction;
        }
    }

    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    HandWrittenService(String jdbcUrl) throws SQLException {
        database = DriverManager.getConnection(jdbcUrl);
        database.setAutoCommit(false);
    }

    /** @return empty if the command is already known */
    Optional<Outcome> handle(ReceivedCommand asked) throws SQLException {
        int remembered = update(
                "insert into known_command (source, id) values (?, ?) on conflict do nothing",
                asked.source(),
                asked.id());
        if (remembered == 0) {
            database.rollback();
            return Optional.empty();
        }
        long revision = first(query(
                        "select revision from application where id = ? for update",
                        row -> row.getLong(1),
                        asked.application()))
                .orElse(0L);
        Release release = first(query(
                        "select in_staging, in_production from release where application = ? and id = ?",
                        row -> new Release(row.getBoolean(1), row.getBoolean(2)),
                        asked.application(),
                        asked.release()))
                .orElse(null);
        List<String> line = query(
                "select release from line where application = ? and environment = ? order by revision desc limit 2",
                row -> row.getString(1),
                asked.application(),
                asked.environment());
        String refusal = refusal(asked, release, line);
        if (refusal == null) {
            revision++;
            apply(asked, revision);
        }
        database.commit();
        return Optional.of(new Outcome(revision, refusal));
    }

    /**
     * @param release null if there is none
     * @param line what runs in the environment, and what ran there before
     * @return null for a command that is accepted
     */
    static String refusal(ReceivedCommand asked, Release release, List<String> line) {
        return switch (asked.type()) {
            case CREATE -> release == null ? null : "RELEASE_EXISTS";
            case DELETE -> release == null ? "RELEASE_NOT_FOUND" : release.isLocked() ? "RELEASE_LOCKED" : null;
            case DEPLOY -> refusalToDeploy(asked, release, line);
            case ROLLBACK -> line.size() < 2 ? "NOTHING_LEFT" : null;
            default -> "UNKNOWN_COMMAND";
        };
    }

    private static String refusalToDeploy(ReceivedCommand asked, Release release, List<String> line) {
        if (release == null) {
            return "RELEASE_NOT_FOUND";
        }
        if (!line.isEmpty() && line.get(0).equals(asked.release())) {
            return "ALREADY_CURRENT";
        }
        return asked.environment().equals(PRODUCTION) && !release.inStaging() ? "PROMOTION_ORDER" : null;
    }

    private void apply(ReceivedCommand asked, long revision) throws SQLException {
        update(
                "insert into application (id, revision) values (?, ?) on conflict (id) do update set revision = excluded.revision",
                asked.application(),
                revision);
        switch (asked.type()) {
            case CREATE ->
                update(
                        "insert into release (application, id, title, artifact, source) values (?, ?, ?, ?, ?)",
                        asked.application(),
                        asked.release(),
                        asked.text("title"),
                        asked.text("artifactId"),
                        asked.data().path("source").toString());
            case DELETE ->
                update("delete from release where application = ? and id = ?", asked.application(), asked.release());
            case DEPLOY -> deploy(asked, revision);
            default ->
                update(
                        "delete from line where application = ? and environment = ? and revision ="
                                + " (select max(revision) from line where application = ? and environment = ?)",
                        asked.application(),
                        asked.environment(),
                        asked.application(),
                        asked.environment());
        }
    }

    private void deploy(ReceivedCommand asked, long revision) throws SQLException {
        update(
                "insert into line (application, environment, revision, release) values (?, ?, ?, ?)",
                asked.application(),
                asked.environment(),
                revision,
                asked.release());
        boolean toProduction = asked.environment().equals(PRODUCTION);
        update(
                "update release set in_staging = in_staging or ?, in_production = in_production or ?"
                        + " where application = ? and id = ?",
                !toProduction,
                toProduction,
                asked.application(),
                asked.release());
    }

    private int update(String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepared(sql, arguments)) {
            return statement.executeUpdate();
        }
    }

    private <T> List<T> query(String sql, RowReader<T> reading, Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepared(sql, arguments);
                ResultSet row = statement.executeQuery()) {
            List<T> found = new ArrayList<>();
            while (row.next()) {
                found.add(reading.read(row));
            }
            return found;
        }
    }

    private PreparedStatement prepared(String sql, Object... arguments) throws SQLException {
        PreparedStatement statement = database.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
        return statement;
    }

    private static <T> Optional<T> first(List<T> rows) {
        return rows.stream().findFirst();
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
