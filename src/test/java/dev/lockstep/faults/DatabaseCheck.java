package dev.lockstep.faults;

import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.ModelStage;
import dev.lockstep.model.ReferenceModel;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;

/** At the end: the database says what the model says. */
final class DatabaseCheck {

    private final DataSource database;
    private final ReferenceModel model;
    private final ObservedHomes homes;
    private final Findings findings;

    DatabaseCheck(DataSource database, ReferenceModel model, ObservedHomes homes, Findings findings) {
        this.database = database;
        this.model = model;
        this.homes = homes;
        this.findings = findings;
    }

    void check() throws SQLException {
        try (Connection connection = database.getConnection()) {
            Map<String, String> expected = new TreeMap<>();
            Map<String, String> releases = new TreeMap<>();
            Map<String, String> lines = new TreeMap<>();
            for (String application : model.applications()) {
                Set<String> ids = new TreeSet<>(model.releaseIds(application));
                List<String> pipeline =
                        model.pipeline(application).stream().map(ModelStage::id).toList();
                expected.put(application, model.revision(application) + " " + ids.size() + " " + pipeline);
                releases.put(application, ids.toString());
                for (String environment : pipeline) {
                    List<String> line = model.line(application, environment);
                    if (!line.isEmpty()) {
                        lines.put(application + " " + environment, line.toString());
                    }
                }
            }
            compare("application", expected, applications(connection));
            compare("releases", releases, releases(connection));
            Map<String, String> lived = new TreeMap<>();
            homes.known().forEach((application, home) -> lived.put(application, home.toString()));
            compare("home", lived, read(connection, "select id, home::text from application"));
            Map<String, String> stored = lines(connection);
            stored.keySet().retainAll(lines.keySet());
            compare("line", lines, stored);
            // a timer that is due far in the future is the next check of a keep policy
            read(connection, "select application, due::text from timer where due < now() + interval '1 hour'")
                    .forEach((application, due) -> findings.add(
                            Breach.DIFFERING, "database: " + application + " waits for " + due + ", but is at rest"));
        }
    }

    private void compare(String what, Map<String, String> expected, Map<String, String> stored) {
        Set<String> keys = new TreeSet<>(expected.keySet());
        keys.addAll(stored.keySet());
        keys.removeIf(key -> DeploymentLoad.isOne(key) && !expected.containsKey(key));
        for (String key : keys) {
            if (!Objects.equals(expected.get(key), stored.get(key))) {
                findings.add(
                        Breach.DIFFERING,
                        "database, " + what + " " + key + ": expected " + expected.get(key) + ", was "
                                + stored.get(key));
            }
        }
    }

    private static Map<String, String> applications(Connection connection) throws SQLException {
        return read(connection, """
                select id, revision || ' ' || releases || ' [' || (
                    select string_agg(stage->>'id', ', ' order by position)
                    from jsonb_array_elements(state::jsonb->'pipeline') with ordinality as p(stage, position)) || ']'
                from application where revision > 0""");
    }

    /** Sorted here: the database's collation differs from Java's order. */
    private static Map<String, String> releases(Connection connection) throws SQLException {
        Map<String, TreeSet<String>> releases = new TreeMap<>();
        read(connection, "select id, '' from application where revision > 0")
                .keySet()
                .forEach(application -> releases.put(application, new TreeSet<>()));
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select application, id from release")) {
            while (rows.next()) {
                releases.computeIfAbsent(rows.getString(1), a -> new TreeSet<>())
                        .add(rows.getString(2));
            }
        }
        Map<String, String> shown = new TreeMap<>();
        releases.forEach((application, ids) -> shown.put(application, ids.toString()));
        return shown;
    }

    /** Only the positions that count: those up to the line's length. */
    private static Map<String, String> lines(Connection connection) throws SQLException {
        Map<String, List<String>> lines = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select l.application || ' ' || l.environment, l.release
                        from line l join application a on a.id = l.application
                        cross join lateral jsonb_array_elements(a.state::jsonb->'environments') e
                        where e->>'id' = l.environment and l.position <= (e->>'length')::int
                        order by l.application, l.environment, l.position""")) {
            while (rows.next()) {
                lines.computeIfAbsent(rows.getString(1), key -> new ArrayList<>())
                        .add(rows.getString(2));
            }
        }
        Map<String, String> shown = new TreeMap<>();
        lines.forEach((key, line) -> shown.put(key, line.toString()));
        return shown;
    }

    private static Map<String, String> read(Connection connection, String query) throws SQLException {
        Map<String, String> read = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                read.put(rows.getString(1), rows.getString(2));
            }
        }
        return read;
    }
}
