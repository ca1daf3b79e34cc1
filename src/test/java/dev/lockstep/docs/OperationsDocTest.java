package dev.lockstep.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.batch.UnreadablePageException;
import dev.lockstep.database.PostgresErrors;
import dev.lockstep.failure.RetryCause;
import dev.lockstep.ops.ReadinessCheck;
import dev.lockstep.partition.GroupConflictException;
import dev.lockstep.store.DataLossException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each reason for not being ready has its row. Those that are composed are looked up by the tests of the classes that
 * give them; those that are literals in the source are found there.
 */
class OperationsDocTest {

    private static final Pattern TEXT =
            Pattern.compile("notReadyReason = \"([^\"]+)\"|\"(the board('s)? [^\"]*[^\" ])\"");

    static Stream<String> reasons() throws IOException {
        List<String> texts = new ArrayList<>();
        for (Path source : sources()) {
            TEXT.matcher(Files.readString(source))
                    .results()
                    .forEach(found -> texts.add(found.group(1) == null ? found.group(2) : found.group(1)));
        }
        assertThat(texts).as("reasons in the source").hasSizeGreaterThanOrEqualTo(3);
        return Stream.concat(
                texts.stream().distinct(),
                Stream.of(
                        ReadinessCheck.slowReason(Duration.ofMinutes(1)),
                        PostgresErrors.reason(DataLossException.offsetsReset(4, 7, 9)),
                        new GroupConflictException("lockstep", 3).getMessage(),
                        new UnreadablePageException("no answer", RetryCause.OTHER).getMessage(),
                        PostgresErrors.describe("55P03"),
                        PostgresErrors.describe("57014"),
                        PostgresErrors.describe("53100")));
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("reasons")
    void eachReasonHasALine(String reason) {
        OperationsDoc.assertDocuments(reason);
    }

    @Test
    void aReasonWithoutOneIsNoticed() {
        assertThatThrownBy(() -> OperationsDoc.assertDocuments("the moon is full"))
                .isInstanceOf(AssertionError.class);
        assertThat(ReadinessCheck.slowReason(Duration.ofSeconds(1))).isNull();
    }
}
