package dev.lockstep.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.OutputPages;
import dev.lockstep.batch.UnreadablePageException;
import dev.lockstep.failure.RetryCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** What is too large to be held in memory at once is published page by page, in one transaction for which nobody else waits. */
@Timeout(90)
class PublisherPagesTest extends PublisherRigTestBase {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Map<String, String> HASTY = Map.of("max-backoff", "50ms", "stop-grace", "500ms");

    @BeforeEach
    void freshTopics(TestInfo test) throws Exception {
        rig.prepare(test, 2);
    }

    @Test
    void nobodyElseWaitsForPagesAndWhatComesBehindOfTheirPartitionDoes() throws Exception {
        rig.send(2, 0, 1);
        CountDownLatch secondPage = new CountDownLatch(1);
        try (TestWorker worker = worker()) {
            long generation = worker.next().generation();

            PublishOutcome pages = worker.publish(new Publication(
                    generation, List.of(paged(0, 1, page -> awaitIf(page == 2, secondPage), "0", "1", "2"))));
            PublishOutcome behind =
                    worker.publish(new Publication(generation, List.of(output(0, 2, "behind"), output(1, 1, "other"))));

            assertThat(pages.stalled()).containsOnlyKeys(0);
            assertThat(behind.committed()).isEqualTo(Map.of(1, 1L));
            assertThat(behind.stalled()).containsOnlyKeys(0);
            assertThat(worker.publisher.isStalled(0)).isTrue();

            secondPage.countDown();

            assertThat(pages.stalled().get(0))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(new PublishOutcome(Map.of(0, 1L), Set.of()));
            assertThat(behind.stalled().get(0))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(new PublishOutcome(Map.of(0, 2L), Set.of()));
            assertThat(worker.publisher.isStalled(0)).isFalse();
        }
        assertThat(values(0)).containsExactly("0", "1", "2", "behind");
        assertThat(values(1)).containsExactly("other");
        assertThat(rig.committed()).isEqualTo(Map.of(0, 2L, 1, 1L));
    }

    @Test
    void aPageThatCannotBeReadUndoesThoseBeforeItAndAllGoOutWhenItCan() throws Exception {
        rig.send(1, 0, 1);
        List<Integer> read = Collections.synchronizedList(new ArrayList<>());
        try (TestWorker worker = worker()) {
            long generation = worker.next().generation();

            PublishOutcome pages = worker.publish(new Publication(
                    generation,
                    List.of(paged(
                            0,
                            1,
                            page -> {
                                read.add(page);
                                if (page == 2 && read.size() < 6) {
                                    throw new UnreadablePageException(
                                            "the database is away", RetryCause.DATABASE_UNREACHABLE);
                                }
                            },
                            "0",
                            "1",
                            "2",
                            "3"))));

            assertThat(pages.stalled().get(0))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(new PublishOutcome(Map.of(0, 1L), Set.of()));
            assertThat(worker.publisher.failureCount()).isEqualTo(2);
        }
        assertThat(read).containsExactly(1, 2, 1, 2, 1, 2, 3);
        assertThat(values(0)).containsExactly("0", "1", "2", "3");
    }

    @Test
    void aPageOfWhichATopicRefusesARecordHoldsUpItsPartitionAndNoOtherPages() throws Exception {
        rig.configure(rig.results(), "max.message.bytes", "5000");
        String large = incompressible(6_000);
        rig.send(2, 0, 1);
        try (TestWorker worker = worker()) {
            long generation = worker.next().generation();

            PublishOutcome refused =
                    worker.publish(new Publication(generation, List.of(paged(0, 1, page -> {}, "0", "1", large, "3"))));
            PublishOutcome other =
                    worker.publish(new Publication(generation, List.of(paged(1, 1, page -> {}, "a", "b", "c"))));

            assertThat(other.stalled().get(1))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(new PublishOutcome(Map.of(1, 1L), Set.of()));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(worker.publisher.notReadyReason())
                    .isEqualTo("partition 0: topic " + rig.results()
                            + " rejects a record as too large; raise its max.message.bytes"));
            assertThat(refused.stalled().get(0)).isNotDone();

            rig.configure(rig.results(), "max.message.bytes", "100000");

            assertThat(refused.stalled().get(0))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(new PublishOutcome(Map.of(0, 1L), Set.of()));
        }
        assertThat(values(0)).containsExactly("0", "1", large, "3");
        assertThat(values(1)).containsExactly("a", "b", "c");
    }

    @Test
    void whatWasRefusedIsNotToldOfPagesThatCameBehind() throws Exception {
        rig.configure(rig.results(), "max.message.bytes", "5000");
        rig.send(1, 0, 2);
        CountDownLatch lastPage = new CountDownLatch(1);
        try (TestWorker worker = worker()) {
            long generation = worker.next().generation();
            PublishOutcome refused =
                    worker.publish(new Publication(generation, List.of(output(0, 1, incompressible(6_000)))));
            PublishOutcome pages = worker.publish(new Publication(
                    generation, List.of(paged(0, 2, page -> awaitIf(page == 2, lastPage), "0", "1", "2"))));
            assertThat(worker.publisher.notReadyReason()).contains("raise its max.message.bytes");

            rig.configure(rig.results(), "max.message.bytes", "100000");

            assertThat(refused.stalled().get(0)).succeedsWithin(PATIENCE);
            assertThat(worker.publisher.notReadyReason()).isNull();
            assertThat(worker.publisher.isStalled(0)).isTrue();
            lastPage.countDown();
            assertThat(pages.stalled().get(0)).succeedsWithin(PATIENCE);
        }
    }

    @Test
    void pagesWhosePartitionIsAssignedAnewAreGivenUpAndComeAgain() throws Exception {
        rig.send(1, 0, 1);
        CountDownLatch secondPage = new CountDownLatch(1);
        try (TestWorker worker = new TestWorker(rig, TestWorker.EAGER, HASTY)) {
            long generation = worker.next().generation();
            CompletableFuture<PublishOutcome> pages = worker.publish(new Publication(
                            generation,
                            List.of(paged(0, 1, page -> awaitIf(page == 2, secondPage), "lost", "lost", "lost"))))
                    .stalled()
                    .get(0);

            worker.consumer.enforceRebalance();
            Publication again = worker.next();
            secondPage.countDown();

            assertThat(pages).succeedsWithin(PATIENCE).isEqualTo(new PublishOutcome(Map.of(), Set.of(0)));
            PublishOutcome second = worker.publish(
                    new Publication(again.generation(), List.of(paged(0, 1, page -> {}, "0", "1", "2"))));
            assertThat(second.stalled().get(0))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(new PublishOutcome(Map.of(0, 1L), Set.of()));
        }
        assertThat(values(0)).containsExactly("0", "1", "2");
    }

    @Test
    void aWorkerThatStopsPartwayThroughPagesLeavesNoneOfThem() throws Exception {
        rig.send(1, 0, 1);
        CountDownLatch secondPage = new CountDownLatch(1);
        CountDownLatch isReading = new CountDownLatch(1);
        CompletableFuture<PublishOutcome> pages;
        try (TestWorker worker = worker()) {
            long generation = worker.next().generation();
            pages = worker.publish(new Publication(
                            generation,
                            List.of(paged(
                                    0,
                                    1,
                                    page -> {
                                        isReading.countDown();
                                        awaitIf(page == 2, secondPage);
                                    },
                                    "0",
                                    "1",
                                    "2"))))
                    .stalled()
                    .get(0);
            isReading.await();
        }
        secondPage.countDown();
        assertThat(pages).succeedsWithin(PATIENCE).isEqualTo(new PublishOutcome(Map.of(), Set.of(0)));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(rig.committed()).isEmpty());
        assertThat(values(0)).isEmpty();
    }

    private static TestWorker worker() {
        return new TestWorker(rig, TestWorker.COOPERATIVE, HASTY);
    }

    private static void awaitIf(boolean condition, CountDownLatch latch) {
        if (condition) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The first value is in memory, each of the others is a page. */
    private static PartitionOutput paged(int partition, long next, IntConsumer onRead, String... values) {
        OutputPages more = new OutputPages() {
            @Override
            public int count() {
                return values.length - 1;
            }

            @Override
            public List<OutgoingRecord> read(int page) {
                onRead.accept(page);
                return List.of(result(partition, values[page]));
            }
        };
        return new PartitionOutput(partition, next, null, List.of(result(partition, values[0])), more);
    }

    private static PartitionOutput output(int partition, long next, String value) {
        return new PartitionOutput(partition, next, null, List.of(result(partition, value)));
    }

    private static String incompressible(int bytes) {
        byte[] random = new byte[bytes];
        new Random(1).nextBytes(random);
        return Base64.getEncoder().encodeToString(random);
    }

    private static OutgoingRecord result(int partition, String value) {
        return new OutgoingRecord(rig.results(), partition, null, value.getBytes(), PublisherRig.HEADERS, null);
    }

    private static List<String> values(int partition) {
        return rig.read(rig.results()).stream()
                .filter(record -> record.partition() == partition)
                .map(record -> new String(record.value()))
                .toList();
    }
}
