package dev.lockstep.store.format;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** The formats of stored rows that this version reads. */
public final class StoredFormats {

    /** By table. Each has an index of its rows of newer formats. */
    public static final Map<String, Integer> KNOWN = Map.of(
            "application",
            StateJson.APPLICATION_FORMAT,
            "release",
            StateJson.RELEASE_FORMAT,
            "environment",
            StateJson.ENVIRONMENT_FORMAT,
            "outbox",
            OutboxCodec.NEWEST_FORMAT);

    private StoredFormats() {}

    /**
     * Requires that everything stored can be read. Cheap: an index holds the few rows of newer formats.
     *
     * @throws NewerFormatException if it cannot
     */
    public static void check(Connection connection) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            for (Map.Entry<String, Integer> known : KNOWN.entrySet()) {
                // a literal: the planner must see that an index has all such rows
                try (ResultSet row = sql.executeQuery(
                        "select max(format) from " + known.getKey() + " where format > " + known.getValue())) {
                    row.next();
                    NewerFormatException.requireKnown(known.getKey(), row.getInt(1), known.getValue());
                }
            }
        }
    }
}
