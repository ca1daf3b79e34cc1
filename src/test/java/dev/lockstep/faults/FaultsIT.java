package dev.lockstep.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The proof of the contract's section 7. Short in {@code mvn verify}; as long as desired with {@code mvn verify -Pfaults
 * -Dfaults.duration=15m -Dfaults.seed=1 -Dfaults.workers=2}.
 */
class FaultsIT {

    /** They notice and log every fault. Held here because a logger's level is lost with the logger. */
    private static final List<Logger> CHATTER =
            List.of(Logger.getLogger("kafka"), Logger.getLogger("org.apache.kafka.clients"));

    @TempDir
    Path data;

    @BeforeAll
    static void quietenLogs() {
        CHATTER.forEach(logger -> logger.setLevel(Level.OFF));
    }

    @Test
    void everythingIsPublishedExactlyOnceAndInOrderWhateverFails() throws Exception {
        Parameters parameters = Parameters.fromSystemProperties();
        System.out.println("faults: " + parameters);
        Path logs = Path.of(System.getProperty("basedir", ""), "target", "faults", "seed-" + parameters.seed());

        Verdict verdict = new FaultRun(parameters, logs).run(data);

        System.out.println("faults: " + verdict.summary());
        assertThat(verdict.holds())
                .as(verdict.summary() + "\n" + verdict.details())
                .isTrue();
    }
}
