package dev.lockstep.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.database.PostgresErrors;
import dev.lockstep.ops.ReadyCheck;
import dev.lockstep.store.DataLossException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever health says has its line; what is said elsewhere is looked up by the tests of those who say it. */
class OperationsDocTest {

    static Stream<String> reasons() {
        return Stream.of(
                ReadyCheck.slow(Duration.ofMinutes(1)),
                PostgresErrors.reason(DataLossException.ofTopic(4, 7, 9)),
                "Postgres answers SQLSTATE 53100");
    }

    @ParameterizedTest
    @MethodSource("reasons")
    void eachReasonHasALine(String reason) {
        OperationsDoc.tells(reason);
    }

    @Test
    void aReasonWithoutOneIsNoticed() {
        assertThatThrownBy(() -> OperationsDoc.tells("the moon is full")).isInstanceOf(AssertionError.class);
        assertThat(ReadyCheck.slow(Duration.ofSeconds(1))).isNull();
    }
}
