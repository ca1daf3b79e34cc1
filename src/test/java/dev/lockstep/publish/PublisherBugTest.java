package dev.lockstep.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.OutputPages;
import dev.lockstep.config.TestSettings;
import dev.lockstep.intake.PartitionOwnership;
import dev.lockstep.listener.Listeners;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.junit.jupiter.api.Test;

class PublisherBugTest {

    private static final OutputPages PAGES = new OutputPages() {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public List<OutgoingRecord> read(int page) {
            return List.of();
        }
    };

    private final Publisher publisher = new Publisher(
            TestSettings.with(Map.of()).publish(),
            new PartitionOwnership(),
            "commands",
            "dead-letters",
            number -> new MockProducer<>(),
            null,
            PublisherBugTest::failForPages,
            Listeners.NONE);

    private static long failForPages() {
        if (Thread.currentThread().getName().startsWith("lockstep-publish-pages")) {
            throw new IllegalStateException("a bug");
        }
        return 0;
    }

    @Test
    void aFailureOutsideOfAnyAttemptIsReportedInsteadOfLeavingThePartitionStalled() {
        Publication pages = new Publication(1, List.of(new PartitionOutput(0, 1, null, List.of(), PAGES)));

        PublishOutcome outcome = publisher.publish(pages).join();

        assertThat(outcome.stalled().get(0))
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withMessageContaining("a bug");
        publisher.close();
    }
}
