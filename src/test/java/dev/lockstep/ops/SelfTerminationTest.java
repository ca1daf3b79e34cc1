package dev.lockstep.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.docs.OperationsDoc;
import dev.lockstep.failure.RetryCause;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SelfTerminationTest {

    private static final Duration AFTER = Duration.ofSeconds(30);
    private static final int LOOK_SECONDS = 5;

    private long now;
    private boolean isBoardHandoverDue;
    private final Map<Integer, Long> others = new HashMap<>(Map.of(4, 100L, 5, 100L));
    private final List<String> left = new ArrayList<>();
    private final List<Integer> exitCodes = new ArrayList<>();
    private final SelfTermination leaving =
            new SelfTermination(AFTER, () -> now, () -> Map.copyOf(others), () -> isBoardHandoverDue, this::leave);

    @Test
    void whoCannotReachTheDatabaseLeavesWhileOthersCommit() {
        for (int seconds = 0; seconds < 30; seconds += LOOK_SECONDS) {
            fail(Step.APPLY, RetryCause.DATABASE_UNREACHABLE);
            commit(4);
            look();
            assertThat(left).isEmpty();
        }
        for (int seconds = 0; seconds < 30; seconds += LOOK_SECONDS) {
            fail(Step.APPLY, RetryCause.DATABASE_UNREACHABLE);
            commit(4);
            look();
        }
        assertThat(left).hasSize(1);
        assertThat(left.get(0)).contains("it has been blocked for");
        assertThat(exitCodes).containsExactly(75);
    }

    @Test
    void aBoardLeavesWhenOthersShouldFillItsTables() {
        look();
        assertThat(left).isEmpty();

        isBoardHandoverDue = true;
        look();
        assertThat(exitCodes).containsExactly(75);
    }

    @Test
    void aFailingSetupIsEnough() {
        for (int look = 0; look < 12; look++) {
            fail(Step.SETUP, RetryCause.DATABASE_UNREACHABLE);
            commit(5);
            look();
        }
        assertThat(left).hasSize(1);
    }

    /** A privilege that was revoked from this worker: its setup keeps it out after the restart. */
    @Test
    void aWorkerWhoseSetupNoLongerHoldsLeaves() {
        for (int look = 0; look < 12; look++) {
            fail(Step.SETUP, RetryCause.UNSUITABLE);
            commit(5);
            look();
        }
        assertThat(left).hasSize(1);
    }

    @Test
    void whoAppliesStaysWhateverItsSetupSays() {
        for (int look = 0; look < 100; look++) {
            fail(Step.SETUP, RetryCause.DATABASE_UNREACHABLE);
            commit(4);
            leaving.attemptsFinished(Step.APPLY, this);
            look();
        }
        assertThat(left).isEmpty();
    }

    @Test
    void whenNobodyCommitsAllStay() {
        for (int look = 0; look < 100; look++) {
            fail(Step.APPLY, RetryCause.DATABASE_UNREACHABLE);
            look();
        }
        assertThat(left).isEmpty();
    }

    /** The database goes down for this worker a little earlier than for others, and comes back a little later. */
    @Test
    void anOutageThatOthersFindALittleLaterIsNoReason() {
        fail(Step.APPLY, RetryCause.DATABASE_UNREACHABLE);
        look();
        commit(4);
        look();
        for (int look = 0; look < 100; look++) {
            fail(Step.APPLY, RetryCause.DATABASE_UNREACHABLE);
            look();
        }
        commit(4);
        look();
        commit(4);
        look();
        leaving.attemptsFinished(Step.APPLY, this);
        look();
        look();
        look();
        assertThat(left).isEmpty();
    }

    @Test
    void whoAppliesSomethingMeanwhileStays() {
        for (int look = 0; look < 100; look++) {
            fail(Step.APPLY, RetryCause.DATABASE_UNREACHABLE);
            commit(4);
            look();
            if (look % 5 == 4) {
                leaving.attemptsFinished(Step.APPLY, this);
            }
        }
        assertThat(left).isEmpty();
    }

    /** A full disk, a lock, a partition for which Kafka accepts nothing: these would affect whoever gets the partitions. */
    @Test
    void whatOthersWouldFindTooIsNoReason() {
        for (RetryCause cause : RetryCause.values()) {
            for (int look = 0; look < 20 && cause != RetryCause.DATABASE_UNREACHABLE; look++) {
                if (cause != RetryCause.NEWER_FORMAT) {
                    fail(Step.APPLY, cause);
                }
                if (cause != RetryCause.UNSUITABLE) {
                    fail(Step.SETUP, cause);
                }
                fail(Step.PUBLISH, cause);
                commit(4);
                look();
            }
        }
        assertThat(left).isEmpty();
    }

    /** It is retried only minutes later. */
    @Test
    void housekeepingThatFailedIsNoReason() {
        fail(Step.HOUSEKEEPING, RetryCause.DATABASE_UNREACHABLE);
        fail(Step.RETENTION, RetryCause.DATABASE_UNREACHABLE);
        for (int look = 0; look < 100; look++) {
            commit(4);
            look();
        }
        assertThat(left).isEmpty();
    }

    @Test
    void aWorkerThatEncountersANewerFormatLeavesAtOnce() {
        leaving.attemptFailed(Step.APPLY, RetryCause.NEWER_FORMAT);
        leaving.attemptFailed(Step.APPLY, RetryCause.NEWER_FORMAT);
        assertThat(left).hasSize(1);
    }

    /** The classes of an artefact that was replaced, or a library that may not be loaded. */
    @Test
    void aWorkerThatCannotLoadCodeExitsAtOnceWithItsOwnExitCode() {
        Listeners listeners = new Listeners(List.of(leaving));
        listeners.notifyIfUnloadable(new IllegalStateException(new UnsatisfiedLinkError("no zstd: map segment\nat")));
        listeners.notifyIfUnloadable(new NoClassDefFoundError("dev/lockstep/Gone"));

        assertThat(left)
                .containsExactly(
                        "Shutting down, code or a native library cannot be loaded reason=UnsatisfiedLinkError: no zstd: map segment");
        assertThat(exitCodes).containsExactly(72);
        OperationsDoc.assertDocuments(left.get(0));
    }

    @Test
    void otherErrorsAreNoReason() {
        new Listeners(List.of(leaving)).notifyIfUnloadable(new IllegalStateException(new StackOverflowError()));
        assertThat(left).isEmpty();
    }

    @Test
    void abandonedWorkEndsTheProcess() {
        leaving.workAbandoned("java.lang.NullPointerException");
        leaving.workAbandoned("java.lang.NullPointerException");
        assertThat(exitCodes).containsExactly(SelfTermination.EXIT_TEMPFAIL);
        assertThat(left).singleElement().asString().contains("NullPointerException");
    }

    /** Its class loader is closed while some threads are still working. */
    @Test
    void aStoppingWorkerIsNotTreatedAsLackingCode() {
        leaving.stop(null);
        leaving.unloadable("NoClassDefFoundError: dev/lockstep/Gone");
        assertThat(left).isEmpty();
    }

    private void leave(int exitCode, String why) {
        exitCodes.add(exitCode);
        left.add(why);
    }

    private void fail(Step step, RetryCause cause) {
        leaving.attemptFailed(step, cause);
    }

    private void commit(int partition) {
        others.merge(partition, 1L, Long::sum);
    }

    private void look() {
        now += Duration.ofSeconds(LOOK_SECONDS).toNanos();
        leaving.check();
    }
}
