package dev.lockstep.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.wire.Topics;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommandsTopicTest {

    private static final CommandsTopic.ResolvedTopics FOUND =
            new CommandsTopic.ResolvedTopics("id", new Topics("c", "r", "e", "rs", "ds", "as", "dl"));

    private final CommandsTopic topic = new CommandsTopic();

    @Test
    void whoeverGivesUpWaitingTakesItFromNobodyElse() {
        topic.whenAvailable().subscribe().with(found -> {}).cancel();

        assertThat(topic.isAvailable()).isFalse();
        topic.markAvailable(FOUND);
        assertThat(topic.whenAvailable().await().atMost(Duration.ofSeconds(10))).isEqualTo(FOUND);
    }
}
