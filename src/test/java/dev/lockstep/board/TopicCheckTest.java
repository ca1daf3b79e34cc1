package dev.lockstep.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.board.tables.FakeFeedProgress;
import dev.lockstep.board.tables.FeedProgress.Position;
import dev.lockstep.board.tables.FeedProgress.ReachedEnd;
import dev.lockstep.config.TestSettings;
import dev.lockstep.wire.Topics;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TopicCheckTest {

    private static final Topics NAMES = Topics.of(TestSettings.with(Map.of()).topics());
    private static final TopicPartition EVENTS = new TopicPartition(NAMES.events(), 0);
    private static final List<TopicPartition> ALL = List.of(
            EVENTS,
            new TopicPartition(NAMES.results(), 0),
            new TopicPartition(NAMES.releaseStatus(), 0),
            new TopicPartition(NAMES.deploymentStatus(), 0),
            new TopicPartition(NAMES.applicationStatus(), 0));

    private final AtomicLong nanos = new AtomicLong();
    private final FakeBoardTopics topics = new FakeBoardTopics();
    private final FakeFeedProgress progress = new FakeFeedProgress();
    private final FeedStatus feedStatus = new FeedStatus(true, nanos::get);
    private final List<Map<String, BoardTopics.Topic>> checked = new ArrayList<>();
    private Uni<List<ReachedEnd>> reachedEnds = Uni.createFrom().item(List.of());
    private final TopicCheck check = new TopicCheck(
            topics,
            new FeedRebalanceListener(progress, topics, null) {
                @Override
                Uni<List<ReachedEnd>> checkTopics(
                        Map<TopicPartition, Position> read,
                        Map<String, BoardTopics.Topic> described,
                        Map<TopicPartition, Long> ends) {
                    checked.add(described);
                    return reachedEnds;
                }
            },
            progress,
            feedStatus,
            nanos::get);

    /** Everything is in the tables. */
    @BeforeEach
    void start() {
        for (TopicPartition partition : ALL) {
            topics.described.put(partition.topic(), new BoardTopics.Topic("first", 1));
            topics.ends.put(partition, 10L);
            progress.store(partition, 10, "first");
        }
    }

    @Test
    void tablesThatHaveEverythingAreCompletelyReadAfterThreeChecks() {
        run(2);
        assertThat(check.completelyRead()).isEmpty();

        run(1);
        assertThat(check.completelyRead()).isEqualTo(Set.copyOf(ALL));
        assertThat(feedStatus.lag()).isZero();
        assertThat(checked).containsOnly(topics.described).hasSize(3);
    }

    @Test
    void tablesThatStayBehindAreNotCompletelyRead() {
        progress.store(EVENTS, 9, "first");

        run(3);

        assertThat(check.completelyRead()).isEmpty();
        assertThat(feedStatus.lag()).isEqualTo(Duration.ofSeconds(10));
    }

    /** However far the former one was read. */
    @Test
    void nothingOfARecreatedTopicIsInTheTables() {
        run(3);
        topics.described.put(EVENTS.topic(), new BoardTopics.Topic("second", 1));

        run(3);
        assertThat(check.completelyRead()).isEmpty();
        assertThat(feedStatus.lag()).isEqualTo(Duration.ofSeconds(10));

        progress.store(EVENTS, 10, "second");
        run(1);
        assertThat(feedStatus.lag()).isZero();
        assertThat(check.completelyRead()).isEqualTo(Set.copyOf(ALL));
    }

    @Test
    void whileAPartitionHasNoLeaderNothingIsCompletelyRead() {
        run(3);
        topics.ends.remove(EVENTS);
        run(1);
        assertThat(check.completelyRead()).isEmpty();
        assertThat(feedStatus.lag()).isZero();

        topics.ends.put(EVENTS, 10L);
        run(2);
        assertThat(check.completelyRead()).isEmpty();
        run(1);
        assertThat(check.completelyRead()).isEqualTo(Set.copyOf(ALL));
    }

    @Test
    void whileATopicIsMissingNothingIsCompletelyRead() {
        run(3);

        topics.described.remove(EVENTS.topic());
        run(3);

        assertThat(check.completelyRead()).isEmpty();
    }

    @Test
    void aCheckThatFailsLeavesTheTablesAsFarBehindAsTheyWere() {
        progress.store(EVENTS, 9, "first");
        run(3);

        topics.describeFailure = new KafkaException("no answer");
        run(1);
        assertThat(feedStatus.lag()).isEqualTo(Duration.ofSeconds(15));

        topics.describeFailure = null;
        topics.isSilent = true;
        run(1);
        assertThat(feedStatus.lag()).isEqualTo(Duration.ofSeconds(20));

        topics.isSilent = false;
        progress.setUnreachable(true);
        run(1);
        assertThat(feedStatus.lag()).isEqualTo(Duration.ofSeconds(25));
    }

    @Test
    void whileTheTopicsCannotBeDescribedNothingIsCompletelyReadAndThatIsSaid() {
        run(3);

        topics.describeFailure = new KafkaException("no answer");
        run(1);
        assertThat(check.completelyRead()).isEmpty();

        run(5);
        assertThat(feedStatus.notReadyReason()).isEqualTo("Kafka has not answered the board for 30 s");
        assertThat(checked).as("nothing to compare with").hasSize(3);

        topics.describeFailure = null;
        run(1);
        assertThat(feedStatus.notReadyReason()).isNull();
    }

    @Test
    void whileTheEndsAreUnknownNothingIsCompletelyReadAndThatIsSaid() {
        run(3);

        topics.isSilent = true;
        run(1);
        assertThat(check.completelyRead()).isEmpty();

        run(5);
        assertThat(feedStatus.notReadyReason()).isEqualTo("Kafka has not answered the board for 30 s");
    }

    @Test
    void whileTheTablesCannotBeReadNothingIsCompletelyReadAndThatIsSaid() {
        run(3);

        progress.setUnreachable(true);
        run(1);
        assertThat(check.completelyRead()).isEmpty();

        run(5);
        assertThat(feedStatus.notReadyReason()).isEqualTo("the board's tables could not be read for 30 s");
    }

    @Test
    void afterAFailureThreeMoreChecksAreNeeded() {
        run(3);
        topics.isSilent = true;
        run(1);

        topics.isSilent = false;
        run(2);
        assertThat(check.completelyRead()).isEmpty();
        run(1);
        assertThat(check.completelyRead()).isEqualTo(Set.copyOf(ALL));
    }

    @Test
    void anErrorDoesNotEndTheChecks() {
        topics.describeFailure = new NoClassDefFoundError("dev/lockstep/Gone");
        run(1);

        topics.describeFailure = null;
        run(3);

        assertThat(check.completelyRead()).isEqualTo(Set.copyOf(ALL));
    }

    @Test
    void aPositionIsMovedToTheEndOverWhatIsNoRecord() {
        progress.store(EVENTS, 8, "first");
        ReachedEnd end = reached(EVENTS, 10, 7);

        run(1);

        assertThat(progress.recordedEnds()).containsExactly(end);
    }

    @Test
    void aPositionIsMovedEvenIfNothingWasEverRead() {
        progress.stored().remove(EVENTS);
        ReachedEnd end = reached(EVENTS, 10, ReachedEnd.NOTHING_POLLED);

        run(1);

        assertThat(progress.recordedEnds()).containsExactly(end);
    }

    @Test
    void aPositionIsNotMovedOverWhatWasPolledAndIsNotWritten() {
        progress.store(EVENTS, 8, "first");
        reached(EVENTS, 10, 8);

        run(1);

        assertThat(progress.recordedEnds()).isEmpty();
    }

    @Test
    void aPositionIsNotMovedIfItIsThereAlready() {
        reached(EVENTS, 10, 7);

        run(1);

        assertThat(progress.recordedEnds()).isEmpty();
    }

    /** The consumer may have read further than the broker says now: in a topic that has been recreated since. */
    @Test
    void aPositionIsNotMovedBehindTheEndOfItsTopic() {
        progress.store(EVENTS, 8, "first");
        reached(EVENTS, 11, 7);
        run(1);
        assertThat(progress.recordedEnds()).isEmpty();

        topics.ends.remove(EVENTS);
        reached(EVENTS, 10, 7);
        run(1);
        assertThat(progress.recordedEnds()).isEmpty();
    }

    @Test
    void whileTheDatabaseCannotBeReachedThePositionStaysAndIsMovedByALaterCheck() {
        progress.store(EVENTS, 8, "first");
        ReachedEnd end = reached(EVENTS, 10, 7);
        reachedEnds = reachedEnds.invoke(() -> progress.setUnreachable(true));
        run(1);
        assertThat(progress.recordedEnds()).isEmpty();

        progress.setUnreachable(false);
        reached(EVENTS, 10, 7);
        run(1);
        assertThat(progress.recordedEnds()).containsExactly(end);
    }

    @Test
    void whatFailsOnThePollingThreadKeepsNothingFromBeingCompared() {
        reachedEnds = Uni.createFrom().failure(new IllegalStateException("no connection"));

        run(3);

        assertThat(check.completelyRead()).isEqualTo(Set.copyOf(ALL));
        assertThat(progress.recordedEnds()).isEmpty();
    }

    @Test
    @Timeout(60)
    void aPollingThreadThatDoesNotAnswerIsNotWaitedForForEver() {
        progress.store(EVENTS, 9, "first");
        run(2);
        reachedEnds = Uni.createFrom().nothing();

        run(1);

        assertThat(feedStatus.lag()).isEqualTo(Duration.ofSeconds(10));
        assertThat(progress.recordedEnds()).isEmpty();
    }

    private void run(int checks) {
        for (int i = 0; i < checks; i++) {
            nanos.addAndGet(Duration.ofSeconds(5).toNanos());
            check.run();
        }
    }

    private ReachedEnd reached(TopicPartition partition, long position, long lastPolled) {
        ReachedEnd end = new ReachedEnd(partition, "first", position, lastPolled);
        reachedEnds = Uni.createFrom().item(List.of(end));
        return end;
    }
}
