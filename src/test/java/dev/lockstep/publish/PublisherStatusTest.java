package dev.lockstep.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.docs.OperationsDoc;
import dev.lockstep.listener.Listeners;
import java.time.Duration;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class PublisherStatusTest {

    private long now;
    private final PublisherStatus progress = new PublisherStatus(() -> now, Listeners.NONE);

    @Test
    void aFailureIsAReasonAtOnce() {
        progress.recordStart("publication");
        progress.recordFailure(new TimeoutException());
        assertThat(told()).isEqualTo("Kafka does not answer: TimeoutException");
    }

    @Test
    void theCauseIsNamed() {
        progress.recordStart("publication");
        progress.recordFailure(new TopicAuthorizationException("results"));
        assertThat(told()).isEqualTo("Kafka rejects the output: TopicAuthorizationException");
        progress.recordFailure(new NullPointerException());
        assertThat(told()).isEqualTo("Publishing failed: NullPointerException");
    }

    @Test
    void aRebalanceIsAReasonWhenItLasts() {
        progress.recordStart("publication");
        progress.recordFailure(new NoGenerationException());
        later(14);
        assertThat(progress.notReadyReason()).isNull();
        later(2);
        assertThat(told()).isEqualTo("The consumer has no group generation");
    }

    @Test
    void whatLastsLongShowsThoughNothingFailed() {
        progress.recordStart("publication");
        later(4);
        assertThat(progress.notReadyReason()).isNull();
        later(2);
        assertThat(told()).isEqualTo("Kafka has not answered yet");
    }

    @Test
    void whatIsDoneIsNoReason() {
        progress.recordStart("publication");
        progress.recordFailure(new TimeoutException());
        progress.recordFinish();
        later(60);
        assertThat(progress.notReadyReason()).isNull();
    }

    @Test
    void aCommitThatWasNotAnsweredIsNamed() {
        progress.recordStart("publication");
        progress.recordFailure(new CommitOutcomeUnknownException(new TimeoutException()));
        assertThat(told()).isEqualTo("The outcome of a Kafka transaction is unknown: TimeoutException");
    }

    @Test
    void aGenerationThatIsOverIsARebalance() {
        progress.recordStart("publication");
        progress.recordFailure(new CommitFailedException());
        later(16);
        assertThat(told()).isEqualTo("The consumer group is rebalancing: CommitFailedException");
    }

    private String told() {
        OperationsDoc.assertDocuments(progress.notReadyReason());
        return progress.notReadyReason();
    }

    private void later(long seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }
}
