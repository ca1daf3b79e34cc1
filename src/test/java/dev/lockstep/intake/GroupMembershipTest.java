package dev.lockstep.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.docs.OperationsDoc;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GroupMembershipTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration MORE = PATIENCE.plusSeconds(1);
    private static final Duration JUST_NOW = Duration.ofSeconds(1);

    @Test
    void aMemberThatPollsIsNotWaitedFor() {
        assertThat(reason(null, JUST_NOW, true, JUST_NOW)).isNull();
    }

    @Test
    void aRebalanceOfSomeSecondsIsNoReason() {
        assertThat(reason(null, JUST_NOW, true, PATIENCE)).isNull();
    }

    @Test
    void aWorkerThatHasNotJoinedIsReportedAtOnce() {
        assertThat(told(reason(null, JUST_NOW, false, Duration.ZERO)))
                .isEqualTo("the consumer has not joined the group lockstep yet");
    }

    @Test
    void aMemberThatFailsToPollSaysWhy() {
        assertThat(told(reason("TopicAuthorizationException: no", JUST_NOW, true, JUST_NOW)))
                .isEqualTo("polling keeps failing: TopicAuthorizationException: no");
    }

    @Test
    void aMemberThatPollsNoMoreSaysSo() {
        assertThat(told(reason(null, MORE, true, JUST_NOW))).isEqualTo("the consumer has not polled for 21 s");
    }

    @Test
    void aMemberThatDoesNotGetThroughSaysSo() {
        assertThat(told(reason(null, JUST_NOW, true, MORE)))
                .isEqualTo("the consumer has not reached the group lockstep for 21 s");
    }

    private static String told(String reason) {
        OperationsDoc.assertDocuments(reason);
        return reason;
    }

    private static String reason(String failure, Duration unpolled, boolean hasJoined, Duration silent) {
        return GroupMembership.reason("lockstep", PATIENCE, failure, unpolled, hasJoined, silent);
    }
}
