package dev.lockstep.board.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.RealStores;
import io.quarkus.flyway.FlywayDataSource;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What streams are told of the changes, whatever becomes of their rows. */
@QuarkusTest
@WithTestResource(RealStores.class)
class ChangeLogTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    @FlywayDataSource("board")
    Flyway flyway;

    @Inject
    @ReactiveDataSource("board")
    Pool pool;

    @Inject
    HistoryRetention historyRetention;

    private ChangeLog log;

    @BeforeEach
    void listen() {
        flyway.migrate();
        run("truncate board.change");
        log = new ChangeLog(pool);
        change("first");
        log.addListener();
        await().atMost(PATIENCE).until(() -> log.latestPosition() > 0);
    }

    @AfterEach
    void stop() {
        log.removeListener();
    }

    @Test
    void changesAreReportedInOrder() {
        long position = log.latestPosition();
        change("second");
        change("third");
        await().atMost(PATIENCE).until(() -> log.latestPosition() >= position + 2);

        assertThat(log.since(position).applications())
                .isEqualTo(Map.of("second", Set.of("releases"), "third", Set.of("releases")));
    }

    /** As after an hour without Postgres: what was deleted meanwhile is never seen. */
    @Test
    void ifTheLastKnownChangeWasDeletedEverybodyReloads() {
        long position = log.latestPosition();
        run("""
                with gone as (delete from board.change),
                     unseen as (select nextval(pg_get_serial_sequence('board.change', 'number')))
                insert into board.change (behind_millis, applications)
                select 0, '{"fourth": ["releases"]}' from unseen""");
        await().atMost(PATIENCE).until(() -> log.latestPosition() > position);

        assertThat(log.since(position).applications()).isEmpty();
    }

    @Test
    void theLatestChangeStaysHoweverOldItIs() {
        long position = log.latestPosition();
        change("second");
        run("update board.change set at = now() - interval '2 hours'");
        historyRetention.deleteExpired();
        change("third");
        await().atMost(PATIENCE).until(() -> log.latestPosition() >= position + 2);

        assertThat(pool.query("select applications from board.change")
                        .execute()
                        .await()
                        .atMost(PATIENCE))
                .hasSize(2);
    }

    private void change(String application) {
        run("insert into board.change (behind_millis, applications) values (0, '{\"" + application
                + "\": [\"releases\"]}')");
    }

    private void run(String sql) {
        pool.query(sql).execute().await().atMost(PATIENCE);
    }
}
