package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.local.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Hibernate's first session loads hundreds of classes on an event loop: this must happen before there is work on it. */
class FirstRoundIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int FEW = 40;

    @Test
    void aReadyWorkerHasLoadedWhatHousekeepingNeeds() throws IOException {
        Path loaded = Files.createTempFile(Path.of("target"), "loaded", ".log").toAbsolutePath();
        try (TestInstallation stage = TestInstallation.open("first-round")) {
            WorkerProcess worker = stage.start(
                    stage.worker().env("LOCKSTEP_RETENTION_EVERY", "3s").javaOption("-Xlog:class+load:file=" + loaded));
            worker.awaitReady(PATIENCE);
            long ready = ofHibernate(loaded);
            assertThat(ready).isGreaterThan(1_000);

            await().atMost(PATIENCE).until(() -> stage.number("select count(*) from commands_topic") == 1);

            assertThat(ofHibernate(loaded) - ready)
                    .as("Hibernate classes that the first round loaded")
                    .isLessThan(FEW);
        }
    }

    private static long ofHibernate(Path loaded) throws IOException {
        try (Stream<String> lines = Files.lines(loaded)) {
            return lines.filter(line -> line.contains(" org.hibernate.")).count();
        }
    }
}
