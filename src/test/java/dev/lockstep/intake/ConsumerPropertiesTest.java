package dev.lockstep.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.config.TestSettings;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.junit.jupiter.api.Test;

class ConsumerPropertiesTest {

    private static final int JOINING_MILLIS = 5_000; // what the client adds to the time in which others may join

    private final Map<String, Object> config =
            new dev.lockstep.intake.ConsumerProperties().consumer(TestSettings.with(Map.of()));

    /** The heartbeat that was lost with its connection times out, and the next gets through, before the session expires. */
    @Test
    void aLostHeartbeatLeavesTimeForAnother() {
        assertThat(millis(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG)
                        + millis(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG))
                .isLessThan(millis(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG));
    }

    @Test
    void connectingToABrokerTakesNoLongerThanWaitingForItsAnswer() {
        assertThat(millis(ConsumerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG))
                .isLessThanOrEqualTo(millis(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG));
    }

    @Test
    void theConnectionOnWhichAMemberWaitsForOthersToJoinIsNotIdle() {
        assertThat(millis(ConsumerConfig.CONNECTIONS_MAX_IDLE_MS_CONFIG))
                .isGreaterThan(millis(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG) + JOINING_MILLIS);
    }

    private int millis(String name) {
        return (int) config.get(name);
    }
}
