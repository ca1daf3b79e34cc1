package dev.lockstep.setup;

import dev.lockstep.store.format.NewerFormatException;
import dev.lockstep.store.format.StoredFormats;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;

/** Checks the database before anything is written to it, and creates the schema. Used on one thread. */
final class DatabaseSetup {

    private static final String UTF8 = "UTF8";

    private final DataSource database;
    private final Flyway flyway;
    private final SetupTimeouts timeouts;
    private boolean migrated;

    DatabaseSetup(DataSource database, Flyway flyway, SetupTimeouts timeouts) {
        this.database = database;
        this.flyway = flyway;
        this.timeouts = timeouts;
    }

    /**
     * @throws SetupException if texts of all languages could not be stored, if somebody else's tables are here, or if a newer
     *     version has been at work here
     */
    void ensure() throws SQLException {
        if (!migrated) {
            checkEncoding();
            migrate();
            migrated = true;
        }
        checkFormats();
    }

    private void migrate() {
        try {
            timeouts.migrate(flyway);
        } catch (FlywayException e) {
            if (e.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
                throw new SetupException(
                        "the schema in which the worker would create its tables contains something else:"
                                + " create a database for the worker alone, or correct lockstep.database.name");
            }
            throw e;
        }
    }

    private void checkEncoding() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery("select getdatabaseencoding(), current_database()")) {
            row.next();
            if (!row.getString(1).equals(UTF8)) {
                throw new SetupException("the database " + row.getString(2) + " has the encoding " + row.getString(1)
                        + ", which cannot store every character: create one with encoding UTF8");
            }
        }
    }

    private void checkFormats() throws SQLException {
        try (Connection connection = database.getConnection()) {
            StoredFormats.check(connection);
        } catch (NewerFormatException e) {
            throw new SetupException(e.getMessage());
        }
    }
}
