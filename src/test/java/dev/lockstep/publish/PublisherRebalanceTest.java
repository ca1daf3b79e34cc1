package dev.lockstep.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Partitions that move, or seem to, while batches are in flight. */
@Timeout(60)
class PublisherRebalanceTest extends PublisherRigTestBase {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int PARTITIONS = 4;
    private static final int COMMANDS = 3_000;

    private static final Map<String, String> HASTY = Map.of("max-block", "2s", "request-timeout", "2s");

    @Test
    void batchesInFlightAreDroppedAndRedeliveredWhenTheirPartitionComesBack() throws Exception {
        rig.prepare("comes-back", 1);
        rig.send(1, 0, 300);
        try (TestWorker worker = new TestWorker(rig, TestWorker.EAGER, Map.of())) {
            worker.publish(worker.next());
            Publication second = worker.next();
            Publication third = worker.next();
            int before = worker.ownership.snapshot().assignedGeneration(0);
            worker.consumer.enforceRebalance();
            Publication again = worker.next();
            assertThat(worker.ownership.snapshot().assignedGeneration(0)).isGreaterThan(before);

            assertThat(worker.publish(second).committed()).isEmpty();
            assertThat(worker.publish(again).dropped()).isEmpty();
            assertThat(worker.publish(third).committed()).isEmpty();
            assertThat(worker.publish(worker.next()).dropped()).isEmpty();
        }
        rig.assertResultsExactly(1, 300);
    }

    @Test
    void aPartitionKeptThroughARebalancePublishesItsOldBatchAndAMovedOneDoesNot() throws Exception {
        rig.prepare("kept", 2);
        rig.send(2, 0, 40);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, Map.of());
                TestWorker joining = new TestWorker(rig, TestWorker.COOPERATIVE, Map.of())) {
            Publication batch = worker.next();
            while (batch.partitions().size() < 2) {
                Publication rest = worker.next();
                batch = new Publication(
                        batch.generation(),
                        List.of(batch.partitions().get(0), rest.partitions().get(0)));
            }
            List<Publication> moved = new ArrayList<>();
            Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
                worker.poll();
                Publication polled = joining.poll();
                if (polled != null) {
                    moved.add(polled);
                }
                return !moved.isEmpty();
            });

            PublishOutcome outcome = worker.publish(batch);

            assertThat(worker.ownership.snapshot().generation()).isGreaterThan((int) batch.generation());
            assertThat(outcome.committed()).hasSize(1);
            assertThat(outcome.dropped()).hasSize(1);
            assertThat(joining.publish(moved.get(0)).committed().keySet()).isEqualTo(outcome.dropped());
        }
        rig.assertResultsExactly(2, 40);
    }

    @ParameterizedTest
    @ValueSource(strings = {TestWorker.EAGER, TestWorker.COOPERATIVE})
    void nothingIsLostDoubledOrReorderedWhileWorkersComeAndGo(String assignor) throws Exception {
        rig.prepare("churn-" + assignor.substring(assignor.lastIndexOf('.') + 1), PARTITIONS);
        workersComeAndGo(assignor);
        rig.assertResultsExactly(PARTITIONS, COMMANDS);
    }

    @Test
    void norWhileATopicAlternatelyRejectsAndAccepts() throws Exception {
        rig.prepare("refused", PARTITIONS);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> whims =
                CompletableFuture.runAsync(() -> refuseByTurns(done), task -> new Thread(task, "whims").start());

        workersComeAndGo(TestWorker.COOPERATIVE);

        done.set(true);
        assertThat(whims).succeedsWithin(PATIENCE);
        rig.assertResultsExactly(PARTITIONS, COMMANDS);
    }

    private static void refuseByTurns(AtomicBoolean done) {
        Random random = new Random(5);
        try {
            while (!done.get()) {
                rig.configure(rig.results(), "max.message.bytes", "200");
                TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
                rig.configure(rig.results(), "max.message.bytes", "100000");
                TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
            }
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private void workersComeAndGo(String assignor) throws Exception {
        rig.send(PARTITIONS, 0, COMMANDS);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> steady = run(assignor, done);
        for (int i = 0; i < 3; i++) {
            AtomicBoolean leave = new AtomicBoolean();
            CompletableFuture<Void> guest = run(assignor, leave);
            long before = sum(rig.committed());
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> sum(rig.committed()) > before + 300 || sum(rig.committed()) == PARTITIONS * COMMANDS);
            leave.set(true);
            assertThat(guest).succeedsWithin(PATIENCE);
        }
        Awaitility.await().atMost(PATIENCE).until(() -> sum(rig.committed()) == PARTITIONS * COMMANDS);
        done.set(true);
        assertThat(steady).succeedsWithin(PATIENCE);
    }

    private static CompletableFuture<Void> run(String assignor, AtomicBoolean end) {
        return CompletableFuture.runAsync(
                () -> {
                    try (TestWorker worker = new TestWorker(rig, assignor, HASTY)) {
                        workWithTwoBatchesInFlight(worker, end);
                    }
                },
                task -> new Thread(task, "worker").start());
    }

    private static void workWithTwoBatchesInFlight(TestWorker worker, AtomicBoolean end) {
        List<CompletableFuture<PublishOutcome>> inFlight = new ArrayList<>();
        while (!end.get()) {
            if (inFlight.size() < 2) {
                worker.consumer.resume(worker.consumer.paused());
            } else {
                worker.consumer.pause(worker.consumer.assignment());
            }
            Publication batch = worker.poll();
            if (batch != null) {
                inFlight.add(worker.publisher.publish(batch));
            }
            inFlight.removeIf(CompletableFuture::isDone);
        }
    }

    private static long sum(Map<Integer, Long> offsets) {
        return offsets.values().stream().mapToLong(Long::longValue).sum();
    }
}
