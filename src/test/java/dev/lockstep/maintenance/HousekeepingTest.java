package dev.lockstep.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.lockstep.RealStores;
import dev.lockstep.board.Board;
import dev.lockstep.config.TestSettings;
import dev.lockstep.failure.RetryCause;
import dev.lockstep.intake.CommandsTopic;
import dev.lockstep.intake.GroupMembership;
import dev.lockstep.intake.PartitionOwnership;
import dev.lockstep.intake.PartitionPositions;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener;
import dev.lockstep.ops.AttemptTracker;
import dev.lockstep.ops.ReadinessCheck;
import dev.lockstep.publish.Publisher;
import dev.lockstep.retry.BatchRetrier;
import dev.lockstep.setup.Setup;
import dev.lockstep.store.PostgresStore;
import dev.lockstep.store.PublishedOffsets;
import dev.lockstep.store.Retention;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;

/** What is done alongside the main work, and what is reported when it cannot be done. */
@QuarkusTest
@WithTestResource(RealStores.class)
class HousekeepingTest {

    private static final Duration HASTE = Duration.ofMillis(2);

    @Inject
    PostgresStore postgres;

    @Inject
    Vertx vertx;

    @Inject
    Setup setup;

    @Inject
    CommandsTopic commandsTopic;

    @Inject
    PartitionPositions partitionPositions;

    @Inject
    PartitionOwnership ownership;

    @Inject
    PublishedOffsets publishedOffsets;

    @Inject
    BatchRetrier retry;

    @Inject
    Publisher publisher;

    @Inject
    GroupMembership membership;

    @Inject
    AttemptTracker attempts;

    @Inject
    Board board;

    private final AtomicBoolean broken = new AtomicBoolean(true);
    private final AtomicInteger told = new AtomicInteger();
    private final AtomicInteger rounds = new AtomicInteger();

    @Test
    void aWorkerThatCannotForgetForLongIsNotReadyUntilItCan() {
        postgres.awaitReady();
        Housekeeping housekeeping = breakable();
        ReadinessCheck ready = new ReadinessCheck(setup, membership, retry, publisher, attempts, housekeeping, board);
        await().until(() -> ready.call().getStatus() == HealthCheckResponse.Status.UP);
        try {
            housekeeping.start(null);
            await().until(() -> reason(ready) != null);
            assertThat(ready.call().getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
            assertThat(told).hasValueGreaterThanOrEqualTo(Housekeeping.OVERDUE_ROUNDS);
            assertThat(String.valueOf(reason(ready)))
                    .startsWith("failed ")
                    .contains("in a row: IllegalStateException: no clock");

            broken.set(false);
            await().until(() -> ready.call().getStatus() == HealthCheckResponse.Status.UP);
        } finally {
            housekeeping.stop(null);
        }
    }

    @Test
    void aLongBacklogIsForgottenInOneRound() {
        postgres.awaitReady();
        AtomicInteger left = new AtomicInteger(100_000);
        Housekeeping housekeeping = housekeeping(new Retention(Duration.ofDays(30), HASTE, 1, session -> null) {
            @Override
            public Uni<Integer> deleteExpired() {
                return Uni.createFrom().item(left.getAndUpdate(count -> Math.max(0, count - 1)) > 0 ? 1 : 0);
            }

            @Override
            public Uni<Void> deleteDataOfFormerTopics(String current) {
                rounds.incrementAndGet();
                return Uni.createFrom().voidItem();
            }
        });
        try {
            housekeeping.start(null);
            await().until(() -> rounds.get() > 0);
            assertThat(left).hasValue(0);
            assertThat(told).hasValue(0);
        } finally {
            housekeeping.stop(null);
        }
    }

    /** The database that it would clean up is the worker's. */
    @Test
    void aProcessThatIsNotAWorkerDoesNoHousekeeping() {
        Housekeeping housekeeping = new Housekeeping(
                null, // it would need this to schedule anything
                setup,
                commandsTopic,
                ownership,
                partitionPositions,
                publishedOffsets,
                null,
                TestSettings.with(Map.of("lockstep.worker.enabled", "false")),
                new Listeners(List.of()));

        assertThatCode(() -> housekeeping.start(null)).doesNotThrowAnyException();
    }

    private Housekeeping breakable() {
        return housekeeping(new Retention(
                Duration.ofDays(30),
                HASTE,
                1,
                session -> broken.get()
                        ? Uni.createFrom().failure(new IllegalStateException("no clock"))
                        : Uni.createFrom().item(Instant.now())));
    }

    private Housekeeping housekeeping(Retention retention) {
        WorkerListener listener = new WorkerListener() {
            @Override
            public void attemptFailed(Step step, RetryCause cause) {
                assertThat(step).isEqualTo(Step.RETENTION);
                told.incrementAndGet();
            }
        };
        return new Housekeeping(
                vertx,
                setup,
                commandsTopic,
                ownership,
                partitionPositions,
                publishedOffsets,
                retention,
                TestSettings.with(Map.of("lockstep.retention.every", HASTE.toMillis() + "ms")),
                new Listeners(List.of(listener)));
    }

    private static Object reason(ReadinessCheck ready) {
        return ready.call().getData().map(data -> data.get("retention")).orElse(null);
    }
}
