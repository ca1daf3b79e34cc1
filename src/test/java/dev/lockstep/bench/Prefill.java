package dev.lockstep.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Stores releases that went through all environments long ago, with SQL, in exactly the worker's format: the rows of an
 * application that the worker itself wrote are copied, with other names and positions.
 *
 * <p>Each release has its row, its position in the lines of staging and production, and a number of remembered commands.
 * Nine of them (a create and eight deployments) stand for ten events; of the events themselves, nothing stays in Postgres except
 * the revision.
 */
final class Prefill {

    static final String TEMPLATE = "template";
    static final int TEMPLATE_RELEASES = 3;

    private static final int EVENTS_PER_RELEASE = 10;
    private static final String LENGTH = "\"length\":" + TEMPLATE_RELEASES;

    private final Testbed bed;
    private final String database;
    private final int releases;
    private final int commands;

    /**
     * @param releases how many for each application, {@value #TEMPLATE_RELEASES} or more
     * @param commands how many are remembered for each release
     */
    Prefill(Testbed bed, String database, int releases, int commands) {
        this.bed = bed;
        this.database = database;
        this.releases = releases;
        this.commands = commands;
    }

    /** The n-th application of the load, from 0. */
    static String application(int n) {
        return "app-%04d".formatted(n);
    }

    /** The n-th stored release, from 1. */
    static String release(int n) {
        return "p-" + n;
    }

    /** Requires the worker's tables with the template application in them. */
    void run() {
        String application = state("select state from application where id = '" + TEMPLATE + "'", LENGTH);
        applications(application);
        releases(1, 1, releases - 1);
        releases(TEMPLATE_RELEASES, releases, releases);
        bed.execute(
                database,
                "insert into line (application, environment, position, release)"
                        + " select a.id, e, p, 'p-' || p from application a, unnest(array['staging', 'production']) e,"
                        + " generate_series(1, " + releases + ") p where a.id like 'app-%'",
                "alter table known_command drop constraint known_command_pkey",
                remembered(),
                // as full as an index that grew by random keys
                "alter table known_command add primary key (key) with (fillfactor = 70)",
                "vacuum analyze",
                "checkpoint");
    }

    private void applications(String state) {
        String renamedState = state.replace(LENGTH, "\"length\":" + releases);
        for (int n = 1; n <= TEMPLATE_RELEASES; n++) {
            renamedState = renamedState.replace(templateRelease(n), release(releases - TEMPLATE_RELEASES + n));
        }
        insert(
                "insert into application (id, revision, releases, state) select 'app-' || lpad(i::text, 4, '0'), "
                        + (long) EVENTS_PER_RELEASE * releases + ", " + releases + ", replace(?, '" + TEMPLATE
                        + "', 'app-' || lpad(i::text, 4, '0')) from generate_series(0, " + (BenchLoad.APPLICATIONS - 1)
                        + ") i",
                renamedState);
    }

    /** @param pattern which of the template's releases, from 1; the last one is current */
    private void releases(int pattern, int from, int to) {
        String id = templateRelease(pattern);
        String position = "\"linePosition\":" + pattern;
        String state = state(
                "select state from release where application = '" + TEMPLATE + "' and id = '" + id + "'", position);
        insert(
                "insert into release (application, id, state) select a.id, 'p-' || p, replace(replace(replace(?, '"
                        + TEMPLATE + "', a.id), '" + id + "', 'p-' || p), '" + position
                        + "', '\"linePosition\":' || p) from application a, generate_series(" + from + ", " + to
                        + ") p where a.id like 'app-%'",
                state.replace(id.replace("+", "%2B"), id));
    }

    private static String templateRelease(int n) {
        return "1." + (n - 1) + ".0+7";
    }

    private String remembered() {
        long count = (long) BenchLoad.APPLICATIONS * releases * commands;
        return "insert into known_command (key, fingerprint, revision, deployment, problem, known_at)"
                + " select gen_random_uuid(), gen_random_uuid(), i / " + BenchLoad.APPLICATIONS
                + ", gen_random_uuid(), null,"
                + " now() - interval '29 days' * (1 - i / " + count + "::float8) from generate_series(1, " + count
                + ") i";
    }

    private String state(String query, String mustHave) {
        try (Connection connection = bed.connect(database);
                ResultSet row = connection.createStatement().executeQuery(query)) {
            if (row.next() && row.getString(1).contains(mustHave)) {
                return row.getString(1);
            }
            throw new IllegalStateException("The stored format has changed: it no longer contains " + mustHave);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void insert(String sql, String state) {
        try (Connection connection = bed.connect(database);
                PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, state);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
