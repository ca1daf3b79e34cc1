package dev.lockstep.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.batch.RecordOutcome;
import dev.lockstep.batch.RecordOutcome.Kind;
import dev.lockstep.board.FeedStatus;
import dev.lockstep.decode.envelope.DeadLetterKind;
import dev.lockstep.docs.MetricsDoc;
import dev.lockstep.failure.RetryCause;
import dev.lockstep.listener.DeadLetter;
import dev.lockstep.listener.PublishedEvent;
import dev.lockstep.listener.PublishedRecord;
import dev.lockstep.listener.WorkerListener.Step;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration TOOK = Duration.ofMillis(7);
    private static final String CREATE = "dev.lockstep.release.create.v1";
    private static final String UPGRADED = "dev.cdevents.service.upgraded.0.3.0";
    private static final String FINISHED = "dev.cdeventsx.lockstep-deployment.finished.0.1.0";
    private static final String DEPLOY = "dev.lockstep.release.deploy.v1";

    @SuppressWarnings("deprecation") // the one that Quarkus provides
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private final WorkerMetrics counters = new WorkerMetrics(registry, Clock.fixed(NOW, ZoneOffset.UTC));
    private Instant oldest;
    private boolean ready;
    private final FeedStatus board = new FeedStatus(true, () -> 0);
    private final Gauges gauges = new Gauges(() -> oldest, () -> ready, Clock.fixed(NOW, ZoneOffset.UTC));

    @BeforeEach
    void bind() {
        gauges.bindTo(registry);
        new BoardMetrics(board).bindTo(registry);
    }

    @Test
    void everyMetricIsInTheTableAndViceVersa() {
        publish(accepted(CREATE));
        publishEvents(new PublishedEvent(FINISHED, "failure"));
        counters.attemptFailed(Step.APPLY, RetryCause.CONFLICT);

        Scrape scrape = scrape();
        assertThat(scrape.own()).isEqualTo(MetricsDoc.types());
        assertThat(MetricsDoc.types().keySet())
                .allSatisfy(
                        metric -> assertThat(scrape.labels(metric)).as(metric).isEqualTo(MetricsDoc.labels(metric)));
    }

    @Test
    void aWorkerWithoutABoardHasNoMetricsOfOne() {
        MeterRegistry other = new SimpleMeterRegistry();
        new BoardMetrics(new FeedStatus(false, () -> 0)).bindTo(other);

        assertThat(other.getMeters()).isEmpty();
    }

    @Test
    void environmentsAreThoseOfTheLastCount() {
        MeterRegistry other = new SimpleMeterRegistry();
        new BoardMetrics(new FeedStatus(true, () -> 0) {
                    @Override
                    public double environmentsWaiting() {
                        return 3;
                    }
                })
                .bindTo(other);

        assertThat(other.get("lockstep.board.environments")
                        .tag("state", "waiting")
                        .gauge()
                        .value())
                .isEqualTo(3);
        assertThat(other.get("lockstep.board.environments")
                        .tag("state", "failed")
                        .gauge()
                        .value())
                .isNaN();
    }

    @Test
    void theDocumentNamesOnlyExistingMetrics() {
        assertThat(MetricsDoc.mentioned()).allSatisfy(name -> assertThat(MetricsDoc.types())
                .containsKey(name.replaceFirst("_(bucket|count|sum)$", "")));
    }

    @Test
    void whatComesInIsResultsDuplicatesDeadLettersAndMovedOnes() {
        publish(
                accepted(CREATE),
                accepted(CREATE),
                accepted(DEPLOY),
                rejected(DEPLOY, "RELEASE_NOT_FOUND"),
                rejected(DEPLOY, "UNPROCESSABLE"),
                new RecordOutcome(Kind.DUPLICATE, CREATE, null),
                new RecordOutcome(Kind.MOVED, DEPLOY, null),
                deadLetter(DeadLetterKind.NO_JSON.name()));
        publish(accepted(CREATE), rejected(null, "UNKNOWN_COMMAND"));
        counters.deadLettered(new DeadLetter(1, 2, "UNPROCESSABLE", "Refused."));
        counters.deadLettered(new DeadLetter(1, 3, DeadLetterKind.NO_JSON.name(), "No JSON."));

        Scrape scrape = scrape();
        assertThat(scrape.sum("lockstep_records_in_total")).isEqualTo(10);
        assertThat(scrape.difference()).isEmpty();
        assertThat(scrape.sum("lockstep_commands_total", Map.of("type", CREATE, "code", "ACCEPTED")))
                .isEqualTo(3);
        assertThat(scrape.sum("lockstep_commands_total", Map.of("type", DEPLOY)))
                .isEqualTo(3);
        assertThat(scrape.sum("lockstep_commands_total", Map.of("type", "unknown", "code", "UNKNOWN_COMMAND")))
                .isEqualTo(1);
        assertThat(scrape.sum("lockstep_unprocessable_copies_total")).isEqualTo(1);
        assertThat(scrape.sum("lockstep_dead_letters_total", Map.of("reason", "no_json")))
                .isEqualTo(1);
        assertThat(scrape.deadLetters()).isEqualTo(2);
    }

    /** Rows stored by an older version have no kind; those of a newer one may have a kind unknown to this one. */
    @Test
    void aDeadLetterOfAnUnknownKindIsCountedAsOne() {
        publish(deadLetter(null), deadLetter("OUT_OF_FASHION"));

        assertThat(scrape().sum("lockstep_dead_letters_total", Map.of("reason", "unknown")))
                .isEqualTo(2);
    }

    @Test
    void eventsAreCountedByTypeAndTheEndsOfDeploymentsByOutcomeToo() {
        publishEvents(new PublishedEvent(UPGRADED, null), new PublishedEvent(FINISHED, "success"));
        publishEvents(new PublishedEvent(FINISHED, "error"), new PublishedEvent(FINISHED, "error"));

        Scrape scrape = scrape();
        assertThat(scrape.sum("lockstep_events_total", Map.of("type", UPGRADED)))
                .isEqualTo(1);
        assertThat(scrape.sum("lockstep_events_total", Map.of("type", FINISHED)))
                .isEqualTo(3);
        assertThat(scrape.sum("lockstep_deployments_finished_total", Map.of("outcome", "success")))
                .isEqualTo(1);
        assertThat(scrape.sum("lockstep_deployments_finished_total", Map.of("outcome", "error")))
                .isEqualTo(2);
    }

    @Test
    void stepsAreTimedByThemselves() {
        counters.applied(40, Duration.ofMillis(20));
        counters.applied(60, Duration.ofMillis(80));
        publish();

        Scrape scrape = scrape();
        assertThat(scrape.sum("lockstep_step_seconds_bucket", Map.of("step", "apply", "le", "0.025")))
                .isEqualTo(1);
        assertThat(scrape.sum("lockstep_step_seconds_count", Map.of("step", "apply")))
                .isEqualTo(2);
        assertThat(scrape.sum("lockstep_step_seconds_sum", Map.of("step", "publish")))
                .isEqualTo(0.007);
        assertThat(scrape.sum("lockstep_batch_records_sum")).isEqualTo(100);
    }

    /** A producer's clock may be ahead. */
    @Test
    void recordsAreTimedFromTheirTimestamps() {
        counters.published(
                Stream.of(-20L, -2_000L, 60_000L, null)
                        .map(age -> new PublishedRecord(
                                accepted(DEPLOY), age == null ? null : NOW.toEpochMilli() + age, List.of()))
                        .toList(),
                TOOK);

        Scrape scrape = scrape();
        assertThat(scrape.sum("lockstep_record_seconds_bucket", Map.of("le", "0.025")))
                .isEqualTo(2);
        assertThat(scrape.sum("lockstep_record_seconds_count")).isEqualTo(3);
        assertThat(scrape.sum("lockstep_record_seconds_sum")).isEqualTo(2.02);
    }

    @Test
    void whatIsInTheWayIsCountedByStepAndCause() {
        counters.attemptFailed(Step.APPLY, RetryCause.DATABASE_UNREACHABLE);
        counters.attemptFailed(Step.APPLY, RetryCause.DATABASE_UNREACHABLE);
        counters.attemptFailed(Step.PUBLISH, RetryCause.KAFKA_REFUSED);
        counters.fenced(Set.of(1, 2));
        counters.commandsDeleted(9_800);
        counters.recordsLost(3);

        Scrape scrape = scrape();
        assertThat(scrape.sum("lockstep_retries_total", Map.of("step", "apply", "cause", "database_unreachable")))
                .isEqualTo(2);
        assertThat(scrape.sum("lockstep_retries_total")).isEqualTo(3);
        assertThat(scrape.sum("lockstep_fenced_partitions_total")).isEqualTo(2);
        assertThat(scrape.sum("lockstep_commands_deleted_total")).isEqualTo(9_800);
        assertThat(scrape.sum("lockstep_records_lost_total")).isEqualTo(3);
    }

    @Test
    void theWorkIsAsFarBehindAsTheOldestRecordIsOld() {
        assertThat(scrape().sum("lockstep_behind_seconds")).isZero();
        oldest = NOW.minusMillis(2_500);
        assertThat(scrape().sum("lockstep_behind_seconds")).isEqualTo(2.5);
        oldest = NOW.plusSeconds(60);
        assertThat(scrape().sum("lockstep_behind_seconds")).isZero();
    }

    @Test
    void theLastPublishHasATimeOnceThereWasOne() {
        assertThat(scrape().sum("lockstep_last_publish_timestamp_seconds")).isNaN();
        publish();
        assertThat(scrape().sum("lockstep_last_publish_timestamp_seconds")).isEqualTo(NOW.getEpochSecond());
    }

    @Test
    void readinessIsCurrent() {
        assertThat(scrape().sum("lockstep_ready")).isZero();
        ready = true;
        assertThat(scrape().sum("lockstep_ready")).isEqualTo(1);
    }

    @Test
    void roundsOfRetentionThatFailAreCountedUntilOneDoesNot() {
        gauges.attemptFailed(Step.RETENTION, RetryCause.DATABASE_REFUSED);
        gauges.attemptFailed(Step.HOUSEKEEPING, RetryCause.DATABASE_REFUSED);
        gauges.attemptsFinished(Step.HOUSEKEEPING, this);
        gauges.attemptFailed(Step.RETENTION, RetryCause.DATABASE_REFUSED);
        assertThat(scrape().sum("lockstep_retention_failing_rounds")).isEqualTo(2);

        gauges.attemptsFinished(Step.RETENTION, this);
        assertThat(scrape().sum("lockstep_retention_failing_rounds")).isZero();
    }

    private void publish(RecordOutcome... outcomes) {
        List<PublishedRecord> records = Stream.of(outcomes)
                .map(outcome -> new PublishedRecord(outcome, null, List.of()))
                .toList();
        counters.published(records, TOOK);
        gauges.published(records, TOOK);
    }

    private void publishEvents(PublishedEvent... events) {
        counters.published(List.of(new PublishedRecord(accepted(DEPLOY), null, List.of(events))), TOOK);
    }

    private static RecordOutcome accepted(String type) {
        return new RecordOutcome(Kind.ACCEPTED, type, null);
    }

    private static RecordOutcome rejected(String type, String code) {
        return new RecordOutcome(Kind.REJECTED, type, code);
    }

    private static RecordOutcome deadLetter(String reason) {
        return new RecordOutcome(Kind.DEAD_LETTER, null, reason);
    }

    private Scrape scrape() {
        return Scrape.of(registry.scrape());
    }
}
