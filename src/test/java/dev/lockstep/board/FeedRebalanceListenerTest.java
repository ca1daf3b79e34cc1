package dev.lockstep.board;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.board.tables.FakeFeedProgress;
import dev.lockstep.board.tables.FeedProgress.Position;
import dev.lockstep.board.tables.FeedProgress.ReachedEnd;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import io.smallrye.reactive.messaging.kafka.KafkaProducer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FeedRebalanceListenerTest extends Handler {

    private static final Logger LOG = Logger.getLogger(FeedRebalanceListener.class.getName());
    private static final TopicPartition ONE = new TopicPartition("events", 0);
    private static final TopicPartition TWO = new TopicPartition("results", 0);

    private final FakeFeedProgress progress = new FakeFeedProgress();
    private final FakeBoardTopics topics = new FakeBoardTopics();
    private final FeedRebalanceListener positions = new FeedRebalanceListener(progress, topics, new WithoutConsumers());
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final Map<TopicPartition, Long> ends = new HashMap<>(Map.of(ONE, 100L, TWO, 100L));
    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void start() {
        LOG.addHandler(this);
        LOG.setLevel(Level.INFO); // whatever level another test has set for our packages
        consumer.updateBeginningOffsets(Map.of(ONE, 2L, TWO, 0L));
        consumer.updateEndOffsets(ends);
        describe("first");
        topics.described.put(TWO.topic(), new BoardTopics.Topic("first", 1));
    }

    @AfterEach
    void stopListening() {
        LOG.removeHandler(this);
        LOG.setLevel(null);
    }

    @Test
    void readingContinuesWhereTheTablesAre() {
        progress.store(ONE, 40, "first");

        assign(ONE, TWO);

        assertThat(consumer.position(ONE)).isEqualTo(40);
        assertThat(consumer.position(TWO)).as("never read").isZero();
        assertThat(said).isEmpty();
    }

    @Test
    void aTopicRecreatedBeforeTheAssignmentIsReadFromItsBeginningAndThatIsSaid() {
        progress.store(ONE, 40, "first");
        progress.store(TWO, 40, "first");
        describe("second");

        assign(ONE, TWO);

        assertThat(consumer.position(ONE)).isEqualTo(2);
        assertThat(consumer.position(TWO)).isEqualTo(40);
        assertThat(said).containsExactly("A topic was recreated, reading it from the beginning partition=events-0");
    }

    @Test
    void aTopicRecreatedWhileItIsReadIsReadFromItsBeginningOnce() {
        progress.store(ONE, 40, "first");
        assign(ONE);
        poll(ONE, 40, 41);

        check("second");
        assertThat(consumer.position(ONE)).isEqualTo(2);
        assertThat(progress.stored()).containsEntry(ONE, new Position(0, "second"));
        assertThat(said).containsExactly("A topic was recreated, reading it from the beginning partition=events-0");

        poll(ONE, 2, 3);
        check("second");
        assertThat(consumer.position(ONE)).isEqualTo(4);
        assertThat(said).hasSize(1);
    }

    /** As a process that had lost the partition, or that looked up the topic's id too early, may have stored. */
    @Test
    void aPositionOfAnotherTopicIsReplacedEvenIfThisProcessReadsTheRightOne() {
        assign(ONE);
        poll(ONE, 2, 3);
        progress.store(ONE, 40, "former");

        check("first");

        assertThat(progress.stored()).containsEntry(ONE, new Position(0, "first"));
        assertThat(consumer.position(ONE)).isEqualTo(2);
    }

    /** Until then they are not written if the tables know the topic. */
    @Test
    void whatWasPolledBeforeTheTopicWasKnownIsPolledAgain() {
        topics.describeFailure = new KafkaException("no answer");
        progress.setUnreachable(true);
        assign(ONE);
        progress.setUnreachable(false);
        progress.store(ONE, 3, "first");
        assertThat(poll(ONE, 2, 3)).extracting(FakeFeedProgress::topicIdOf).containsOnlyNulls();

        check("first");

        assertThat(poll(ONE, 3)).extracting(FakeFeedProgress::topicIdOf).containsExactly("first");
    }

    @Test
    void everyRecordIsOfTheTopicThatWasKnownWhenItWasPolled() {
        assign(ONE, TWO);
        ConsumerRecords<byte[], byte[]> before = poll(ONE, 40);
        check("second");
        ConsumerRecords<byte[], byte[]> after = poll(ONE, 2, 3);

        assertThat(before).extracting(FakeFeedProgress::topicIdOf).containsExactly("first");
        assertThat(after).extracting(FakeFeedProgress::topicIdOf).containsExactly("second", "second");
    }

    @Test
    void aTopicThatEndsBeforeTheStoredPositionIsReadFromItsBeginningAndThatIsSaid() {
        progress.store(ONE, 101, "first");
        progress.store(TWO, 100, "first");

        assign(ONE, TWO);

        assertThat(consumer.position(ONE)).isEqualTo(2);
        assertThat(progress.stored())
                .as("else its records would be skipped")
                .containsEntry(ONE, new Position(0, "first"));
        assertThat(consumer.position(TWO)).as("the end itself").isEqualTo(100);
        assertThat(said)
                .containsExactly("The stored position is beyond the end of a topic, reading it from the beginning"
                        + " partition=events-0 position=101 end=100");
    }

    /** A leader that lacked its last records was elected, or a broker was restored from a backup. */
    @Test
    void aTopicThatBecomesShorterWhileItIsReadIsReadFromItsBeginningOnce() {
        progress.store(ONE, 40, "first");
        progress.store(TWO, 40, "first");
        assign(ONE, TWO);
        poll(ONE, 40, 41);
        progress.store(ONE, 42, "first");

        ends.put(ONE, 41L);
        ends.put(TWO, 40L);
        check("first");

        assertThat(consumer.position(ONE)).isEqualTo(2);
        assertThat(progress.stored()).containsEntry(ONE, new Position(0, "first"));
        assertThat(consumer.position(TWO)).as("the end itself").isEqualTo(40);
        assertThat(said)
                .containsExactly("The stored position is beyond the end of a topic, reading it from the beginning"
                        + " partition=events-0 position=42 end=41");

        poll(ONE, 2, 3);
        check("first");
        assertThat(consumer.position(ONE)).isEqualTo(4);
        assertThat(said).hasSize(1);
    }

    @Test
    void aPartitionAboutWhoseEndNothingIsKnownIsReadOn() {
        progress.store(ONE, 40, "first");
        assign(ONE);

        ends.remove(ONE);
        check("first");

        assertThat(consumer.position(ONE)).isEqualTo(40);
    }

    @Test
    void whileTheBrokerDoesNotDescribeTheTopicsReadingContinuesAndTheNextCheckDetectsARecreatedOne() {
        progress.store(ONE, 40, "first");
        progress.store(TWO, 40, "first");
        topics.describeFailure = new KafkaException("no answer");

        assign(ONE, TWO);
        assertThat(consumer.position(ONE)).isEqualTo(40);
        assertThat(poll(ONE, 40)).extracting(FakeFeedProgress::topicIdOf).containsExactly("first");

        check("second");
        assertThat(consumer.position(ONE)).isEqualTo(2);
        assertThat(consumer.position(TWO)).isEqualTo(40);
        assertThat(poll(TWO, 40)).extracting(FakeFeedProgress::topicIdOf).containsExactly("first");
    }

    @Test
    void withoutTheStoredPositionsReadingStartsAtTheBeginningAndTheChecksTryAgain() {
        progress.store(ONE, 40, "first");
        progress.store(TWO, 40, "first");
        describe("second");
        progress.setUnreachable(true);

        assign(ONE, TWO);
        assertThat(consumer.position(ONE)).isEqualTo(2);
        assertThat(said).containsExactly("The board reads from the beginning reason=IllegalStateException");
        poll(ONE, 2, 3);

        assertThatThrownBy(() -> check("second")).hasMessage("no connection");
        progress.setUnreachable(false);
        check("second");

        assertThat(consumer.position(ONE)).isEqualTo(2);
        assertThat(poll(ONE, 2)).extracting(FakeFeedProgress::topicIdOf).containsExactly("second");
    }

    @Test
    void withoutTheEndsReadingStartsAtTheBeginning() {
        progress.store(ONE, 40, "first");
        consumer.setOffsetsException(new KafkaException("no answer"));

        assign(ONE);

        assertThat(consumer.position(ONE)).isEqualTo(2);
        assertThat(progress.stored()).containsEntry(ONE, new Position(40, "first"));
    }

    @Test
    void aTopicThatTheBrokerSaysNothingAboutIsReadOn() {
        progress.store(ONE, 40, "first");
        assign(ONE);

        check(Map.of("results", "first"));
        assertThat(consumer.position(ONE)).isEqualTo(40);

        check("second");
        assertThat(consumer.position(ONE)).isEqualTo(2);
    }

    /** An older version stored none. */
    @Test
    void positionsWithoutATopicAreOfThePresentOne() {
        progress.store(ONE, 40, null);
        progress.store(TWO, 40, "first");
        assign(ONE, TWO);
        assertThat(consumer.position(ONE)).isEqualTo(40);
        assertThat(progress.stored().get(ONE)).isEqualTo(new Position(40, "first"));

        progress.store(ONE, 40, null);
        topics.describeFailure = new KafkaException("no answer");
        assign(ONE, TWO);
        assertThat(progress.stored().get(ONE).topicId()).isNull();
        check("first");
        assertThat(progress.stored().get(ONE)).isEqualTo(new Position(40, "first"));
        assertThat(consumer.position(ONE)).isEqualTo(40);
    }

    /** Whatever the position has passed since the last record, such as transaction markers. */
    @Test
    void theEndIsReachedWhereNothingIsLeftToPoll() {
        progress.store(ONE, 40, "first");
        progress.store(TWO, 97, "first");
        assign(ONE, TWO);
        poll(ONE, 40, 41);
        assertThat(check("first")).isEmpty();

        consumer.seek(ONE, 100);
        assertThat(check("first")).containsExactly(new ReachedEnd(ONE, "first", 100, 41));

        consumer.seek(TWO, 100);
        assertThat(check("first"))
                .containsExactlyInAnyOrder(
                        new ReachedEnd(ONE, "first", 100, 41),
                        new ReachedEnd(TWO, "first", 100, ReachedEnd.NOTHING_POLLED));
    }

    @Test
    void nothingIsKnownAboutTheEndOfATopicWithoutAnId() {
        progress.store(ONE, 100, null);
        topics.describeFailure = new KafkaException("no answer");
        assign(ONE);

        assertThat(check(Map.of())).isEmpty();
        assertThat(check("first")).hasSize(1);
    }

    @Test
    void whatWasPolledOfTheFormerTopicDoesNotCount() {
        assign(ONE);
        poll(ONE, 98, 99);
        check("second");

        consumer.seek(ONE, 100);

        assertThat(check("second")).containsExactly(new ReachedEnd(ONE, "second", 100, ReachedEnd.NOTHING_POLLED));
    }

    /** Another process may have written more, or the topic may have been recreated. */
    @Test
    void aPartitionThatWasAwayIsANewOne() {
        assign(ONE, TWO);
        poll(ONE, 99);
        poll(TWO, 99);

        consumer.assign(List.of(TWO));
        assertThat(check("first")).containsExactly(new ReachedEnd(TWO, "first", 100, 99));

        progress.store(ONE, 100, "second");
        describe("second");
        consumer.assign(List.of(ONE, TWO));
        positions.onPartitionsAssigned(consumer, List.of(ONE));

        assertThat(consumer.position(ONE)).isEqualTo(100);
        assertThat(check("second"))
                .containsExactlyInAnyOrder(
                        new ReachedEnd(ONE, "second", 100, ReachedEnd.NOTHING_POLLED),
                        new ReachedEnd(TWO, "first", 100, 99));
    }

    @Test
    void nothingIsKnownAboutAPartitionThatWasAwayWhileItsPositionCannotBeRead() {
        assign(ONE);
        poll(ONE, 40);
        consumer.assign(List.of());

        progress.setUnreachable(true);
        assign(ONE);

        assertThat(poll(ONE, 2)).extracting(FakeFeedProgress::topicIdOf).containsOnlyNulls();
    }

    @Test
    void aProcessThatReadsNothingHasReachedNoEnd() {
        assertThat(positions.checkTopics(Map.of(), Map.of(), Map.of()).await().atMost(Duration.ofSeconds(10)))
                .isEmpty();
    }

    /** The topic of the first partition; the other one stays as it is. */
    private void describe(String id) {
        topics.described.put(ONE.topic(), new BoardTopics.Topic(id, 1));
    }

    private void assign(TopicPartition... partitions) {
        consumer.assign(List.of(partitions));
        positions.onPartitionsAssigned(consumer, List.of(partitions));
    }

    private List<ReachedEnd> check(String id) {
        return check(Map.of(ONE.topic(), id, TWO.topic(), "first"));
    }

    private List<ReachedEnd> check(Map<String, String> ids) {
        return positions.checkTopics(consumer, Map.copyOf(progress.stored()), ids, ends);
    }

    private ConsumerRecords<byte[], byte[]> poll(TopicPartition partition, long... offsets) {
        for (long offset : offsets) {
            consumer.addRecord(new ConsumerRecord<>(
                    partition.topic(), partition.partition(), offset, "key".getBytes(UTF_8), "value".getBytes(UTF_8)));
        }
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ZERO);
        assertThat(polled.count()).isEqualTo(offsets.length);
        positions.onPoll(polled);
        return polled;
    }

    /** The connector's, in a process whose consumer does not run. */
    private static final class WithoutConsumers implements KafkaClientService {

        @Override
        public <K, V> List<KafkaConsumer<K, V>> getConsumers(String channel) {
            return List.of();
        }

        @Override
        public <K, V> KafkaProducer<K, V> getProducer(String channel) {
            return null;
        }

        @Override
        public Set<String> getConsumerChannels() {
            return Set.of();
        }

        @Override
        public Set<String> getProducerChannels() {
            return Set.of();
        }
    }

    @Override
    public void publish(LogRecord record) {
        said.add(new PatternFormatter("%s").format(ExtLogRecord.wrap(record)));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
