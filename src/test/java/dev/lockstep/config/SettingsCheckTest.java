package dev.lockstep.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsCheckTest {

    @Test
    void theDefaultsFit() {
        assertThatCode(() -> SettingsCheck.requireConsistent(TestSettings.with(Map.of())))
                .doesNotThrowAnyException();
    }

    @Test
    void noTwoTopicsHaveOneName() {
        List<String> topics = List.of(
                "commands",
                "results",
                "events",
                "release-status",
                "deployment-status",
                "application-status",
                "dead-letters");
        Set<String> told = new HashSet<>();
        for (String one : topics) {
            for (String other : topics) {
                if (!one.equals(other)) {
                    assertThatThrownBy(() -> SettingsCheck.requireConsistent(TestSettings.with(
                                    Map.of("lockstep.topics." + one, "same", "lockstep.topics." + other, "same"))))
                            .isInstanceOf(ConfigurationException.class)
                            .hasMessageContaining("lockstep.topics." + one)
                            .hasMessageContaining("lockstep.topics." + other)
                            .satisfies(refusal -> told.add(refusal.getMessage()));
                }
            }
        }
        assertThat(told).hasSize(topics.size() * (topics.size() - 1) / 2);
    }

    @Test
    void whatDoesNotFitTogetherIsNamed() {
        assertThatThrownBy(() ->
                        SettingsCheck.requireConsistent(TestSettings.with(Map.of("lockstep.database.silence", "20s"))))
                .hasMessageContaining("lockstep.database.silence (20s) must be shorter than")
                .hasMessageContaining("lockstep.publish.transaction-timeout (15s)");
        assertThatThrownBy(() -> SettingsCheck.requireConsistent(
                        TestSettings.with(Map.of("lockstep.kafka.session-timeout", "900ms"))))
                .hasMessageContaining("lockstep.kafka.session-timeout (900ms) must be 1s or more");
        assertThatThrownBy(() -> SettingsCheck.requireConsistent(
                        TestSettings.with(Map.of("lockstep.publish.buffer-bytes", "1"))))
                .hasMessageContaining("lockstep.publish.buffer-bytes (1)")
                .hasMessageContaining("lockstep.publish.max-request-bytes");
    }

    /** Each would overflow somewhere and be reported as something else. */
    @Test
    void whatIsTooMuchIsRefusedWithItsName() {
        Map.of(
                        "lockstep.kafka.session-timeout", "25d",
                        "lockstep.publish.transaction-timeout", "25d",
                        "lockstep.publish.request-timeout", "99999999999d",
                        "lockstep.database.silence", "2d",
                        "lockstep.batch.lanes", "2147483647",
                        "lockstep.source", " ")
                .forEach((name, value) -> assertThatThrownBy(() -> TestSettings.with(Map.of(name, value)))
                        .isInstanceOf(ConfigValidationException.class)
                        .hasMessageContaining(name)
                        .hasMessageContaining("must "));
    }
}
