package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.docs.MetricsDoc;
import dev.lockstep.local.WorkerProcess;
import dev.lockstep.ops.metrics.Scrape;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Holds what workers count against itself, and against what lies in the topics. */
final class Counts {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Counts() {}

    /**
     * Fails when the counts of a worker that lives do not add up, and when all that were ever started live, so that none has taken
     * its counts with it, and they have not counted each result and each dead letter once. They may be at work meanwhile.
     */
    static void areRight(List<WorkerProcess> workers, Wire wire) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            List<Scrape> scrapes = workers.stream()
                    .filter(WorkerProcess::isAlive)
                    .map(WorkerProcess::metrics)
                    .flatMap(Optional::stream)
                    .map(Scrape::of)
                    .toList();
            scrapes.forEach(scrape -> {
                MetricsDoc.tells(scrape);
                assertThat(scrape.difference()).isEmpty();
            });
            boolean haveWorked = scrapes.stream().anyMatch(scrape -> scrape.outcomes() > 0);
            if (haveWorked && scrapes.size() == workers.size()) {
                assertThat(scrapes.stream().mapToDouble(Scrape::results).sum())
                        .as("counted, against the results topic")
                        .isEqualTo(wire.committed(Wire.RESULTS).size());
                assertThat(scrapes.stream().mapToDouble(Scrape::deadLetters).sum())
                        .as("counted, against the dead letters")
                        .isEqualTo(wire.committed(Wire.DEAD_LETTERS).size());
            }
        });
    }
}
