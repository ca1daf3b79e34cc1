package dev.lockstep.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.config.TestSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FeedHandoverTest {

    private static final String GROUP = "boards";

    private final AtomicLong nanos = new AtomicLong();
    private final FeedStatus feedStatus = new FeedStatus(true, nanos::get);
    private final FakeBoardTopics topics = new FakeBoardTopics();

    @BeforeEach
    void start() {
        topics.groupSizes.put(GROUP, 2);
        topics.groupSizes.put("lockstep-board", 1);
    }

    @Test
    void aBoardThatCannotReachTheDatabaseLeavesItsPartitionsToOthers() {
        FeedHandover board = handover(true, false);
        feedStatus.recordRetry(new IOException());
        pass(19);
        assertThat(board.isDue()).isFalse();

        pass(1);
        assertThat(board.isDue()).isTrue();

        feedStatus.recordWritten(1);
        assertThat(board.isDue()).isFalse();
    }

    /** Then the tables would get no further. */
    @Test
    void theOnlyProcessOfTheGroupStays() {
        topics.groupSizes.put(GROUP, 1);
        feedStatus.recordRetry(new IOException());
        pass(60);

        assertThat(handover(true, false).isDue()).isFalse();
    }

    @Test
    void aProcessThatDecidesCommandsStaysForThem() {
        feedStatus.recordRetry(new IOException());
        pass(60);

        assertThat(handover(true, true).isDue()).isFalse();
        assertThat(handover(false, false).isDue()).isFalse();
    }

    @Test
    void kafkaIsQueriedOnlyAfterALongDatabaseOutage() {
        topics.isSilent = true;
        FeedHandover board = handover(true, false);
        feedStatus.recordRetry(new IOException());
        assertThat(board.isDue()).isFalse();

        pass(20);
        assertThatThrownBy(board::isDue).isInstanceOf(KafkaException.class);
    }

    private FeedHandover handover(boolean isBoard, boolean isWorker) {
        return new FeedHandover(
                TestSettings.with(Map.of(
                        "lockstep.board.enabled",
                        String.valueOf(isBoard),
                        "lockstep.worker.enabled",
                        String.valueOf(isWorker),
                        "lockstep.board.group",
                        GROUP,
                        "lockstep.leave-after",
                        "20s")),
                feedStatus,
                topics);
    }

    private void pass(int seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
}
