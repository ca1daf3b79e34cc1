package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.local.WorkerProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A record of a few kilobytes that unpacks to more than the worker's heap: what docs/operations.md says about it. */
@Tag("slow")
class CompressionBombIT {

    private static final Duration START = Duration.ofSeconds(90);
    private static final int HEAP_MIB = 128;
    private static final int EXIT_CODE_OUT_OF_MEMORY = 3;

    private TestInstallation stage;

    @BeforeEach
    void open() {
        stage = TestInstallation.open("bomb");
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void aBrokerThatUnpacksCommandsRefusesIt() {
        start().awaitReady(START);
        stage.wire.configure(TopicClient.COMMANDS, "compression.type", "uncompressed");

        assertThatThrownBy(this::sendBomb).hasCauseInstanceOf(RecordTooLargeException.class);

        stage.wire.awaitAccepted(stage.wire.send("release.create.v1", "shop", "'release':'1','title':'One'"));
    }

    @Test
    void theWorkerGoesOnOnceItsRecordIsDeleted() throws Exception {
        WorkerProcess worker = start();
        worker.awaitReady(START);
        stage.wire.awaitAccepted(stage.wire.send("release.create.v1", "shop", "'release':'1','title':'One'"));

        RecordMetadata bomb = sendBomb();
        String behind = stage.wire.send("release.create.v1", "shop", "'release':'2','title':'Two'");

        assertThat(worker.awaitExit()).isEqualTo(EXIT_CODE_OUT_OF_MEMORY);
        assertThat(start().awaitExit()).isEqualTo(EXIT_CODE_OUT_OF_MEMORY);
        stage.wire
                .admin()
                .deleteRecords(Map.of(
                        new TopicPartition(bomb.topic(), bomb.partition()),
                        RecordsToDelete.beforeOffset(bomb.offset() + 1)))
                .all()
                .get();

        start().awaitReady(START);
        stage.wire.awaitAccepted(behind);
    }

    private WorkerProcess start() {
        return stage.start(
                stage.worker().javaOption("-Xmx" + HEAP_MIB + "m").javaOption("-XX:+ExitOnOutOfMemoryError"));
    }

    /** To the partition in which the application shop lives. */
    private RecordMetadata sendBomb() throws ExecutionException, InterruptedException {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                stage.kafka.bootstrapServers(),
                "compression.type",
                "zstd",
                "max.request.size",
                Integer.MAX_VALUE,
                "buffer.memory",
                (long) Integer.MAX_VALUE);
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            return producer.send(new ProducerRecord<>(
                            TopicClient.COMMANDS,
                            "shop".getBytes(StandardCharsets.UTF_8),
                            new byte[HEAP_MIB * 1024 * 1024]))
                    .get();
        }
    }
}
