package dev.lockstep.store;

import static dev.lockstep.store.BatchApplierAgainstModelTest.applications;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.RealStores;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.model.CommandGenerator;
import dev.lockstep.model.SentCommand;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A paused worker and its successor apply the same batch at the same time: one waits for the other, and neither notices. */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierRaceTest {

    private static final long SEED = 2_001;
    private static final int TOPICS = 20;
    private static final int BATCHES = 10;
    private static final int COMMANDS = 6;
    private static final long PATIENCE_SECONDS = 120;

    @Inject
    PostgresStore postgres;

    private final ExecutorService workers = Executors.newFixedThreadPool(2);

    @AfterEach
    void stop() {
        workers.shutdownNow();
    }

    /** The first batch of each topic also races for its first progress row. Neither apply may fail: nothing is retried. */
    @Test
    void concurrentAppliersOfOneBatchAgreeAndDecideItOnce() throws Exception {
        for (int topic = 0; topic < TOPICS; topic++) {
            BatchApplierRig rig = postgres.rig();
            AppliedOutput told = new AppliedOutput();
            CommandGenerator commands = new CommandGenerator(SEED + topic, applications("race-" + topic));
            for (int i = 0; i < BATCHES; i++) {
                List<SentCommand> sent = commands.take(COMMANDS);
                List<IncomingRecord> batch = rig.receive(sent);

                List<Future<List<PartitionOutcome>>> both =
                        postgres.race(workers, () -> rig.apply(batch), () -> rig.apply(batch));
                List<PartitionOutcome> outcomes = both.get(0).get(PATIENCE_SECONDS, TimeUnit.SECONDS);

                assertThat(AppliedOutput.bytes(both.get(1).get(PATIENCE_SECONDS, TimeUnit.SECONDS)))
                        .isEqualTo(AppliedOutput.bytes(outcomes));
                assertThat(told.differences(sent, batch, outcomes)).isEmpty();
            }
            assertThat(told.statusDifferences()).isEmpty();
        }
    }
}
