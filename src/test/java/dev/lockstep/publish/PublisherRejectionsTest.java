package dev.lockstep.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.OutputPages;
import dev.lockstep.wire.KafkaHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** Records that their topics reject because of their size or age: each holds up only its own partition, or is adapted. */
@Timeout(90)
class PublisherRejectionsTest extends PublisherRigTestBase {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration YEAR = Duration.ofDays(365);
    private static final int FILLER = 90_000;
    private static final Map<String, String> HASTY =
            Map.of("max-backoff", "50ms", "max-block", "2s", "request-timeout", "2s");
    private static final String EVERYTHING_FITS = "100000";
    private static final String NOTHING_FITS = "200";

    @BeforeEach
    void freshTopics(TestInfo test) throws Exception {
        rig.prepare(test, 2);
    }

    @Test
    void whatATopicRefusesHoldsUpItsOwnPartitionAndWhatComesBehind() throws Exception {
        rig.send(2, 0, 1);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, HASTY)) {
            long generation = worker.next().generation();

            PublishOutcome first = worker.publish(new Publication(
                    generation,
                    List.of(output(0, 1, result(0, "0"), large(0), result(0, "1")), output(1, 1, result(1, "0")))));
            assertThat(first.committed()).isEqualTo(Map.of(1, 1L));
            assertThat(first.stalled()).containsOnlyKeys(0);
            assertThat(worker.publisher.isStalled(0)).isTrue();
            assertThat(worker.publisher.isStalled(1)).isFalse();
            assertThat(worker.publisher.notReadyReason())
                    .isEqualTo("partition 0: topic " + rig.results()
                            + " rejects a record as too large; raise its max.message.bytes");

            PublishOutcome second = worker.publish(
                    new Publication(generation, List.of(output(0, 2, result(0, "2")), output(1, 2, result(1, "1")))));
            assertThat(second.committed()).isEqualTo(Map.of(1, 2L));
            assertThat(second.stalled()).containsOnlyKeys(0);
            assertThat(values(1)).containsExactly("0", "1");
            assertThat(values(0)).isEmpty();

            rig.configure(rig.results(), "max.message.bytes", "1000000");

            assertThat(first.stalled().get(0))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(new PublishOutcome(Map.of(0, 1L), Set.of()));
            assertThat(second.stalled().get(0))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(new PublishOutcome(Map.of(0, 2L), Set.of()));
            assertThat(worker.publisher.isStalled(0)).isFalse();
            assertThat(worker.publisher.notReadyReason()).isNull();
        }
        assertThat(values(0)).containsExactly("0", "large", "1", "2");
        assertThat(rig.committed()).isEqualTo(Map.of(0, 2L, 1, 2L));
    }

    /** Small transactions must not leave out the very record that is tried. */
    @Test
    void aRefusedRecordHoldsUpItsOwnPartitionEvenIfTransactionsAreSmall() throws Exception {
        rig.send(2, 0, 1);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, HASTY)) {
            long generation = worker.next().generation();
            PublishOutcome refused = worker.publish(new Publication(
                    generation,
                    List.of(
                            splittable(0, 3, List.of(random(0, 1, FILLER), random(0, 2, FILLER), large(0))),
                            output(1, 1, result(1, "0")))));
            assertThat(refused.stalled()).containsOnlyKeys(0);

            rig.proxy.freeze();
            worker.publish(new Publication(generation, List.of(output(1, 2, result(1, "1")))));
            rig.proxy.heal();
            long failures = worker.publisher.failureCount();
            await().atMost(PATIENCE).until(() -> worker.publisher.failureCount() > failures);
            PublishOutcome other = worker.publish(new Publication(generation, List.of(output(1, 3, result(1, "2")))));
            assertThat(other.committed()).isEqualTo(Map.of(1, 3L));

            rig.configure(rig.results(), "max.message.bytes", "1000000");
            assertThat(refused.stalled().get(0))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(new PublishOutcome(Map.of(0, 3L), Set.of()));
        }
        assertThat(rig.read(rig.results()).stream()
                        .filter(record -> record.partition() == 0)
                        .map(record -> record.value().length))
                .containsExactly(FILLER, FILLER, 200_000);
    }

    /** Can be split after each record. */
    private static PartitionOutput splittable(int partition, long next, List<OutgoingRecord> records) {
        return new PartitionOutput(
                partition,
                next,
                null,
                records,
                OutputPages.NONE,
                (whole, maxBytes) -> records.size() == 1
                        ? List.of(whole)
                        : List.of(
                                splittable(partition, next - records.size() + 1, records.subList(0, 1)),
                                splittable(partition, next, records.subList(1, records.size()))));
    }

    /** Otherwise a topic would fill with aborted records for as long as nobody notices; the abort markers remain. */
    @Test
    void retryingWritesNoRecord() throws Exception {
        rig.send(1, 0, 1);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, HASTY)) {
            long generation = worker.next().generation();
            worker.publish(new Publication(generation, List.of(output(0, 1, result(0, "0"), large(0)))));
            long written = writtenButNotCommitted();
            long failures = worker.publisher.failureCount();

            await().atMost(PATIENCE).until(() -> worker.publisher.failureCount() >= failures + 5);

            assertThat(writtenButNotCommitted()).isEqualTo(written);
        }
    }

    @Test
    void aHeldUpPartitionThatIsAssignedAnewIsDroppedAndComesAgain() throws Exception {
        rig.send(1, 0, 10);
        rig.configure(rig.results(), "max.message.bytes", NOTHING_FITS);
        try (TestWorker worker = new TestWorker(rig, TestWorker.EAGER, HASTY)) {
            PublishOutcome refused = worker.publish(worker.next());
            assertThat(refused.stalled()).containsOnlyKeys(0);

            worker.consumer.enforceRebalance();
            Publication again = worker.next();
            assertThat(refused.stalled().get(0))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(new PublishOutcome(Map.of(), Set.of(0)));
            rig.configure(rig.results(), "max.message.bytes", EVERYTHING_FITS);

            settle(worker.publish(again));
        }
        rig.assertResultsExactly(1, 10);
    }

    @Test
    void aWorkerThatStopsAnswersForWhatItHoldsUp() throws Exception {
        rig.send(1, 0, 1);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, HASTY)) {
            long generation = worker.next().generation();
            PublishOutcome refused = worker.publish(new Publication(generation, List.of(output(0, 1, large(0)))));

            worker.publisher.close();

            assertThat(refused.stalled().get(0))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(new PublishOutcome(Map.of(), Set.of(0)));
        }
        assertThat(values(0)).isEmpty();
    }

    /** The client splits such batches in vain until they time out; records that fit by themselves are published nevertheless. */
    @Test
    void aTopicThatTakesLessThanABatchRefusesOnlyWhatIsTooLargeByItself() throws Exception {
        rig.send(2, 0, 1);
        rig.configure(rig.results(), "max.message.bytes", "5000");
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, HASTY)) {
            long generation = worker.next().generation();
            OutgoingRecord[] many = new OutgoingRecord[30];
            for (int i = 0; i < many.length; i++) {
                many[i] = random(1, i, 1_000);
            }

            PublishOutcome outcome = worker.publish(new Publication(
                    generation, List.of(output(0, 1, random(0, 1, 1_000), large(0)), output(1, 1, many))));

            assertThat(outcome.committed()).isEqualTo(Map.of(1, 1L));
            assertThat(outcome.stalled()).containsOnlyKeys(0);
            assertThat(rig.read(rig.results())).hasSize(many.length);
        }
    }

    @Test
    void aDeadLetterWithALargeHeaderNamedLikeTheWorkersBlocksNothing() throws Exception {
        rig.send(1, 0, 1);
        rig.configure(rig.deadLetters(), "max.message.bytes", "5000");
        Header large = new RecordHeader("dead-letter-note", large(0).value());
        Header reason = KafkaHeaders.header(KafkaHeaders.DEAD_LETTER_REASON, "bad");
        OutgoingRecord letter =
                new OutgoingRecord(rig.deadLetters(), 0, null, "no".getBytes(), List.of(large, reason), null);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, HASTY)) {
            long generation = worker.next().generation();

            PublishOutcome outcome = worker.publish(new Publication(generation, List.of(output(0, 1, letter))));

            assertThat(outcome).isEqualTo(new PublishOutcome(Map.of(0, 1L), Set.of()));
        }
        assertThat(rig.read(rig.deadLetters())).singleElement().satisfies(found -> {
            assertThat(found.headers())
                    .containsExactly(reason, KafkaHeaders.header(KafkaHeaders.DEAD_LETTER_TRUNCATED, "2"));
            assertThat(new String(found.value())).isEqualTo("no");
        });
    }

    @Test
    void aMovedCommandThatIsTooOldForItsTopicGoesWithTheTimeOfSending() throws Exception {
        rig.send(2, 0, 1);
        rig.configure(rig.commands(), "message.timestamp.before.max.ms", "60000");
        long now = System.currentTimeMillis();
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, HASTY)) {
            long generation = worker.next().generation();
            OutgoingRecord[] moved = {
                moved(now - 1_000), moved(now - YEAR.toMillis()), moved(now - YEAR.toMillis()), moved(now - 2_000)
            };

            PublishOutcome outcome = worker.publish(new Publication(generation, List.of(output(0, 1, moved))));

            assertThat(outcome).isEqualTo(new PublishOutcome(Map.of(0, 1L), Set.of()));
        }
        List<Long> times = rig.read(rig.commands()).stream()
                .filter(record -> record.partition() == 1 && new String(record.value()).equals("moved"))
                .map(ConsumerRecord::timestamp)
                .toList();
        assertThat(times).hasSize(4);
        assertThat(times.get(0)).isEqualTo(now - 1_000);
        assertThat(times.subList(1, 3)).allMatch(time -> time >= now);
        assertThat(times.get(3)).isEqualTo(now - 2_000);
    }

    @Test
    void whatWasTooLargeUntilItWasTooOldGoesWithTheTimeOfSending() throws Exception {
        rig.send(2, 0, 1);
        rig.configure(rig.results(), "max.message.bytes", NOTHING_FITS);
        OutgoingRecord large = large(0);
        OutgoingRecord old = new OutgoingRecord(
                large.topic(), 0, null, large.value(), large.headers(), System.currentTimeMillis() - YEAR.toMillis());
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, HASTY)) {
            long generation = worker.next().generation();
            PublishOutcome refused = worker.publish(new Publication(generation, List.of(output(0, 1, old))));
            assertThat(refused.stalled()).containsOnlyKeys(0);

            rig.configure(rig.results(), "message.timestamp.before.max.ms", "60000");
            rig.configure(rig.results(), "max.message.bytes", "1000000");

            assertThat(refused.stalled().get(0))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(new PublishOutcome(Map.of(0, 1L), Set.of()));
            assertThat(worker.publish(new Publication(generation, List.of(output(1, 1, result(1, "0")))))
                            .committed())
                    .isEqualTo(Map.of(1, 1L));
        }
    }

    @Test
    void orderHoldsWhileATopicAlternatelyRejectsAndAccepts() throws Exception {
        int commands = 1_500;
        rig.send(2, 0, commands);
        Random random = new Random(11);
        List<PublishOutcome> answers = new ArrayList<>();
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, HASTY)) {
            int polled = 0;
            boolean refuses = false;
            while (polled < 2 * commands) {
                if (random.nextInt(4) == 0) {
                    refuses = !refuses;
                    rig.configure(rig.results(), "max.message.bytes", refuses ? NOTHING_FITS : EVERYTHING_FITS);
                }
                Publication batch = worker.next();
                polled += batch.partitions().stream()
                        .mapToInt(output -> output.records().size())
                        .sum();
                answers.add(worker.publish(batch));
            }
            rig.configure(rig.results(), "max.message.bytes", EVERYTHING_FITS);
            answers.forEach(PublisherRejectionsTest::settle);
        }
        assertThat(answers).anyMatch(answer -> !answer.stalled().isEmpty());
        rig.assertResultsExactly(2, commands);
        assertThat(rig.committed()).isEqualTo(Map.of(0, (long) commands, 1, (long) commands));
    }

    private static void settle(PublishOutcome published) {
        published.stalled().values().forEach(later -> assertThat(later)
                .succeedsWithin(PATIENCE)
                .satisfies(outcome -> assertThat(outcome.dropped()).isEmpty()));
    }

    private static PartitionOutput output(int partition, long next, OutgoingRecord... records) {
        return new PartitionOutput(partition, next, null, List.of(records));
    }

    private static OutgoingRecord result(int partition, String value) {
        return new OutgoingRecord(rig.results(), partition, null, value.getBytes(), PublisherRig.HEADERS, null);
    }

    private static OutgoingRecord large(int partition) {
        return random(partition, 7, 200_000);
    }

    private static OutgoingRecord random(int partition, long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return new OutgoingRecord(rig.results(), partition, null, bytes, List.of(), null);
    }

    private static OutgoingRecord moved(long timestamp) {
        return new OutgoingRecord(rig.commands(), 1, null, "moved".getBytes(), List.of(), timestamp);
    }

    private static long writtenButNotCommitted() {
        return rig.read(rig.results(), "read_uncommitted").size();
    }

    private static List<String> values(int partition) {
        return rig.read(rig.results()).stream()
                .filter(record -> record.partition() == partition)
                .map(record -> record.value().length > 1_000 ? "large" : new String(record.value()))
                .toList();
    }
}
