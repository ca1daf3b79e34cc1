package dev.lockstep.setup;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The partition count of the first start, kept in Postgres: another one would send applications elsewhere. */
final class FrozenLayout {

    private final DataSource database;

    FrozenLayout(DataSource database) {
        this.database = database;
    }

    /** @throws Misfit when the topic has another partition count than at the first start */
    void check(String topic, int partitions) throws SQLException {
        try (Connection connection = database.getConnection()) {
            try (PreparedStatement insert = connection.prepareStatement(
                    "insert into layout (topic, partitions) values (?, ?) on conflict do nothing")) {
                insert.setString(1, topic);
                insert.setInt(2, partitions);
                insert.executeUpdate();
            }
            try (PreparedStatement select =
                    connection.prepareStatement("select partitions from layout where topic = ?")) {
                select.setString(1, topic);
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    if (row.getInt(1) != partitions) {
                        throw new Misfit("topic " + topic + " has " + partitions + " partitions, but had "
                                + row.getInt(1)
                                + " at the first start: applications would change partitions and lose their order."
                                + " Restore the count, or move to a new topic as docs/operations.md says");
                    }
                }
            }
        }
    }
}
