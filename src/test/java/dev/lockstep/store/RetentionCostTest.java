package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.RealStores;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.sqlclient.Row;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Three times as long as outcomes are remembered, with fewer commands than in reality and a vacuum when a fifth
 * of the table is dead: the number of blocks that a step reads stays the same.
 */
@QuarkusTest
@WithTestResource(RealStores.class)
class RetentionCostTest {

    private static final int DAYS = 90;
    private static final int KEPT_DAYS = 30;
    private static final int VACUUM_DAYS = KEPT_DAYS / 5;
    private static final int COMMANDS_A_DAY = 1_000;
    private static final int COMMANDS_A_BATCH = 50;
    private static final int STEP = 200;
    private static final int DEPTH = 4; // of an index
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Inject
    PostgresStore postgres;

    @Inject
    Pool pool;

    private Instant now = START;

    private final Retention retention =
            new Retention(Duration.ofDays(KEPT_DAYS), Duration.ofMinutes(10), STEP, session -> Uni.createFrom()
                    .item(now));

    @Test
    void whatAStepReadsStaysTheSame() {
        postgres.awaitReady();
        postgres.sql("truncate known_command, retention");
        List<Long> full = new ArrayList<>();
        List<Long> empty = new ArrayList<>();
        for (int day = 1; day <= DAYS; day++) {
            work();
            now = START.plus(Duration.ofDays(day));
            boolean isFull = day > KEPT_DAYS;
            if (isFull) {
                full.add(blocksOfAStep());
            }
            forgetAll();
            assertThat(postgres.number("select count(*) from known_command"))
                    .isEqualTo((long) COMMANDS_A_DAY * Math.min(day, KEPT_DAYS));
            if (isFull) {
                empty.add(blocksOfAStep());
            }
            if (day % VACUUM_DAYS == 0) {
                postgres.sql("vacuum known_command");
            }
        }
        assertThat(empty).as("blocks read by a step that finds nothing").allMatch(blocks -> blocks <= DEPTH);
        assertThat(full)
                .as("blocks read by a step that finds enough")
                .allMatch(blocks -> blocks <= full.get(0) + full.get(0) / 10);
    }

    /** A day's commands, those of a batch at one time. */
    private void work() {
        postgres.sql(("insert into known_command (key, fingerprint, revision, deployment, known_at)"
                        + " select gen_random_uuid(), gen_random_uuid(), i, gen_random_uuid(),"
                        + " timestamptz '%s' + interval '1 day' * (i / %d * %d) / %d from generate_series(0, %d) i")
                .formatted(now, COMMANDS_A_BATCH, COMMANDS_A_BATCH, COMMANDS_A_DAY, COMMANDS_A_DAY - 1));
    }

    private void forgetAll() {
        int forgotten;
        do {
            forgotten = postgres.run(retention::deleteExpired);
        } while (retention.mayHaveMore(forgotten));
    }

    /** Takes the next step on one of the worker's connections, and rolls it back. */
    private long blocksOfAStep() {
        String from = postgres.number("select count(*) from retention") == 0
                ? "epoch"
                : postgres.text("select forgotten_to from retention");
        String step = Retention.DELETE_OUTCOMES
                .replace(":from", "$1")
                .replace(":before", "$2")
                .replace(":most", "$3");
        String explain = "explain (analyze, buffers, format json) execute step('%s', '%s', %d)"
                .formatted(from, now.minus(Duration.ofDays(KEPT_DAYS)), STEP);
        return pool.withConnection(
                        connection -> run(connection, "prepare step(timestamptz, timestamptz, int) as " + step)
                                .chain(() -> run(connection, "begin"))
                                .chain(() -> connection.query(explain).execute())
                                .map(rows -> blocks(rows.iterator().next().getDelegate()))
                                .call(() -> run(connection, "rollback; deallocate step")))
                .await()
                .indefinitely();
    }

    private static Uni<Void> run(SqlConnection connection, String sql) {
        return connection.query(sql).execute().replaceWithVoid();
    }

    private static long blocks(Row explained) {
        JsonNode plan = parse(explained.getValue(0).toString());
        return plan.path("Shared Hit Blocks").asLong()
                + plan.path("Shared Read Blocks").asLong();
    }

    private static JsonNode parse(String json) {
        try {
            return new ObjectMapper().readTree(json).path(0).path("Plan");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
