package dev.lockstep.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.docs.OperationsDoc;
import dev.lockstep.intake.GroupOffsetClient;
import dev.lockstep.partition.GroupConflictException;
import dev.lockstep.wire.KafkaHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** One worker and a healthy broker. */
@Timeout(60)
class PublisherTest extends PublisherRigTestBase {

    private static final int LARGE = 3_000_000;

    @BeforeEach
    void freshTopics(TestInfo test) throws Exception {
        rig.prepare(test, 2);
    }

    @Test
    void commitsRecordsAndOffsetsTogetherAndInOrder() throws Exception {
        rig.send(2, 0, 150);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, Map.of())) {
            int published = 0;
            while (published < 300) {
                Publication batch = worker.next();
                PublishOutcome outcome = worker.publish(batch);
                assertThat(outcome.dropped()).isEmpty();
                published += batch.partitions().stream()
                        .mapToInt(output -> output.records().size())
                        .sum();
            }

            assertThat(rig.committed()).isEqualTo(Map.of(0, 150L, 1, 150L));
            assertThat(worker.publisher.committedRecordCount()).isEqualTo(300);
            assertThat(worker.publisher.notReadyReason()).isNull();
        }
        rig.assertResultsExactly(2, 150);
    }

    /** Otherwise the caller would wait forever. */
    @Test
    void aFaultIsTheAnswer() throws Exception {
        rig.send(1, 0, 1);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, Map.of())) {
            Publication batch = worker.next();
            Publication faulty = new Publication(batch.generation(), List.of(new PartitionOutput(0, 1, null, null)));

            assertThat(worker.publisher.publish(faulty)).failsWithin(Duration.ofSeconds(30));
            assertThat(worker.publish(batch).committed()).isEqualTo(Map.of(0, 1L));
        }
    }

    @Test
    void twoProducersTakeTurns() throws Exception {
        rig.send(1, 0, 400);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, Map.of())) {
            for (int published = 0; published < 400; ) {
                Publication batch = worker.next();
                worker.publish(batch);
                published += batch.partitions().get(0).records().size();
            }
            assertThat(worker.made).containsExactly(0, 1);
        }
        rig.assertResultsExactly(1, 400);
    }

    @Test
    void carriesKeyHeadersTimestampAndTombstoneAsTheyAre() throws Exception {
        rig.send(1, 0, 1);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, Map.of())) {
            Publication batch = worker.next();
            OutgoingRecord tombstone = new OutgoingRecord(
                    rig.results(),
                    1,
                    "key".getBytes(),
                    null,
                    List.of(KafkaHeaders.header("ce_id", "ü")),
                    1_700_000_000_000L);

            worker.publish(
                    new Publication(batch.generation(), List.of(new PartitionOutput(0, 1, null, List.of(tombstone)))));

            ConsumerRecord<byte[], byte[]> found = rig.read(rig.results()).get(0);
            assertThat(found.key()).isEqualTo("key".getBytes());
            assertThat(found.value()).isNull();
            assertThat(found.timestamp()).isEqualTo(1_700_000_000_000L);
            assertThat(new String(found.headers().lastHeader("ce_id").value())).isEqualTo("ü");
        }
    }

    @Test
    void commitsTheOffsetOfABatchThatPutsNothingOut() throws Exception {
        rig.send(1, 0, 5);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, Map.of())) {
            Publication batch = worker.next();

            PublishOutcome outcome = worker.publish(
                    new Publication(batch.generation(), List.of(new PartitionOutput(0, 5, null, List.of()))));

            assertThat(outcome).isEqualTo(new PublishOutcome(Map.of(0, 5L), Set.of()));
            assertThat(rig.committed()).isEqualTo(Map.of(0, 5L));
        }
    }

    /**
     * The mark distinguishes these from an offset set by hand; the epoch reveals a topic that was truncated and has grown
     * again.
     */
    @Test
    void marksTheOffsetsThatItCommitsAndSaysTheLeaderEpoch() throws Exception {
        rig.send(1, 0, 5);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, Map.of());
                Admin admin = rig.admin()) {
            Publication batch = worker.next();
            int epoch = batch.partitions().get(0).leaderEpoch();
            worker.publish(batch);

            OffsetAndMetadata committed =
                    Awaitility.await().until(() -> rig.committedAsItIs(admin).get(0), offset -> offset != null);
            assertThat(committed.leaderEpoch()).contains(epoch);
            assertThat(worker.offsets
                            .offsetsOnAssignment(rig.group(), Set.of(0))
                            .committed())
                    .isEqualTo(Map.of(0, new GroupOffsetClient.CommittedOffset(committed.offset(), true)));
        }
    }

    @Test
    void anOffsetThatWasSetByHandHasNoMark() throws Exception {
        rig.send(1, 0, 5);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, Map.of());
                Admin admin = rig.admin()) {
            TopicPartition partition = new TopicPartition(rig.commands(), 0);
            admin.alterConsumerGroupOffsets("another", Map.of(partition, new OffsetAndMetadata(3)))
                    .all()
                    .get();

            assertThat(worker.offsets.offsetsOnAssignment("another", Set.of(0)).committed())
                    .isEqualTo(Map.of(0, new GroupOffsetClient.CommittedOffset(3, false)));
            assertThat(worker.offsets.offsetsOnAssignment("a third", Set.of(0)).committed())
                    .isEmpty();
        }
    }

    /** As when two installations have started at the same moment. */
    @Test
    void anOffsetOfAnotherDatabaseIsNotWorkedOn() throws Exception {
        rig.send(1, 0, 5);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, Map.of());
                Admin admin = rig.admin()) {
            TopicPartition partition = new TopicPartition(rig.commands(), 0);
            OffsetAndMetadata elsewhere = new OffsetAndMetadata(3, "lockstep elsewhere");
            admin.alterConsumerGroupOffsets("another", Map.of(partition, elsewhere))
                    .all()
                    .get();
            worker.mark.setDatabaseId("here");

            assertThatThrownBy(() -> worker.offsets.offsetsOnAssignment("another", Set.of(0)))
                    .isInstanceOf(GroupConflictException.class)
                    .satisfies(OperationsDoc::assertDocuments);
            worker.mark.setDatabaseId("elsewhere");
            assertThat(worker.offsets.offsetsOnAssignment("another", Set.of(0)).committed())
                    .isEqualTo(Map.of(0, new GroupOffsetClient.CommittedOffset(3, true)));
        }
    }

    @Test
    void dropsABatchThatIsOlderThanTheAssignmentOfItsPartition() throws Exception {
        rig.send(1, 0, 5);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, Map.of())) {
            Publication batch = worker.next();

            PublishOutcome outcome = worker.publish(new Publication(batch.generation() - 1, batch.partitions()));

            assertThat(outcome).isEqualTo(new PublishOutcome(Map.of(), Set.of(0)));
            assertThat(worker.made).isEmpty();
            assertThat(rig.committed()).isEmpty();
        }
    }

    @Test
    void refusesABatchWithoutAGeneration() {
        assertThatThrownBy(() -> new Publication(-1, List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void publishesNothingForAConsumerWithoutAGeneration() throws Exception {
        rig.send(1, 0, 5);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, Map.of())) {
            worker.ownership.onPartitionsAssigned(
                    new MockConsumer<byte[], byte[]>("earliest") {
                        @Override
                        public synchronized ConsumerGroupMetadata groupMetadata() {
                            return new ConsumerGroupMetadata(rig.group());
                        }
                    },
                    List.of(new TopicPartition(rig.commands(), 0)));
            OutgoingRecord result = new OutgoingRecord(rig.results(), 0, null, PublisherRig.bytes(0), List.of(), null);
            CompletableFuture<PublishOutcome> outcome = worker.publisher.publish(
                    new Publication(0, List.of(new PartitionOutput(0, 5, null, List.of(result)))));
            Awaitility.await().until(() -> worker.publisher.failureCount() >= 3);
            assertThat(worker.publisher.notReadyReason())
                    .as("a rebalance is in nobody's way for a while")
                    .isNull();

            worker.publisher.close();

            assertThat(outcome)
                    .succeedsWithin(Duration.ofSeconds(1))
                    .isEqualTo(new PublishOutcome(Map.of(), Set.of(0)));
            assertThat(rig.committed()).isEmpty();
            assertThat(rig.read(rig.results())).isEmpty();
        }
    }

    @Test
    void shortensADeadLetterThatTheBrokerRefusesAndSparesItsNeighbours() throws Exception {
        shortensTheLargeOne(Map.of("truncated-bytes", "50000"));
    }

    @Test
    void shortensADeadLetterThatTheClientRefusesAndSparesItsNeighbours() throws Exception {
        shortensTheLargeOne(Map.of("truncated-bytes", "50000", "max-request-bytes", "1000000"));
    }

    private void shortensTheLargeOne(Map<String, String> settings) throws Exception {
        rig.send(1, 0, 3);
        byte[] large = new byte[LARGE];
        new Random(1).nextBytes(large);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, settings)) {
            Publication batch = worker.next();
            List<OutgoingRecord> letters =
                    List.of(letter("before".getBytes()), letter(large), letter("after".getBytes()), letter(large));

            PublishOutcome outcome = worker.publish(
                    new Publication(batch.generation(), List.of(new PartitionOutput(0, 3, null, letters))));

            assertThat(outcome.committed()).isEqualTo(Map.of(0, 3L));
            List<ConsumerRecord<byte[], byte[]>> found = rig.read(rig.deadLetters());
            assertThat(found).hasSize(4);
            assertThat(new String(found.get(0).value())).isEqualTo("before");
            assertThat(found.get(0).headers().lastHeader(KafkaHeaders.DEAD_LETTER_TRUNCATED))
                    .isNull();
            assertThat(found.get(1).value()).hasSize(50_000);
            assertThat(new String(found.get(1)
                            .headers()
                            .lastHeader(KafkaHeaders.DEAD_LETTER_TRUNCATED)
                            .value()))
                    .isEqualTo(Integer.toString(LARGE));
            assertThat(new String(found.get(2).value())).isEqualTo("after");
            assertThat(found.get(3).value()).hasSize(50_000);
        }
    }

    @Test
    void publishesNothingOnceItIsClosed() throws Exception {
        rig.send(1, 0, 5);
        try (TestWorker worker = new TestWorker(rig, TestWorker.COOPERATIVE, Map.of())) {
            Publication batch = worker.next();
            worker.publisher.close();

            assertThat(worker.publish(batch)).isEqualTo(new PublishOutcome(Map.of(), Set.of(0)));
            assertThat(rig.committed()).isEmpty();
        }
    }

    private static OutgoingRecord letter(byte[] value) {
        return new OutgoingRecord(
                rig.deadLetters(), 0, null, value, List.of(KafkaHeaders.header("dead-letter-reason", "bad")), null);
    }
}
