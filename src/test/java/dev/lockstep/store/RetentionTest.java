package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.RealStores;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is forgotten, by whom, and by which clock. */
@QuarkusTest
@WithTestResource(RealStores.class)
class RetentionTest {

    private static final Duration OUTCOMES = Duration.ofDays(30);
    private static final Duration EVERY = Duration.ofMinutes(10);
    private static final int STEP = 3;
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    @Inject
    PostgresStore postgres;

    @Inject
    AgroalDataSource database;

    /** The database's clock. */
    private Instant now = START;

    private final Retention retention =
            new Retention(OUTCOMES, EVERY, STEP, session -> Uni.createFrom().item(now));

    @BeforeEach
    void clear() {
        postgres.awaitReady();
        postgres.sql("truncate known_command, ended_deployment, retention, commands_topic");
        postgres.sql("delete from progress where topic_id in ('former', 'current', 'one', 'other')");
        postgres.sql("delete from outbox where topic_id in ('former', 'current', 'one', 'other')");
    }

    @Test
    void onlyOldOutcomesAreForgottenAndOnlySoManyAtATime() {
        remember(5, OUTCOMES.plusMinutes(1));
        remember(2, OUTCOMES.minusMinutes(1));

        assertThat(forget()).isEqualTo(3);
        assertThat(forget()).isEqualTo(2);
        assertThat(forget()).isZero();
        assertThat(remembered()).isEqualTo(2);

        pass(Duration.ofMinutes(2));
        assertThat(forget()).isEqualTo(2);
    }

    @Test
    void endedDeploymentsAreForgottenAsFarAsOutcomesAre() {
        remember(4, OUTCOMES.plusMinutes(1));
        end(OUTCOMES.plusMinutes(2));
        end(OUTCOMES.plusMinutes(1));
        end(OUTCOMES.minusMinutes(1));

        forget();
        assertThat(ended())
                .as("a step forgets what is older than the last outcome that it forgot")
                .isEqualTo(2);
        forget();
        assertThat(ended()).isEqualTo(1);

        pass(Duration.ofMinutes(2));
        forget();
        assertThat(ended()).isZero();
    }

    private void end(Duration ago) {
        postgres.sql("insert into ended_deployment (application, id, status, finished_at, known_at) values ('a', '"
                + UUID.randomUUID() + "', 'FAILED', now(), '" + now.minus(ago) + "')");
    }

    private long ended() {
        return postgres.number("select count(*) from ended_deployment");
    }

    @Test
    void aLongerMemoryForgetsNothingUntilItIsFull() {
        remember(2, OUTCOMES.plusDays(1));
        remember(2, OUTCOMES.minusDays(1));
        forget();

        Retention longer = new Retention(
                OUTCOMES.plusDays(5), EVERY, STEP, session -> Uni.createFrom().item(now));
        pass(Duration.ofMinutes(1));
        assertThat(forget(longer)).isZero();
        for (int hours = 0; hours < 7 * 24; hours += 12) {
            pass(Duration.ofHours(12));
            forget(longer);
        }
        assertThat(remembered()).isZero();
    }

    @Test
    void aClockThatJumpsAheadForgetsNothingForADay() {
        remember(2, OUTCOMES.minusDays(10));
        forget();

        pass(Duration.ofDays(31));
        assertThat(forget()).isZero();
        pass(Duration.ofHours(23));
        assertThat(forget()).isZero();
        pass(Duration.ofHours(1));
        assertThat(forget()).isEqualTo(2);
    }

    @Test
    void aClockThatLeaptAheadAndIsPutRightHasForgottenNothing() {
        remember(2, OUTCOMES.minusDays(10));
        forget();

        pass(Duration.ofDays(31));
        forget();
        pass(Duration.ofDays(31).negated());
        for (int hours = 0; hours < 48; hours++) {
            pass(Duration.ofHours(1));
            assertThat(forget()).isZero();
        }
        assertThat(remembered()).isEqualTo(2);
    }

    @Test
    void whatWasRememberedByAClockThatWasBehindIsForgottenToo() {
        remember(1, OUTCOMES.plusDays(1));
        assertThat(forget()).isEqualTo(1);

        pass(Duration.ofDays(90).negated());
        remember(2, Duration.ZERO);
        forget();
        pass(Duration.ofDays(90));
        forget();
        pass(Duration.ofDays(1));
        assertThat(forget()).isEqualTo(2);
    }

    @Test
    void anInstallationThatWasDownForWeeksResumesADayLater() {
        forget();
        pass(Duration.ofDays(20));
        remember(2, OUTCOMES.plusDays(1));
        assertThat(forget()).isZero();
        pass(Duration.ofDays(1));
        assertThat(forget()).isEqualTo(2);
    }

    @Test
    void whileOneWorkerForgetsTheOthersContinueWithoutWaiting() throws SQLException {
        forget();
        remember(2, OUTCOMES);
        pass(EVERY);
        try (Connection other = database.getConnection();
                Statement sql = other.createStatement()) {
            other.setAutoCommit(false);
            sql.execute("select from retention for update");
            assertThat(forget()).isZero();
            assertThat(remembered()).isEqualTo(2);
            other.rollback();
        }
        assertThat(forget()).isEqualTo(2);
    }

    @Test
    void workersThatBeginTogetherForgetEachOutcomeOnce() {
        remember(40, OUTCOMES.plusDays(1));
        List<CompletableFuture<Integer>> workers = new ArrayList<>();
        int forgotten = 0;
        while (remembered() > 0) {
            for (int i = 0; i < 3; i++) {
                workers.add(CompletableFuture.supplyAsync(this::forget));
            }
            forgotten += workers.stream().mapToInt(CompletableFuture::join).sum();
            workers.clear();
        }
        assertThat(forgotten).isEqualTo(40);
    }

    @Test
    void whatIsKeptOfAFormerTopicGoesWhenItsOutcomesAreForgotten() {
        keep("former");
        lookFor("former", Duration.ofDays(40));
        assertThat(kept("former")).isEqualTo(2);

        keep("current");
        lookFor("current", OUTCOMES);
        assertThat(kept("former")).isEqualTo(2);
        lookFor("current", Duration.ofDays(1));
        assertThat(kept("former")).isZero();
        assertThat(kept("current")).isEqualTo(2);
        assertThat(postgres.text("select string_agg(topic_id, ',') from commands_topic"))
                .isEqualTo("current");
    }

    @Test
    void aFormerTopicIsKeptWhileNothingIsAppliedOfTheCurrentOne() {
        keep("former");
        lookFor("current", OUTCOMES.multipliedBy(2));
        assertThat(kept("former")).isEqualTo(2);
    }

    @Test
    void aTopicThatComesBackInTimeIsKept() {
        keep("one");
        keep("other");
        for (int turn = 0; turn < 3; turn++) {
            lookFor("one", Duration.ofDays(20));
            lookFor("other", Duration.ofDays(20));
        }
        assertThat(kept("one")).isEqualTo(2);
        assertThat(kept("other")).isEqualTo(2);
    }

    @Test
    void aClockThatLeapsAheadRemovesNoFormerTopic() {
        keep("former");
        keep("current");
        lookFor("current", Duration.ofDays(1));
        pass(OUTCOMES);
        lookFor("current", Duration.ofHours(12));
        assertThat(kept("former")).isEqualTo(2);
    }

    private void keep(String topic) {
        postgres.sql(
                "insert into progress (topic_id, partition, applied, published) values ('" + topic + "', 0, 9, 5)");
        postgres.sql("insert into outbox (topic_id, partition, first_offset, next_offset, records) values ('" + topic
                + "', 0, 5, 9, '')");
    }

    private long kept(String topic) {
        return postgres.number("select (select count(*) from progress where topic_id = '" + topic
                + "') + (select count(*) from outbox where topic_id = '" + topic + "')");
    }

    /** Two checks a day. */
    private void lookFor(String current, Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            pass(Duration.ofHours(12));
            postgres.run(() -> retention.deleteDataOfFormerTopics(current));
        }
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private void remember(int count, Duration ago) {
        for (int i = 0; i < count; i++) {
            postgres.sql("insert into known_command (key, fingerprint, revision, known_at) values ('"
                    + UUID.randomUUID() + "', '" + UUID.randomUUID() + "', 1, '" + now.minus(ago) + "')");
        }
    }

    private long remembered() {
        return postgres.number("select count(*) from known_command");
    }

    private int forget() {
        return forget(retention);
    }

    private int forget(Retention by) {
        return postgres.run(by::deleteExpired);
    }
}
