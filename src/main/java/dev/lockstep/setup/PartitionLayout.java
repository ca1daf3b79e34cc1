package dev.lockstep.setup;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** How many partitions the topics had at the first start and have grown to since; stored in Postgres for all workers. */
final class PartitionLayout {

    private final DataSource database;
    private final String topic;

    /** @param topic the name of the commands topic */
    PartitionLayout(DataSource database, String topic) {
        this.database = database;
        this.topic = topic;
    }

    /** @return the count to which all topics are known to have grown; 0 before the first start */
    int partitions() throws SQLException {
        return queryInt("""
                select coalesce(max(partitions), 0) from (
                    select partitions from layout where topic = ? union all select partitions from growth where topic = ?) t""", topic, topic);
    }

    /** @throws SetupException when applications live in partitions that the topics do not have */
    void storeFirst(int partitions) throws SQLException {
        int homes = queryInt("select coalesce(max(home) + 1, 0) from application");
        if (homes > partitions) {
            throw new SetupException("the topics have " + partitions + " partitions, but applications live in " + homes
                    + ": add partitions to all topics but the dead letters until they have as many");
        }
        update("insert into layout (topic, partitions) values (?, ?) on conflict do nothing", topic, partitions);
    }

    /**
     * @param after the delay until new applications are spread over all partitions
     * @return whether this worker is the first to record it
     */
    boolean recordGrowth(int partitions, Duration after) throws SQLException {
        return update("""
                        insert into growth (topic, partitions, since)
                        values (?, ?, now() + ? * interval '1 ms') on conflict do nothing""", topic, partitions, after.toMillis()) > 0;
    }

    private int queryInt(String query, Object... values) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = prepare(connection, query, values);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    private int update(String sql, Object... values) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = prepare(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
