package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.lockstep.RealStores;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(RealStores.class)
class SchemaTest {

    @Inject
    PostgresStore postgres;

    @Inject
    Flyway flyway;

    @Inject
    AgroalDataSource database;

    /** A worker of the previous version starts during a rolling update, or after a rollback. */
    @Test
    void aSchemaMigratedByANewerVersionIsAccepted() {
        postgres.rig();
        postgres.sql("insert into flyway_schema_history"
                + " (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)"
                + " values (9999, '9999', 'to come', 'SQL', 'V9999__to_come.sql', 1, 'test', 1, true)");
        try {
            assertThatCode(flyway::migrate).doesNotThrowAnyException();
        } finally {
            postgres.sql("delete from flyway_schema_history where version = '9999'");
        }
    }

    @Test
    void aDatabaseCheckIsNotAwaitedForLong() throws SQLException {
        postgres.rig();
        try (Connection connection = database.getConnection()) {
            assertThat(connection.getNetworkTimeout()).isEqualTo(10_000);
        }
    }
}
