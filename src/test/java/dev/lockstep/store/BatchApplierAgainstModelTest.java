package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.RealStores;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.model.CommandGenerator;
import dev.lockstep.model.SentCommand;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Seeded commands through the real database, many at a time: what is loaded, decided and written agrees with the model. */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierAgainstModelTest {

    private static final int SEQUENCES = 30;
    private static final int COMMANDS = 400;
    private static final int LARGEST_BATCH = 40;

    @Inject
    PostgresStore postgres;

    @Test
    void howeverCommandsAreBatchedEachOutcomeAgreesWithTheModel() {
        for (long seed = 1; seed <= SEQUENCES; seed++) {
            sequence(seed);
        }
        assertThat(postgres.number("select count(*) from environment where application like 'model-%'"))
                .as("environments dropped with a history")
                .isPositive();
    }

    private void sequence(long seed) {
        BatchApplierRig rig = postgres.rig();
        AppliedOutput told = new AppliedOutput();
        Random random = new Random(seed);
        List<SentCommand> commands = new CommandGenerator(seed, applications("model-" + seed)).take(COMMANDS);
        for (int from = 0; from < COMMANDS; ) {
            int to = Math.min(COMMANDS, from + 1 + random.nextInt(LARGEST_BATCH));
            List<SentCommand> sent = commands.subList(from, to);
            List<IncomingRecord> batch = rig.receive(sent);
            assertThat(told.differences(sent, batch, rig.apply(batch)))
                    .as("seed %d, commands %d to %d", seed, from, to)
                    .isEmpty();
            from = to;
        }
        assertThat(told.statusDifferences()).as("seed %d", seed).isEmpty();
    }

    /** Names that no other sequence uses. */
    static List<String> applications(String sequence) {
        return List.of(sequence + "-a", sequence + "-b", sequence + "-c");
    }
}
