package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.local.WorkerProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A hardened container's file system denies the worker nothing that it needs, and the worker says so if something is missing. */
@Tag("slow")
class HardenedIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Path ARTEFACT = Path.of("target/quarkus-app");
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final int EXIT_CODE_SIGTERM = 143;
    private static final int EXIT_CODE_CANNOT_LOAD = 72;

    private static TestInstallation stage;

    @BeforeAll
    static void set() {
        stage = TestInstallation.open("hardened");
    }

    @AfterAll
    static void strike() {
        stage.close();
    }

    @Test
    void itProcessesCommandsWhateverTheirCompression() throws Exception {
        WorkerProcess worker = stage.start(
                stage.worker().startedBy(Unprivileged.confined(ARTEFACT, List.of(JAVA, "-jar", "quarkus-run.jar"))));
        worker.awaitReady(PATIENCE);

        for (CompressionType codec : CompressionType.values()) {
            String id = "packed-with-" + codec;
            send(codec, id);
            stage.wire.awaitAccepted(id);
        }
        assertThat(worker.terminate()).isTrue();
        assertThat(worker.hasExitedWith(EXIT_CODE_SIGTERM)).isTrue();
    }

    private static void send(CompressionType codec, String id) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", stage.kafka.bootstrapServers(), "compression.type", codec.name),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            byte[] command = TopicClient.structured(
                    id, "release.create.v1", "{'application':'hardened','release':'" + codec + "','title':'T'}");
            producer.send(new ProducerRecord<>(
                            TopicClient.COMMANDS, "hardened".getBytes(StandardCharsets.UTF_8), command))
                    .get();
        }
    }

    /** Otherwise the test above would prove nothing. */
    @Test
    void nothingCanBeRunFromTheTemporaryFolderNorWrittenElsewhere() {
        assertThat(confined("cp /bin/true /tmp/copied && exec /tmp/copied")).isEqualTo(126);
        assertThat(confined(
                        "! touch here /here /var/tmp/here && test $(id -u) -ne " + (Unprivileged.IS_ROOT ? "0" : "-1")))
                .isZero();
    }

    private static int confined(String script) {
        return Unprivileged.run(Unprivileged.confined(ARTEFACT, List.of("sh", "-c", script)));
    }

    @ParameterizedTest
    @CsvSource({
        "zstd, -DZstdNativePath=/nowhere/lib.so",
        "snappy, -Dorg.xerial.snappy.disable.bundled.libs=true -Dorg.xerial.snappy.lib.path=/nowhere"
    })
    void aLibraryThatCannotBeLoadedStopsTheWorker(String library, String options) throws Exception {
        WorkerProcess.Options broken = stage.worker();
        List.of(options.split(" ")).forEach(broken::javaOption);

        assertThat(stage.start(broken).awaitExit()).isEqualTo(EXIT_CODE_CANNOT_LOAD);
        assertThat(stage.log(stage.started() - 1)
                        .lines()
                        .filter(line -> line.matches("\\S+ (WARN|ERROR) .*") && !line.contains("[io.ag.pool] ")))
                .singleElement()
                .asString()
                .contains(
                        "Shutting down, code or a native library cannot be loaded reason=the native library of "
                                + library,
                        "UnsatisfiedLinkError")
                .contains(ARTEFACT.toAbsolutePath() + "/native");
    }
}
