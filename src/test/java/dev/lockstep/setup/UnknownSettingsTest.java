package dev.lockstep.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.docs.OperationsDoc;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownSettingsTest {

    @ParameterizedTest
    @CsvSource({
        "LOCKSTEP_KAFKA_BOOTSTRAP_SERVER, LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS",
        "LOCKSTEP_TOPIC_PARTITIONS, LOCKSTEP_TOPICS_PARTITIONS",
        "LOCKSTEP_DB_PASSWORD, LOCKSTEP_DATABASE_PASSWORD",
        "lockstep.database.pasword, LOCKSTEP_DATABASE_PASSWORD"
    })
    void aMistypedOneIsNamedWithWhatWasMeant(String mistyped, String meant) {
        assertThat(UnknownSettings.warnings(Stream.of(mistyped)))
                .singleElement()
                .satisfies(told -> {
                    assertThat(told).contains("Did you mean " + meant + "?");
                    OperationsDoc.assertDocuments(told);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LOCKSTEP_SERVICE_HOST",
                "LOCKSTEP_SERVICE_PORT",
                "LOCKSTEP_SERVICE_PORT_HTTP",
                "LOCKSTEP_PORT",
                "LOCKSTEP_PORT_8080_TCP_ADDR",
                "LOCKSTEP_KAFKA_PORT_9092_TCP",
                "LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS",
                "lockstep.topics.dead-letter-bytes",
                "LOCKSTEP_PUBLISH_MAX_BLOCK",
                "LOCKSTEPS",
                "PATH"
            })
    void knownSettingsServiceLinksAndForeignVariablesAreIgnored(String name) {
        assertThat(UnknownSettings.warnings(Stream.of(name))).isEmpty();
    }

    @Test
    void anErrorUnderTwoNamesIsReportedOnce() {
        assertThat(UnknownSettings.warnings(Stream.of("LOCKSTEP_TOPICS_PARTITION", "lockstep.topics.partition")))
                .hasSize(1);
    }
}
