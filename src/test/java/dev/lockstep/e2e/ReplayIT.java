package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.model.CommandGenerator;
import dev.lockstep.model.SentCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a worker published in a run, including timeouts and timers, is reproduced byte for byte when its commands are rejudged.
 */
class ReplayIT {

    private static final int PARTITIONS = 6;
    private static final int COMMANDS = 600;

    private static TestInstallation stage;

    @BeforeAll
    static void start() {
        stage = TestInstallation.open("replay");
        stage.startReady();
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    @Test
    void theSameCommandsAtTheSameTimesHaveTheSameEffect() throws Exception {
        random();
        timed();
        awaitQuiet();

        Replay replay = new Replay(
                stage.wire
                        .admin()
                        .describeTopics(List.of(TopicClient.COMMANDS))
                        .allTopicNames()
                        .get()
                        .get(TopicClient.COMMANDS)
                        .topicId()
                        .toString(),
                outputs());

        assertThat(replay.differences(stage.wire.commands(), PARTITIONS, "/lockstep"))
                .isEmpty();
        assertThat(replay.compared()).isGreaterThan(COMMANDS);
    }

    private static void random() {
        for (SentCommand sent :
                new CommandGenerator(4_711, List.of("replay-a", "replay-b", "replay-c")).take(COMMANDS)) {
            dev.lockstep.model.Wire.Raw raw = dev.lockstep.model.Wire.structured(sent);
            stage.wire.send(raw.key(), raw.value(), raw.headers());
        }
    }

    /** A deployment that takes too long, one that waits for it, and one that waits for its time. */
    private static void timed() {
        send("release.create.v1", "'release':'1','title':'One'");
        send("release.create.v1", "'release':'2','title':'Two'");
        send("release.deploy.v1", "'release':'1','environment':'staging'");
        send(
                "environment.configure.v1",
                "'environment':'staging','policy':{'completion':'reported','timeout':'PT1S','whenBusy':'queue','onFailure':'restore'}");
        send("release.deploy.v1", "'release':'2','environment':'staging'");
        send("environment.redeploy.v1", "'environment':'staging'");
        send(
                "release.deploy.v1",
                "'release':'1','environment':'production','notBefore':'"
                        + Instant.now().plusSeconds(2) + "'");
        send("environment.redeploy.v1", "'environment':'staging','dryRun':true");
    }

    private static void send(String type, String data) {
        stage.wire.send(type, "timed", data);
    }

    /** Waits until everything is decided on, nothing is due any more, and all output is published. */
    private static void awaitQuiet() {
        awaitEverythingAnswered("a");
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                        stage.number("select count(*) from timer where due < now() + interval '1 hour'"))
                .isZero());
        awaitEverythingAnswered("b");
    }

    /** In every partition. */
    private static void awaitEverythingAnswered(String prefix) {
        Map<Integer, String> last = new HashMap<>();
        for (int i = 0; last.size() < PARTITIONS; i++) {
            String application = "quiet-" + prefix + i;
            last.computeIfAbsent(
                    TopicClient.home(application),
                    home -> stage.wire.send("release.create.v1", application, "'release':'1','title':'Last'"));
        }
        last.values()
                .forEach(id -> stage.wire.await(TopicClient.RESULTS, record -> TopicClient.json(record)
                        .path("commandId")
                        .asText()
                        .equals(id)));
    }

    private static List<ConsumerRecord<byte[], byte[]>> outputs() {
        List<ConsumerRecord<byte[], byte[]>> outputs = new ArrayList<>();
        for (String topic : List.of(
                TopicClient.RESULTS,
                TopicClient.EVENTS,
                TopicClient.RELEASES,
                TopicClient.DEPLOYMENTS,
                TopicClient.APPLICATIONS)) {
            outputs.addAll(stage.wire.committed(topic));
        }
        return outputs;
    }
}
