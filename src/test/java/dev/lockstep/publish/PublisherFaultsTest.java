package dev.lockstep.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.local.KafkaRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** A broker whose responses get lost, a broker that goes away, and a worker that has been given up for dead. */
@Timeout(60)
class PublisherFaultsTest extends PublisherRigTestBase {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Map<String, String> HASTY =
            Map.of("max-block", "500ms", "request-timeout", "4s", "commit-retries", "0", "max-backoff", "200ms");
    private static final Map<String, String> BRIEF = Map.of("max-block", "4s", "request-timeout", "2s");
    private static final Map<String, String> NARROW =
            Map.of("max-block", "1s", "request-timeout", "1s", "transaction-timeout", "3s", "max-backoff", "200ms");
    private static final int LARGE_BATCH = 300;
    private static final Map<String, String> PERSISTENT = Map.of(
            "max-block", "500ms", "request-timeout", "20s", "transaction-timeout", "30s", "commit-retries", "60");

    @BeforeEach
    void freshTopics(TestInfo test) throws Exception {
        rig.prepare(test, 1);
    }

    @AfterEach
    void heal() {
        rig.proxy.heal();
        if (!rig.kafka.isRunning()) {
            rig.kafka.restart();
        }
    }

    @Test
    void asksTheSameProducerAgainWhenTheAnswerToACommitIsLost() throws Exception {
        rig.send(1, 0, 50);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, PERSISTENT)) {
            Publication batch = worker.next();
            rig.proxy.holdResponsesTo(request -> request.apiKey() == KafkaRequest.END_TXN);
            CompletableFuture<PublishOutcome> outcome = start(worker, batch);
            Awaitility.await().until(() -> worker.publisher.failureCount() >= 2);
            assertThat(rig.committed()).isEqualTo(Map.of(0, 50L));
            assertThat(outcome).isNotDone();

            rig.proxy.heal();

            assertThat(outcome).succeedsWithin(PATIENCE).isEqualTo(new PublishOutcome(Map.of(0, 50L), Set.of()));
            assertThat(worker.made).containsExactly(0);
        }
        rig.assertResultsExactly(1, 50);
    }

    @Test
    void findsTheLostCommitWithANewProducerAndDoesNotPublishAgain() throws Exception {
        rig.send(1, 0, 50);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, HASTY)) {
            Publication batch = worker.next();
            rig.proxy.holdResponsesTo(request -> request.apiKey() == KafkaRequest.END_TXN && worker.made.size() == 1);

            CompletableFuture<PublishOutcome> outcome = start(worker, batch);

            assertThat(outcome).succeedsWithin(PATIENCE).isEqualTo(new PublishOutcome(Map.of(0, 50L), Set.of()));
            assertThat(worker.made).hasSizeGreaterThan(1).containsOnly(0);
        }
        rig.assertResultsExactly(1, 50);
    }

    @Test
    void publishesAgainWhenTheCommitNeverReachedTheBroker() throws Exception {
        rig.send(1, 0, 50);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, HASTY)) {
            Publication batch = worker.next();
            rig.proxy.holdResponsesTo(request -> {
                if (request.apiKey() == KafkaRequest.END_TXN && worker.made.size() == 1) {
                    rig.proxy.cut(true);
                }
                return false;
            });
            CompletableFuture<PublishOutcome> outcome = start(worker, batch);
            Awaitility.await().until(() -> worker.made.size() >= 2);

            rig.proxy.heal();

            assertThat(outcome).succeedsWithin(PATIENCE).isEqualTo(new PublishOutcome(Map.of(0, 50L), Set.of()));
        }
        rig.assertResultsExactly(1, 50);
    }

    @Test
    void resumesByItselfAfterABrokerOutage() throws Exception {
        rig.send(1, 0, 1_000);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, HASTY)) {
            worker.publish(worker.next());
            List<CompletableFuture<PublishOutcome>> outcomes = new ArrayList<>();
            List<Publication> batches = List.of(worker.next(), worker.next(), worker.next());

            outcomes.add(start(worker, batches.get(0)));
            rig.kafka.stop();
            outcomes.add(start(worker, batches.get(1)));
            outcomes.add(start(worker, batches.get(2)));
            Awaitility.await().atMost(PATIENCE).until(() -> worker.publisher.notReadyReason() != null);
            rig.kafka.restart();

            for (CompletableFuture<PublishOutcome> outcome : outcomes) {
                assertThat(outcome).succeedsWithin(PATIENCE);
                assertThat(outcome.join().dropped()).isEmpty();
            }
            assertThat(worker.publisher.notReadyReason()).isNull();
            assertThat(rig.committed()).isEqualTo(Map.of(0, 400L));
        }
        rig.assertResultsExactly(1, 400);
    }

    /** The whole batch takes longer than its transaction may. */
    @Test
    void aBatchThatIsTooLargeForThePathToKafkaIsPublishedInParts() throws Exception {
        rig.send(1, 0, LARGE_BATCH, 4_000);
        try (TestWorker worker = new TestWorker(
                rig, TestWorker.COOPERATIVE, NARROW, Map.of("max.poll.records", Integer.toString(LARGE_BATCH)))) {
            Publication batch = worker.next();
            rig.limitProducers(150_000.0);

            assertThat(start(worker, batch)).succeedsWithin(Duration.ofSeconds(50));
        } finally {
            rig.limitProducers(null);
        }
        List<Integer> numbers = rig.read(rig.results()).stream()
                .map(result -> PublisherRig.number(result.value()))
                .toList();
        assertThat(numbers)
                .hasSizeGreaterThan(100)
                .containsExactlyElementsOf(
                        IntStream.range(0, numbers.size()).boxed().toList());
        assertThat(rig.committed()).isEqualTo(Map.of(0, (long) numbers.size()));
    }

    @Test
    void resumesByItselfWhenItsConnectionsFreeze() throws Exception {
        rig.send(1, 0, 300);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, BRIEF)) {
            worker.publish(worker.next());
            worker.publish(worker.next());
            assertThat(worker.made).containsExactly(0, 1);
            Publication batch = worker.next();
            rig.proxy.freeze();

            CompletableFuture<PublishOutcome> outcome = start(worker, batch);

            assertThat(outcome).succeedsWithin(PATIENCE);
            assertThat(outcome.join().dropped()).isEmpty();
        }
        rig.assertResultsExactly(1, 300);
    }

    @Test
    void aWorkerGivenUpForDeadIsFencedAndDropsItsBatchOnceItHears() throws Exception {
        rig.send(1, 0, 50);
        try (TestWorker zombie =
                        new TestWorker(rig, TestWorker.COOPERATIVE, Map.of(), Map.of("max.poll.interval.ms", 1_000));
                TestWorker successor = new TestWorker(rig, TestWorker.COOPERATIVE, Map.of())) {
            Publication batch = zombie.next();
            Publication same = successor.next();
            assertThat(zombie.ownership.snapshot().owns(0, batch.generation())).isTrue();

            CompletableFuture<PublishOutcome> fenced = start(zombie, batch);
            Awaitility.await().until(() -> zombie.publisher.failureCount() >= 3);
            assertThat(zombie.publisher.notReadyReason())
                    .as("a rebalance is in nobody's way for a while")
                    .isNull();
            assertThat(successor.publish(same).committed()).isEqualTo(Map.of(0, 50L));
            assertThat(fenced).isNotDone();
            Awaitility.await().until(() -> {
                zombie.poll();
                return fenced.isDone();
            });

            assertThat(fenced.join()).isEqualTo(new PublishOutcome(Map.of(), Set.of(0)));
        }
        rig.assertResultsExactly(1, 50);
    }

    @Test
    void whatWasHeldUpAndWhoseCommitIsNotAnsweredIsNotPublishedAgain() throws Exception {
        rig.send(1, 0, 50);
        rig.configure(rig.results(), "max.message.bytes", "200");
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, HASTY)) {
            PublishOutcome refused = worker.publish(worker.next());
            assertThat(refused.stalled()).containsOnlyKeys(0);
            int before = worker.made.size();

            rig.proxy.holdResponsesTo(
                    request -> request.apiKey() == KafkaRequest.END_TXN && worker.made.size() < before + 3);
            rig.configure(rig.results(), "max.message.bytes", "100000");

            assertThat(refused.stalled().get(0))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(new PublishOutcome(Map.of(0, 50L), Set.of()));
            assertThat(worker.made).hasSizeGreaterThan(before + 1);
        }
        rig.assertResultsExactly(1, 50);
    }

    private static CompletableFuture<PublishOutcome> start(TestWorker worker, Publication batch) {
        return worker.publisher.publish(batch);
    }
}
