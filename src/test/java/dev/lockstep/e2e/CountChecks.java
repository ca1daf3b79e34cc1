package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.docs.MetricsDoc;
import dev.lockstep.local.WorkerProcess;
import dev.lockstep.ops.metrics.Scrape;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Checks that the workers' counts are consistent, and that they match the contents of the topics. */
final class CountChecks {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private CountChecks() {}

    /**
     * Fails if the counts of a live worker do not add up, and also if all workers ever started are alive, so that no counts
     * are lost, and they have not counted each result and each dead letter exactly once. The workers may be busy meanwhile.
     */
    static void assertCorrect(List<WorkerProcess> workers, TopicClient wire) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            List<Scrape> scrapes = workers.stream()
                    .filter(WorkerProcess::isAlive)
                    .map(WorkerProcess::metrics)
                    .flatMap(Optional::stream)
                    .map(Scrape::of)
                    .toList();
            scrapes.forEach(scrape -> {
                MetricsDoc.assertDocuments(scrape);
                assertThat(scrape.difference()).isEmpty();
            });
            boolean haveWorked = scrapes.stream().anyMatch(scrape -> scrape.outcomes() > 0);
            if (haveWorked && scrapes.size() == workers.size()) {
                assertThat(scrapes.stream().mapToDouble(Scrape::results).sum())
                        .as("counted, compared with the results topic")
                        .isEqualTo(wire.committed(TopicClient.RESULTS).size());
                assertThat(scrapes.stream().mapToDouble(Scrape::deadLetters).sum())
                        .as("counted, compared with the dead letters")
                        .isEqualTo(wire.committed(TopicClient.DEAD_LETTERS).size());
            }
        });
    }
}
