package dev.lockstep.board.tables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.RealStores;
import dev.lockstep.board.tables.TableRebuild.HistoryChange;
import dev.lockstep.board.tables.TableRebuild.HistoryStart;
import io.quarkus.flyway.FlywayDataSource;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When there is a rebuild, and what is said of it; what it leads to is in {@link TableWriterTest}. */
@QuarkusTest
@WithTestResource(RealStores.class)
class TableRebuildTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Instant EARLY = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATE = Instant.parse("2026-02-01T00:00:00Z");

    @Inject
    TableRebuild tableRebuild;

    @Inject
    @FlywayDataSource("board")
    Flyway flyway;

    @Inject
    @ReactiveDataSource("board")
    Pool pool;

    @BeforeEach
    void start() {
        flyway.migrate();
        run("truncate board.application, board.progress, board.change");
        run("insert into board.application (id, revision, archived, state, words) values ('a', 1, false, '{}', '')");
        run("insert into board.progress (topic, partition, next_offset, topic_id, read_at)"
                + " values ('t', 0, 5, 'id', now() - interval '2 days')");
    }

    @Test
    void whatAnotherProcessHasRebuiltMeanwhileIsNotRebuiltAgain() {
        List<Map<TopicPartition, Long>> read = new ArrayList<>();

        HistoryChange history = tableRebuild.rebuildIfDue(true, (offsets, chunk) -> read.add(offsets), () -> false);

        assertThat(history).isNull();
        assertThat(read).isEmpty();
        assertThat(number("select count(*) from board.application")).isOne();
        assertThat(number("select count(*) from board.change")).isZero();
        assertThat(number("select count(*) from board.progress where read_at < now() - interval '1 day'"))
                .isOne();
    }

    @Test
    void whetherARebuildIsDueIsCheckedUnderTheLock() {
        List<Boolean> canOthersWrite = new ArrayList<>();

        tableRebuild.rebuildIfDue(false, (offsets, chunk) -> {}, () -> canOthersWrite.add(canWrite()));

        assertThat(canOthersWrite).containsExactly(false);
        assertThat(canWrite()).isTrue();
    }

    @Test
    void theTopicsAreReadUpToTheStoredPositionsWhichThenCountAsReadCompletely() {
        List<Map<TopicPartition, Long>> read = new ArrayList<>();

        tableRebuild.rebuild(false, (offsets, chunk) -> read.add(Map.copyOf(offsets)));

        assertThat(read).containsExactly(Map.of(new TopicPartition("t", 0), 5L));
        assertThat(number("select count(*) from board.application")).isZero();
        assertThat(number("select next_offset from board.progress where read_at > now() - interval '1 hour'"))
                .isEqualTo(5);
    }

    @Test
    void onlyHistoryThatBeginsLaterThanBeforeIsLost() {
        assertThat(describe(EARLY, EARLY, EARLY, EARLY)).isEqualTo("No history was lost");
        assertThat(describe(LATE, LATE, EARLY, EARLY)).isEqualTo("No history was lost");
        assertThat(describe(null, null, EARLY, EARLY)).isEqualTo("No history was lost");
        assertThat(describe(EARLY, EARLY, EARLY, LATE))
                .isEqualTo("Results before 2026-02-01T00:00:00Z are lost"
                        + " (previously kept from 2026-01-01T00:00:00Z on)");
        assertThat(describe(EARLY, EARLY, LATE, null))
                .isEqualTo("Events before 2026-02-01T00:00:00Z are lost"
                        + " (previously kept from 2026-01-01T00:00:00Z on)."
                        + " Results before now are lost (previously kept from 2026-01-01T00:00:00Z on)");
    }

    private static String describe(Instant events, Instant results, Instant eventsAfter, Instant resultsAfter) {
        return new HistoryChange(new HistoryStart(events, results), new HistoryStart(eventsAfter, resultsAfter))
                .describe();
    }

    private boolean canWrite() {
        return pool.query(TableWriter.LOCK_WRITES.replace("pg_advisory", "pg_try_advisory"))
                .execute()
                .await()
                .atMost(PATIENCE)
                .iterator()
                .next()
                .getBoolean(0);
    }

    private long number(String sql) {
        return pool.query(sql)
                .execute()
                .await()
                .atMost(PATIENCE)
                .iterator()
                .next()
                .getLong(0);
    }

    private void run(String sql) {
        pool.query(sql).execute().await().atMost(PATIENCE);
    }
}
