package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.config.Settings;
import dev.lockstep.local.LogEnds;
import dev.lockstep.local.WorkerProcess;
import dev.lockstep.wire.Topics;
import io.smallrye.config.WithDefault;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Topics that get more partitions while workers and producers are running (contract, section 2). */
@Tag("slow")
class GrowthIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int BEFORE = 6;
    private static final int AFTER = 12;
    private static final int ENOUGH = 300;

    private TestInstallation stage;

    @BeforeEach
    void set() {
        stage = TestInstallation.open("growth");
    }

    @AfterEach
    void strike() {
        stage.close();
    }

    /** Every topic in which an application has a partition: any that is added to {@link Topics} is also grown and read here. */
    private static List<String> topics() {
        return Stream.of(Topics.class.getRecordComponents())
                .filter(component -> component.getType() == String.class)
                .map(RecordComponent::getName)
                .filter(name -> !name.equals("deadLetters"))
                .map(GrowthIT::defaultName)
                .toList();
    }

    private static String defaultName(String topic) {
        try {
            return Settings.TopicsConfig.class
                    .getMethod(topic)
                    .getAnnotation(WithDefault.class)
                    .value();
        } catch (NoSuchMethodException e) {
            throw new AssertionError("no setting names the topic " + topic, e);
        }
    }

    @Test
    void underLoadAndThroughACrashOldApplicationsStayAndNewOnesAreSpread() throws Exception {
        WorkerProcess first = start("LOCKSTEP_TOPICS_GROW_AFTER", "1s");
        WorkerProcess second = start("LOCKSTEP_TOPICS_GROW_AFTER", "1s");
        assertThat(stage.number("""
                        select count(*) from information_schema.columns where table_schema = 'public'
                        and (column_name like '%partition%' or column_name = 'home')"""))
                .as(
                        "application.home, growth.partitions, layout.partitions, outbox.partition, progress.partition and"
                                + " timer.partition: whoever adds a table with a partition adds here what must be true of it after a growth")
                .isEqualTo(6);

        Map<String, List<String>> sent;
        try (GrowingLoad load = new GrowingLoad(stage.kafka.bootstrapServers())) {
            await().atMost(PATIENCE).until(() -> known() > ENOUGH && oldOnes() == load.oldOnes());
            List<String> topics = new ArrayList<>(topics());
            Collections.shuffle(topics, new Random(7));
            for (String topic : topics) {
                grow(topic, AFTER);
                if (topic.equals(topics.get(topics.size() / 2))) {
                    first.kill();
                    await().atMost(PATIENCE).until(() -> known() + ENOUGH < load.count());
                }
            }
            start("LOCKSTEP_TOPICS_GROW_AFTER", "1s");
            await().atMost(PATIENCE)
                    .until(() -> stage.number("select count(distinct home) from application") == AFTER
                            && stage.number("select count(*) from progress") == AFTER);
            sent = load.stop();
            assertThat(load.failure()).isNull();
        }
        int commands = sent.values().stream().mapToInt(List::size).sum();
        await().atMost(PATIENCE).until(() -> known() == commands);
        await().atMost(PATIENCE).until(() -> stage.number("select count(*) from outbox") == 0);
        assertThat(second.isAlive()).isTrue();

        Map<String, List<ConsumerRecord<byte[], byte[]>>> told = read();
        Map<String, Integer> homes = homes(told);
        assertEachHasOneResult(sent, told.get(TopicClient.RESULTS));
        assertThoseOfJavaAreAnsweredInOrder(sent, told.get(TopicClient.RESULTS));
        assertEventsAreInOrder(sent.keySet(), told.get(TopicClient.EVENTS));
        assertEveryCommandIsAtHomeInTheEnd(homes, told.get(TopicClient.COMMANDS));
        assertThat(homes.keySet()).isEqualTo(sent.keySet());
        homes.forEach((application, home) -> {
            if (application.startsWith("old")) {
                assertThat(home).as(application).isEqualTo(home(application, BEFORE));
            } else {
                assertThat(home).as(application).isIn(home(application, BEFORE), home(application, AFTER));
            }
        });
        assertThat(new HashSet<>(homes.values())).hasSize(AFTER);
        assertTimersAreInTheirApplicationsPartitions(sent, homes);
    }

    /** They are sent by whichever worker owns the partition. */
    private void assertTimersAreInTheirApplicationsPartitions(
            Map<String, List<String>> sent, Map<String, Integer> homes) {
        sent.forEach((application, ids) -> stage.wire.send(
                "release.deploy.v1",
                application,
                "'release':'" + ids.get(0).replaceAll(".*-", "") + "','notBefore':'2099-01-01T00:00:00Z'"));
        await().atMost(PATIENCE).until(() -> stage.number("select count(*) from timer") == sent.size());
        homes.forEach((application, home) -> assertThat(
                        stage.number("select partition from timer where application = '" + application + "'"))
                .as(application)
                .isEqualTo((long) home));
    }

    private long oldOnes() {
        return stage.number("select count(*) from application where id like 'old-%'");
    }

    /** The home of each application: it is the same partition in every topic, and matches the database. */
    private Map<String, Integer> homes(Map<String, List<ConsumerRecord<byte[], byte[]>>> told) throws Exception {
        Map<String, Set<Integer>> partitions = new TreeMap<>();
        told.forEach((topic, records) -> {
            if (!topic.equals(TopicClient.COMMANDS)) {
                assertThat(records).as(topic).isNotEmpty();
                records.forEach(record -> partitions
                        .computeIfAbsent(TopicClient.header(record, "ce_partitionkey"), a -> new TreeSet<>())
                        .add(record.partition()));
            }
        });
        Map<String, Integer> homes = new TreeMap<>();
        partitions.forEach((application, all) -> {
            assertThat(all).as("partitions of " + application).hasSize(1);
            homes.put(application, all.iterator().next());
        });
        Map<String, Integer> stored = new TreeMap<>();
        try (var connection = stage.database.dataSource().getConnection();
                var rows = connection.createStatement().executeQuery("select id, home from application")) {
            while (rows.next()) {
                stored.put(rows.getString(1), rows.getInt(2));
            }
        }
        assertThat(stored).isEqualTo(homes);
        return homes;
    }

    private static void assertEachHasOneResult(
            Map<String, List<String>> sent, List<ConsumerRecord<byte[], byte[]>> results) {
        assertThat(results.stream().map(GrowthIT::command))
                .containsExactlyInAnyOrderElementsOf(
                        sent.values().stream().flatMap(List::stream).toList());
        assertThat(results.stream().map(TopicClient::json))
                .allMatch(result -> result.path("outcome").asText().equals("accepted"));
    }

    /** Their producer sent everything to their home, and later to partitions from which it was moved there. */
    private static void assertThoseOfJavaAreAnsweredInOrder(
            Map<String, List<String>> sent, List<ConsumerRecord<byte[], byte[]>> results) {
        Map<String, List<String>> answered = new HashMap<>();
        results.forEach(result -> answered.computeIfAbsent(TopicClient.key(result), a -> new ArrayList<>())
                .add(command(result)));
        sent.forEach((application, ids) -> {
            if (application.startsWith("old-java")) {
                assertThat(answered.get(application)).as(application).isEqualTo(ids);
            }
        });
    }

    private static void assertEventsAreInOrder(Set<String> applications, List<ConsumerRecord<byte[], byte[]>> events) {
        Map<String, Integer> last = new HashMap<>();
        events.forEach(event -> assertThat(Integer.parseInt(TopicClient.header(event, "ce_apprevision")))
                .as(TopicClient.key(event))
                .isEqualTo(last.merge(TopicClient.key(event), 1, Integer::sum)));
        assertThat(last.keySet()).isEqualTo(applications);
    }

    private static void assertEveryCommandIsAtHomeInTheEnd(
            Map<String, Integer> homes, List<ConsumerRecord<byte[], byte[]>> commands) {
        Map<String, Set<Integer>> places = new LinkedHashMap<>();
        commands.forEach(command -> places.computeIfAbsent(
                        TopicClient.json(command).path("id").asText() + " of " + TopicClient.key(command),
                        id -> new HashSet<>())
                .add(command.partition()));
        places.forEach((command, partitions) ->
                assertThat(partitions).as(command).contains(homes.get(command.substring(command.indexOf(" of ") + 4))));
        assertThat(places.values()).as("moved").anySatisfy(partitions -> assertThat(partitions)
                .hasSizeGreaterThan(1));
    }

    private static String command(ConsumerRecord<byte[], byte[]> result) {
        return TopicClient.json(result).path("commandId").asText();
    }

    /** Commands of which the outcome is known. */
    private long known() {
        return stage.number("select count(*) from known_command");
    }

    private Map<String, List<ConsumerRecord<byte[], byte[]>>> read() {
        Map<String, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", stage.kafka.bootstrapServers(),
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(topics().stream()
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList());
            assertThat(consumer.assignment()).hasSize(AFTER * topics().size());
            Map<TopicPartition, Long> ends = LogEnds.of(stage.kafka.bootstrapServers(), consumer.assignment());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> records.computeIfAbsent(record.topic(), topic -> new ArrayList<>())
                                .add(record));
            }
        }
        return records;
    }

    @Test
    void theCommandsTopicAloneMayGrow() throws Exception {
        WorkerProcess worker = start("LOCKSTEP_TOPICS_GROW_AFTER", "1s");
        stage.wire.outcome("release.create.v1", "shop", "'release':'1','title':'T'");
        grow(TopicClient.COMMANDS, BEFORE + 1);

        byte[] astray = TopicClient.structured(
                "astray", "release.create.v1", "{'application':'shop','release':'2','title':'T'}");
        stage.wire.send(BEFORE, "shop", astray, Map.of());
        assertThat(stage.wire.result("astray").path("revision").asInt()).isEqualTo(5);
        byte[] keyless = TopicClient.structured("keyless", "release.create.v1", "{'release':'2','title':'T'}");
        stage.wire.send(BEFORE, null, keyless, Map.of());
        assertThat(stage.wire.result("keyless").at("/problem/code").asText()).isEqualTo("INVALID_COMMAND");

        await().atMost(PATIENCE).until(() -> stage.log(0)
                .contains("Continuing despite a problem with the topics detail=topics have fewer partitions"));
        assertThat(stage.log(0))
                .containsOnlyOnce("topics have fewer partitions than the 7 of others: [lockstep.application-status.v1,"
                        + " lockstep.deployment-status.v1, lockstep.events.v1, lockstep.release-status.v1, lockstep.results.v1]."
                        + " New applications use only 6 partitions until these have as many");
        assertThat(worker.readiness()).isEqualTo(200);
        assertThat(stage.number("select count(*) from growth")).isZero();
    }

    @Test
    void theRequestedRepairWorks() throws Exception {
        stage.wire.create(new NewTopic(TopicClient.EVENTS, 4, (short) 1));
        WorkerProcess worker = stage.start(stage.worker());
        await().atMost(PATIENCE).until(() -> stage.log(0)
                .contains("topic lockstep.events.v1 has 4 partitions, but others have 6:"
                        + " add partitions to it until it has as many"));
        grow(TopicClient.EVENTS, BEFORE);
        worker.awaitReady(PATIENCE);
        stage.wire.outcome("release.create.v1", "shop", "'release':'1','title':'T'");
        worker.terminate();

        stage.wire
                .admin()
                .deleteTopics(List.of(TopicClient.RESULTS, TopicClient.EVENTS))
                .all()
                .get();
        await().ignoreExceptions().atMost(PATIENCE).until(() -> {
            stage.wire
                    .admin()
                    .createTopics(List.of(new NewTopic(TopicClient.RESULTS, 3, (short) 1)))
                    .all()
                    .get();
            return true;
        });
        worker = stage.start(stage.worker().env("LOCKSTEP_TOPICS_PARTITIONS", AFTER));
        await().atMost(PATIENCE).until(() -> stage.log(1)
                .contains("topic lockstep.results.v1 has 3 partitions, but applications live in 6:"
                        + " add partitions to it until it has as many"));
        grow(TopicClient.RESULTS, BEFORE);
        worker.awaitReady(PATIENCE);
        assertThat(partitions(TopicClient.EVENTS))
                .as("created topics match existing ones")
                .isEqualTo(BEFORE);
        assertThat(stage.log(1)).containsOnlyOnce("configured=12 existing=6");
    }

    private WorkerProcess start(String setting, String value) {
        WorkerProcess worker = stage.start(stage.worker().env(setting, value));
        worker.awaitReady(PATIENCE);
        return worker;
    }

    private void grow(String topic, int partitions) throws Exception {
        stage.wire
                .admin()
                .createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                .all()
                .get();
    }

    private int partitions(String topic) throws Exception {
        return stage.wire
                .admin()
                .describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .size();
    }

    private static int home(String application, int partitions) {
        return Utils.toPositive(Utils.murmur2(application.getBytes(StandardCharsets.UTF_8))) % partitions;
    }
}
