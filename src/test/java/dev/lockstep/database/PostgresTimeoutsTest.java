package dev.lockstep.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.config.TestSettings;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresTimeoutsTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 12, 3600})
    void whateverKnowsMostAboutTheReasonTimesOutFirst(int seconds) {
        PostgresTimeouts postgresTimeouts = new PostgresTimeouts(Duration.ofSeconds(seconds));
        List<Long> inOrder = Stream.of("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout")
                .map(postgresTimeouts.sessionSettings()::get)
                .map(Long::valueOf)
                .toList();

        assertThat(inOrder).isSorted().doesNotHaveDuplicates().allMatch(millis -> millis > 0);
        assertThat(inOrder.get(2)).isLessThan(postgresTimeouts.silence().toMillis());
    }

    @Test
    void theDefaultsFitTogether() {
        assertThat(PostgresTimeouts.of(TestSettings.with(Map.of())).silence()).isEqualTo(Duration.ofSeconds(12));
    }

    @Test
    void aSilenceOfLessThanASecondIsRefused() {
        assertThatThrownBy(() -> PostgresTimeouts.of(TestSettings.with(Map.of("lockstep.database.silence", "900ms"))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("lockstep.database.silence must be 1s or more, but is 900ms");
    }
}
