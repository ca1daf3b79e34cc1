package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.local.WorkerProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever is sent to a worker with little memory, each record gets exactly one answer, and the worker carries on as before. */
class HostileRecordsIT {

    private static final long SEED = 20260131;

    /** {@code hostile.records}; use more for a look at memory. */
    private static final int RECORDS = Integer.getInteger("hostile.records", 20_000);

    private static final int AT_ONCE = 10_000;
    private static final int CLEAN_COMMANDS = 4_000;

    private static final Duration START = Duration.ofSeconds(90);

    private TestInstallation stage;
    private WorkerProcess worker;
    private int clean;

    @BeforeEach
    void set() {
        stage = TestInstallation.open("hostile");
        worker = stage.start(stage.worker().javaOption("-Xmx192m").javaOption("-XX:+ExitOnOutOfMemoryError"));
        worker.awaitReady(START);
    }

    @AfterEach
    void strike() {
        stage.close();
    }

    @Test
    void hostileRecordsAreEachAnsweredOnceAndLeaveNoTrace() throws Exception {
        try (AnswerTracker answers = new AnswerTracker(stage.kafka.bootstrapServers())) {
            HostileLoad load = new HostileLoad(SEED);
            for (int i = 1; i <= RECORDS; i++) {
                answers.send(load.next());
                if (i % AT_ONCE == 0) {
                    answers.read();
                    assertThat(worker.readiness()).as("ready after %d", i).isEqualTo(200);
                }
            }
            answers.await();
            assertThat(worker.readiness()).isEqualTo(200);

            for (int i = 0; i < CLEAN_COMMANDS; i++) {
                answers.send(creation());
            }
            answers.await();
            assertThat(answers.settle(topicId())).as("moved").isGreaterThan(RECORDS / 50);
        }
        assertThat(stage.number("select count(*) from release")).isGreaterThanOrEqualTo(CLEAN_COMMANDS);
        assertThat(stage.log(0)).doesNotContain(HostileLoad.PAYLOAD).doesNotContain("ERROR");
    }

    private ProducerRecord<byte[], byte[]> creation() {
        String application = "clean-" + clean % 100;
        String data = "{'application':'" + application + "','release':'r-" + clean + "','title':'A canary of a title'}";
        byte[] command = TopicClient.structured("clean-" + clean++, "release.create.v1", data);
        return new ProducerRecord<>(TopicClient.COMMANDS, application.getBytes(StandardCharsets.UTF_8), command);
    }

    private String topicId() throws ExecutionException, InterruptedException {
        return stage.wire
                .admin()
                .describeTopics(List.of(TopicClient.COMMANDS))
                .allTopicNames()
                .get()
                .get(TopicClient.COMMANDS)
                .topicId()
                .toString();
    }
}
