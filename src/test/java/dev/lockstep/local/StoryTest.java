package dev.lockstep.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The story against a scripted worker, which answers from a list. */
class StoryTest {

    private static final String ACCEPTED = "{\"outcome\":\"accepted\",\"revision\":7}";
    private static final String LOCKED = """
            {"outcome":"rejected","revision":7,"problem":{"code":"RELEASE_LOCKED","detail":"It went to staging.",
             "lockReasons":[{"code":"DEPLOYED","environment":"staging","since":"2026-01-02T03:04:05Z"}]}}""";
    private static final String LINKED = """
            {"placements":[{"environment":"development","linkedFrom":null},
             {"environment":"staging","linkedFrom":"development"}]}""";

    private static final String IN_PROGRESS =
            "{\"outcome\":\"accepted\",\"revision\":7,\"deployment\":\"d1\",\"deploymentStatus\":\"in_progress\"}";
    private static final String PENDING = """
            {"outcome":"accepted","revision":7,"deployment":"d2","deploymentStatus":"pending",
             "blockedBy":[{"code":"ENVIRONMENT_BUSY","detail":"Deployment d1 is in progress."}]}""";
    private static final String STARTED = """
            {"current":{"release":"1.0.0"},"active":{"id":"d2","release":"1.1.0"},"lastDeployment":{"status":"failed"}}""";

    @TempDir
    static Path dir;

    private static EmbeddedKafka kafka;

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start(dir, 0);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(Stream.of(
                                    StoryClient.COMMANDS,
                                    StoryClient.RESULTS,
                                    StoryClient.RELEASE_STATUS,
                                    StoryClient.DEPLOYMENT_STATUS)
                            .map(topic -> new NewTopic(topic, 2, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void printsEveryCommandWithItsOutcomeAndSaysWhenNoneArrives() throws Exception {
        Thread worker = Daemons.start(
                "scripted-worker",
                () -> answer(List.of(
                        ACCEPTED,
                        ACCEPTED,
                        ACCEPTED,
                        ACCEPTED,
                        LOCKED,
                        ACCEPTED,
                        LOCKED,
                        ACCEPTED,
                        IN_PROGRESS,
                        ACCEPTED,
                        PENDING,
                        ACCEPTED,
                        ACCEPTED,
                        ACCEPTED)));

        assertThat(story(Duration.ofSeconds(20)).tell()).isTrue();

        worker.join();
        assertThat(lines())
                .containsExactly(
                        "→ create shop 1.0.0",
                        "← accepted, revision 7",
                        "→ delete shop 1.0.0",
                        "← accepted, revision 7",
                        "→ create shop 1.0.0",
                        "← accepted, revision 7",
                        "→ deploy shop 1.0.0",
                        "← accepted, revision 7",
                        "· shop 1.0.0 in staging is linked to the one in development",
                        "→ delete shop 1.0.0",
                        "← refused, RELEASE_LOCKED: It went to staging.",
                        "→ deploy shop 1.0.0 to production",
                        "← accepted, revision 7",
                        "→ delete shop 1.0.0",
                        "← refused, RELEASE_LOCKED: It went to staging.",
                        "→ configure staging of shop: deployments are reported, and queue",
                        "← accepted, revision 7",
                        "→ redeploy staging of shop",
                        "← accepted, revision 7, in progress",
                        "→ create shop 1.1.0",
                        "← accepted, revision 7",
                        "→ deploy shop 1.1.0 to staging",
                        "← accepted, revision 7, pending",
                        "→ report that the first of the two failed",
                        "← accepted, revision 7",
                        "· in staging the last deployment has failed, 1.0.0 is still current, and 1.1.0 is in progress",
                        "→ report that 1.1.0 has succeeded",
                        "← accepted, revision 7",
                        "→ configure staging of shop: as it was, done when asked for",
                        "← accepted, revision 7");

        told.reset();
        assertThat(story(Duration.ofSeconds(1)).tell()).isFalse();
        assertThat(lines())
                .containsExactly("→ create shop 1.0.0", "… No outcome came within 1 s, so the story ends here.");
    }

    private Story story(Duration patience) {
        return new Story(kafka.bootstrapServers(), new PrintStream(told, true, StandardCharsets.UTF_8), patience);
    }

    private List<String> lines() {
        return told.toString(StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> line.matches("[→←·…].*"))
                .toList();
    }

    private static void answer(List<String> script) {
        Map<String, Object> config = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (var commands = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
                var answers = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            commands.partitionsFor(StoryClient.COMMANDS)
                    .forEach(partition -> partitions.add(new TopicPartition(partition.topic(), partition.partition())));
            commands.assign(partitions);
            commands.seekToBeginning(partitions);
            for (Iterator<String> outcomes = script.iterator(); outcomes.hasNext(); ) {
                for (var command : commands.poll(Duration.ofMillis(100))) {
                    answers.send(outcome(command.value(), outcomes.next()));
                    answers.send(new ProducerRecord<>(StoryClient.RELEASE_STATUS, "shop/1.0.0", LINKED));
                    answers.send(new ProducerRecord<>(StoryClient.DEPLOYMENT_STATUS, "shop/staging", STARTED));
                }
            }
        }
    }

    private static ProducerRecord<String, String> outcome(String command, String outcome) {
        try {
            ObjectMapper json = new ObjectMapper();
            ObjectNode answer = (ObjectNode) json.readTree(outcome);
            answer.set("commandId", json.readTree(command).path("id"));
            return new ProducerRecord<>(StoryClient.RESULTS, "shop", answer.toString());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
