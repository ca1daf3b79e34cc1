package dev.lockstep.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener;
import io.smallrye.reactive.messaging.kafka.i18n.KafkaLogging;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PollFailuresTest {

    private static final Logger CONNECTOR = Logger.getLogger(PollFailures.CONNECTOR);

    private long now;
    private final List<String> unloadable = new ArrayList<>();
    private final Listeners listeners = new Listeners(List.of(new WorkerListener() {
        @Override
        public void unloadable(String what) {
            unloadable.add(what);
        }
    }));
    private final PollFailures failures = new PollFailures(() -> now, listeners);

    @BeforeEach
    void listen() {
        CONNECTOR.addHandler(failures);
        CONNECTOR.setUseParentHandlers(false);
    }

    @AfterEach
    void ignore() {
        CONNECTOR.removeHandler(failures);
        CONNECTOR.setUseParentHandlers(true);
    }

    @Test
    void whatTheConnectorLogsIsTheReason() {
        poll();
        poll();
        assertThat(failures.reason())
                .isEqualTo("GroupAuthorizationException: Not authorized to access group: lockstep");
    }

    @Test
    void aSingleFailureDoesNotCount() {
        poll();
        assertThat(failures.reason()).isNull();
        later();
        poll();
        assertThat(failures.reason()).isNull();
    }

    @Test
    void whenPollsFailNoMoreTheReasonIsGone() {
        poll();
        poll();
        later();
        assertThat(failures.reason()).isNull();
    }

    @Test
    void otherLogLinesDoNotCount() {
        for (int line = 0; line < 2; line++) {
            CONNECTOR.log(Level.WARNING, "SRMSG00000: Something else", new IllegalStateException("no poll"));
        }
        assertThat(failures.reason()).isNull();
    }

    @Test
    void listenersLearnOfACodecThatCannotBeLoaded() {
        poll();
        assertThat(unloadable).isEmpty();
        poll(new UnsatisfiedLinkError("no codec"));
        assertThat(unloadable).containsExactly("UnsatisfiedLinkError: no codec");
    }

    private void poll() {
        poll(GroupAuthorizationException.forGroupId("lockstep"));
    }

    private static void poll(Throwable failure) {
        KafkaLogging.log.pollFailureRetry("client", "commands", failure);
    }

    private void later() {
        now += PollFailures.RECENT_PERIOD.toNanos();
    }
}
