package dev.lockstep.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.local.EmbeddedDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupTimeoutsTest {

    @TempDir
    Path dir;

    private final SetupTimeouts patience = new SetupTimeouts();

    @Test
    void aMigrationMayTakeLongButACheckMayNot() throws SQLException {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(dir.resolve("db"), 0, false)) {
            List<Duration> waits = new CopyOnWriteArrayList<>();
            Flyway flyway = Flyway.configure()
                    .dataSource(database.dataSource())
                    .callbacks(new BaseCallback() {
                        @Override
                        public void handle(Event event, Context context) {
                            if (event == Event.BEFORE_MIGRATE) {
                                waits.add(onAConnectionOf(database.dataSource()));
                            }
                        }
                    })
                    .load();

            patience.migrate(flyway);
            patience.migrate(flyway);

            assertThat(waits).containsExactly(SetupTimeouts.MIGRATION, SetupTimeouts.CHECK);
            assertThat(onAConnectionOf(database.dataSource())).isEqualTo(SetupTimeouts.CHECK);
        }
    }

    private Duration onAConnectionOf(DataSource database) {
        try (Connection connection = database.getConnection()) {
            patience.onConnectionAcquire(connection);
            return Duration.ofMillis(connection.getNetworkTimeout());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
