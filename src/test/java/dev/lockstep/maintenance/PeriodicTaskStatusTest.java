package dev.lockstep.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.failure.RetryCause;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener;
import dev.lockstep.listener.WorkerListener.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeriodicTaskStatusTest extends Handler {

    private static final Logger LOG = Logger.getLogger(PeriodicTaskStatus.class.getName());

    private final List<String> said = new ArrayList<>();
    private final List<RetryCause> told = new ArrayList<>();
    private final PeriodicTaskStatus chore =
            new PeriodicTaskStatus(Step.RETENTION, "sweeping", new Listeners(List.of(new WorkerListener() {
                @Override
                public void attemptFailed(Step step, RetryCause cause) {
                    assertThat(step).isEqualTo(Step.RETENTION);
                    told.add(cause);
                }
            })));

    @BeforeEach
    void listen() {
        LOG.addHandler(this);
    }

    @AfterEach
    void stopListening() {
        LOG.removeHandler(this);
    }

    @Test
    void aRepeatedFailureIsLoggedLessAndLessOftenButReportedEachTime() {
        fail(40);

        assertThat(said)
                .extracting(line -> line.replaceAll(".*attempt=(\\d+).*", "$1"))
                .containsExactly("2", "4", "8", "16", "32");
        assertThat(said.get(0)).contains("task=sweeping").contains("reason=IOException: no broom");
        assertThat(told).hasSize(40).containsOnly(RetryCause.DATABASE_UNREACHABLE);
    }

    @Test
    void aSingleFailureIsNotWorthALine() {
        fail(1);
        chore.recordSuccess();
        fail(1);
        chore.recordSuccess();

        assertThat(said).isEmpty();
        assertThat(told).hasSize(2);
    }

    @Test
    void itGivesAReasonFromSoManyFailuresInARowOnUntilItSucceeds() {
        fail(6);
        assertThat(chore.failureReason(7)).isNull();
        fail(1);
        assertThat(chore.failureReason(7)).isEqualTo("failed 7 times in a row: IOException: no broom");

        chore.recordSuccess();
        assertThat(chore.failureReason(7)).isNull();
        assertThat(said.get(said.size() - 1)).isEqualTo("Housekeeping works again task=sweeping attempts=8");
        fail(6);
        assertThat(chore.failureReason(7)).isNull();
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            chore.recordFailure(new IllegalStateException(new IOException("no broom")));
        }
    }

    @Override
    public void publish(LogRecord line) {
        if (line.getLevel().intValue() >= Level.INFO.intValue()) {
            said.add(new PatternFormatter("%s").format((ExtLogRecord) line));
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
