package dev.lockstep.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener;
import dev.lockstep.partition.CommitMetadata;
import dev.lockstep.partition.OffsetGap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class GapReporterTest {

    private final List<String> told = new ArrayList<>();
    private long start;
    private int asked;
    private boolean isAway;
    private final GapReporter gaps = new GapReporter(
            new GroupOffsetClient(null, "commands", new CommitMetadata()) {
                @Override
                Map<Integer, Long> startOffsets(Set<Integer> partitions) {
                    asked++;
                    if (isAway) {
                        throw new TimeoutException();
                    }
                    return Map.of(0, start);
                }
            },
            new Listeners(List.of(new WorkerListener() {
                @Override
                public void commandsDeleted(long atMost) {
                    told.add("deleted " + atMost);
                }

                @Override
                public void recordsLost(long records) {
                    told.add("lost " + records);
                }
            })),
            Runnable::run);

    @Test
    void gapsLeftByTransactionsAreNotReported() {
        start = 5;
        note(5, 6);
        note(8, 10);

        gaps.explainGaps();

        assertThat(told).isEmpty();
        assertThat(asked).as("once for all").isEqualTo(1);
    }

    @Test
    void deletedCommandsAreReportedOnce() {
        start = 11_901;
        note(2_101, 11_901);
        gaps.explainGaps();
        note(2_101, Long.MAX_VALUE);
        gaps.explainGaps();
        assertThat(told).containsExactly("deleted 9800");

        start = 12_000;
        note(2_101, Long.MAX_VALUE);
        gaps.explainGaps();
        assertThat(told).containsExactly("deleted 9800", "deleted 99");
    }

    /** Each moved command is followed by one, and a log that is emptied up to there looks as if it had lost a command. */
    @Test
    void aSingleOffsetIsNotHeldForACommand() {
        start = 6;
        note(5, 6);

        gaps.explainGaps();

        assertThat(told).isEmpty();
    }

    @Test
    void whatIsDeletedAfterItWasReadIsNotMissed() {
        note(5, 6);
        start = 90;

        gaps.explainGaps();

        assertThat(told).isEmpty();
    }

    @Test
    void kafkaIsQueriedAgainWhenItDoesNotAnswerAndNotWithoutNeed() {
        gaps.explainGaps();
        assertThat(asked).isZero();

        note(0, 10);
        start = 10;
        isAway = true;
        gaps.explainGaps();
        isAway = false;
        gaps.explainGaps();
        gaps.explainGaps();

        assertThat(told).containsExactly("deleted 10");
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void manyGapsDoNotWait() {
        for (int i = 0; i < 10_000; i++) {
            note(2 * i, 2 * i + 1);
        }
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void whatNeedsNoExplanationIsReportedAtOnce() {
        gaps.add(List.of(new OffsetGap(OffsetGap.Cause.SOURCE_RECORD_LOST, 0, 6, 9, 2)));

        assertThat(told).containsExactly("lost 2");
        assertThat(asked).isZero();
    }

    private void note(long from, long to) {
        gaps.add(List.of(new OffsetGap(OffsetGap.Cause.OFFSETS_MISSING, 0, from, to, to - from)));
    }
}
