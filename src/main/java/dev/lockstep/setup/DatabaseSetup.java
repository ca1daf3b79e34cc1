package dev.lockstep.setup;

import dev.lockstep.store.format.NewerFormatException;
import dev.lockstep.store.format.StoredFormats;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

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

    /** @throws SetupException if texts of all languages could not be stored, or if a newer version has been at work here */
    void ensure() throws SQLException {
        if (!migrated) {
            checkEncoding();
            timeouts.migrate(flyway);
            migrated = true;
        }
        checkFormats();
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
