package dev.lockstep.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.docs.OperationsDoc;
import io.quarkus.runtime.QuarkusBindException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.BindException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that prevents startup is reported at once, setting by setting, in words that docs/operations.md lists. */
class StartFailureTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "lockstep.topics.results | my topic | 'my topic' is not a topic name",
                "lockstep.topics.dead-letters | .. | '..' is not a topic name",
                "lockstep.topics.partitions | abc | 'abc' is not a whole number",
                "lockstep.topics.replication | three | 'three' is not a whole number",
                "lockstep.topics.replication | 0 | must be 1 or more, not 0",
                "lockstep.retention.every | 10 | '10' has no unit: write 10s, or",
                "lockstep.retention.every | 2min | '2min' is not a duration: write 30s, 5m, 12h, 7d or PT30S",
                "lockstep.topics.create | ture | 'ture' is neither true nor false",
                "lockstep.limits.max-depth | 1000 | must be 3 to 500, not 1000",
                "lockstep.publish.compression | zip | 'zip' is not one of none, gzip, snappy, lz4, zstd",
                "lockstep.source | our lockstep | 'our lockstep' is not a URI reference",
                "lockstep.kafka.group | \"\" | must not be empty",
                "lockstep.database.password | ${NOWHERE_SET} | refers to a variable that is not set",
            })
    void aValueThatIsNoneIsNamedWithItsKnobAndWithoutTheFrameworksWords(String knob, String value, String said) {
        assertThat(wrong(Map.of(knob, value))).singleElement().satisfies(line -> {
            assertThat(line).startsWith(knob + ": " + said).doesNotContain("SRCFG");
            OperationsDoc.assertDocuments(line);
        });
    }

    @Test
    void invalidValuesMistypedNamesAndContradictionsAreReportedTogether() {
        assertThat(wrong(Map.of(
                        "lockstep.topics.partition", "3",
                        "lockstep.batch.lanes", "0",
                        "lockstep.database.silence", "20s",
                        "lockstep.topics.events", "own.events",
                        "lockstep.topics.results", "own_events")))
                .satisfiesExactly(
                        name -> assertThat(name)
                                .startsWith("lockstep.topics.partition is not a setting."
                                        + " Did you mean lockstep.topics.partitions?"),
                        value -> assertThat(value).isEqualTo("lockstep.batch.lanes: must be 1 or more, not 0"),
                        pair -> assertThat(pair).startsWith("lockstep.database.silence (20s) must be shorter than"),
                        topics -> assertThat(topics)
                                .startsWith("lockstep.topics.events (own.events) and lockstep.topics.results"
                                        + " (own_events) must be different topics"))
                .allSatisfy(OperationsDoc::assertDocuments);
    }

    /** What is invalid by itself is not judged further. */
    @Test
    void anInvalidValueIsNotComparedWithOthers() {
        assertThat(wrong(Map.of("lockstep.publish.transaction-timeout", "15", "lockstep.database.silence", "14s")))
                .singleElement()
                .asString()
                .startsWith("lockstep.publish.transaction-timeout: '15' has no unit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lockstep.topics.results", "lockstep.stuck-after"})
    void whatIsRightIsPassedOver(String knob) {
        assertThat(wrong(Map.of(knob, knob.endsWith("after") ? "PT30S" : "a_b-C.1")))
                .isEmpty();
    }

    @Test
    void aTakenPortIsNamedWithItsSetting() {
        StartFailure failure = StartFailure.of(
                new RuntimeException(new QuarkusBindException("0.0.0.0", 8080, new BindException("taken"))));
        assertThat(failure.exitCode()).as("it may be free soon").isEqualTo(75);
        assertThat(failure.lines()).singleElement().satisfies(line -> {
            assertThat(line).contains("port 8080 on 0.0.0.0 is taken", "quarkus.http.port (QUARKUS_HTTP_PORT)");
            OperationsDoc.assertDocuments(line);
        });
    }

    @Test
    void whatTheSettingsDoNotExplainIsTriedAgain() {
        assertThat(StartFailure.of(new IllegalStateException("the moon is full")))
                .isEqualTo(new StartFailure(75, List.of()));
    }

    private static List<String> wrong(Map<String, String> set) {
        return StartFailure.problems(new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(set, "application.properties", 250))
                .build());
    }
}
