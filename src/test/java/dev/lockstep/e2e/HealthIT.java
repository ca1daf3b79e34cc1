package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.local.Ports;
import dev.lockstep.local.TcpProxy;
import dev.lockstep.local.WorkerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A worker that cannot work says so, holds no partitions, and is not restarted for it. Alongside it runs a worker that can. */
@Tag("slow")
class HealthIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration STUCK_AFTER = Duration.ofSeconds(3);
    private static final Duration LEAVE_AFTER = Duration.ofSeconds(6);
    private static final int APPLICATIONS = 12;
    private static final int EXIT_CODE_LEFT = 75;

    private static TestInstallation stage;
    private static WorkerProcess healthy;
    private static int rounds;
    private final List<WorkerProcess> others = new ArrayList<>();

    @BeforeAll
    static void set() {
        stage = TestInstallation.open("health");
    }

    @AfterAll
    static void strike() {
        stage.close();
    }

    @BeforeEach
    void startOne() {
        if (healthy == null || !healthy.isAlive()) {
            healthy = stage.start(worker());
        }
        healthy.awaitReady(PATIENCE);
    }

    @AfterEach
    void endOthers() {
        others.forEach(WorkerProcess::close);
    }

    private static WorkerProcess.Options worker() {
        return stage.worker()
                .env("LOCKSTEP_STUCK_AFTER", STUCK_AFTER.toSeconds() + "s")
                .env("LOCKSTEP_LEAVE_AFTER", LEAVE_AFTER.toSeconds() + "s");
    }

    private WorkerProcess start(WorkerProcess.Options options) {
        WorkerProcess other = stage.start(options);
        others.add(other);
        return other;
    }

    @Test
    void aWorkerThatCannotReachAStoreDoesNotJoinTheGroup() throws Exception {
        WorkerProcess wrongPort = start(worker().env("LOCKSTEP_DATABASE_PORT", Ports.free()));
        WorkerProcess wrongUser = start(worker().env("LOCKSTEP_DATABASE_USER", "nobody"));
        WorkerProcess wrongBroker =
                start(worker().env("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "nowhere.invalid:" + Ports.free()));

        awaitWithPatience().until(() -> wrongPort.health().contains("refused"));
        awaitWithPatience().until(() -> wrongUser.health().contains("nobody"));
        awaitWithPatience().until(() -> wrongBroker.health().contains("cannot be resolved"));
        assertEveryApplicationIsAnswered();

        assertThat(members()).hasSize(1);
        assertNotReadyButLive(wrongPort);
        assertNotReadyButLive(wrongUser);
        assertNotReadyButLive(wrongBroker);
    }

    /** The group's offsets say which database the others use. */
    @Test
    void aWorkerOfTheSameGroupOnAnotherDatabaseDoesNotJoin() throws Exception {
        assertEveryApplicationIsAnswered();
        stage.sql("create database another template template0 encoding 'UTF8'");
        WorkerProcess elsewhere = start(worker().env("LOCKSTEP_DATABASE_NAME", "another"));

        awaitWithPatience()
                .until(() -> elsewhere.health().contains("consumer group lockstep belongs to another database"));
        assertEveryApplicationIsAnswered();

        assertThat(members()).hasSize(1);
        assertNotReadyButLive(elsewhere);
    }

    @Test
    void aWorkerOfAnotherGroupOnTheSameDatabaseDoesNotJoin() throws Exception {
        WorkerProcess mistyped = start(worker().env("LOCKSTEP_KAFKA_GROUP", "lokstep"));

        awaitWithPatience().until(() -> mistyped.health().contains("lockstep.kafka.group is lokstep"));
        assertEveryApplicationIsAnswered();

        assertThat(stage.wire.admin().listGroups().all().get())
                .noneMatch(group -> group.groupId().equals("lokstep"));
        assertNotReadyButLive(mistyped);
    }

    @Test
    void aWorkerIsNotReadyIfAGroupMemberUsesAnotherAssignor() {
        healthy.terminate();
        try (var foreign = foreignMember()) {
            awaitWithPatience().until(() -> {
                foreign.poll(Duration.ofMillis(100));
                return !foreign.assignment().isEmpty();
            });
            healthy = stage.start(worker());

            awaitWithPatience().until(() -> {
                foreign.poll(Duration.ofMillis(100));
                return healthy.health().contains("InconsistentGroupProtocolException");
            });
            assertNotReadyButLive(healthy);
        }
        healthy.awaitReady(PATIENCE);
        assertEveryApplicationIsAnswered();
    }

    private static KafkaConsumer<byte[], byte[]> foreignMember() {
        var member = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", stage.kafka.bootstrapServers(),
                        "group.id", "lockstep",
                        "enable.auto.commit", "false",
                        "partition.assignment.strategy", "org.apache.kafka.clients.consumer.RangeAssignor"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        member.subscribe(List.of(TopicClient.COMMANDS));
        return member;
    }

    @Test
    void aWorkerThatLosesTheDatabaseLeavesTheOthersItsPartitions() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(stage.database.host(), stage.database.port())) {
            WorkerProcess.Options behindProxy = worker().env("LOCKSTEP_DATABASE_PORT", proxy.port());
            WorkerProcess cutOff = start(behindProxy);
            cutOff.awaitReady(PATIENCE);
            awaitWithPatience().until(() -> partitionsOf(members()).equals(List.of(3, 3)));

            proxy.cut(true);
            List<String> commands = new ArrayList<>();
            awaitWithPatience().until(() -> {
                commands.addAll(sendToEveryApplication());
                return !cutOff.isAlive();
            });
            assertThat(cutOff.hasExitedWith(EXIT_CODE_LEFT)).isTrue();
            assertThat(lastLog())
                    .contains(
                            "Shutting down, so that other processes take over the partitions of this one reason=it has been blocked for");
            commands.forEach(stage.wire::result);

            WorkerProcess again = start(behindProxy);
            awaitWithPatience().until(() -> again.readiness() == 503);
            assertEveryApplicationIsAnswered();
            assertThat(members()).hasSize(1);

            proxy.heal();
            again.awaitReady(PATIENCE);
            assertThat(members()).hasSize(2);
        }
    }

    @Test
    void workersStayWhenTheDatabaseIsDownForAll() throws Exception {
        WorkerProcess second = start(worker());
        second.awaitReady(PATIENCE);
        Set<String> before = ids(members());
        assertThat(before).hasSize(2);

        stage.database.killImmediately();
        List<String> commands = sendToEveryApplication();
        awaitWithPatience().during(LEAVE_AFTER.multipliedBy(2)).until(() -> healthy.isAlive() && second.isAlive());
        stage.database.restart();

        commands.forEach(stage.wire::result);
        assertThat(ids(members())).isEqualTo(before);
    }

    /** A full disk: Postgres answers, so a restart does not help. */
    @Test
    void aRefusedWriteIsWaitedFor() {
        stage.sql("""
                create function refuse() returns trigger language plpgsql as
                $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
                create trigger full_disk before insert on outbox execute function refuse()""");
        String command = stage.wire.send("release.create.v1", "full", "'release':'1','title':'T'");

        awaitWithPatience().until(() -> healthy.health().contains("SQLSTATE 53100"));
        assertStaysLive(healthy);

        stage.sql("drop function refuse cascade");
        stage.wire.result(command);
        healthy.awaitReady(PATIENCE);
    }

    @Test
    void anUnsuitableTopicIsWaitedFor() throws Exception {
        setPolicy(TopicClient.RELEASES, "delete");
        awaitWithPatience().until(() -> healthy.health().contains("cleanup.policy=delete"));
        String command = stage.wire.send("release.create.v1", "unfit", "'release':'1','title':'T'");
        assertStaysLive(healthy);

        setPolicy(TopicClient.RELEASES, "compact");
        stage.wire.result(command);
        healthy.awaitReady(PATIENCE);
    }

    private static void setPolicy(String topic, String policy) throws Exception {
        stage.wire
                .admin()
                .incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(
                                new ConfigEntry("cleanup.policy", policy), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    @Test
    void aWorkerThatEncountersANewerFormatLeavesAndWaitsOutside() throws Exception {
        stage.wire.outcome("release.create.v1", "newer", "'release':'1','title':'T'");
        stage.sql("update application set format = 99 where id = 'newer'");
        String command = stage.wire.send("release.create.v1", "newer", "'release':'2','title':'T'");
        awaitWithPatience().until(() -> healthy.hasExitedWith(EXIT_CODE_LEFT));

        healthy = stage.start(worker());
        awaitWithPatience().until(() -> healthy.health().contains("the table application has rows of format 99"));
        assertNotReadyButLive(healthy);
        awaitWithPatience().until(() -> members().isEmpty());

        stage.sql("update application set format = 1 where id = 'newer'");
        stage.wire.result(command);
    }

    private static ConditionFactory awaitWithPatience() {
        return await().pollInterval(Duration.ofMillis(200)).atMost(PATIENCE);
    }

    private static void assertNotReadyButLive(WorkerProcess worker) {
        assertThat(worker.readiness()).isEqualTo(503);
        assertThat(worker.liveness()).isEqualTo(200);
    }

    private static void assertStaysLive(WorkerProcess worker) {
        awaitWithPatience().during(STUCK_AFTER.multipliedBy(2)).untilAsserted(() -> assertNotReadyButLive(worker));
    }

    private static void assertEveryApplicationIsAnswered() {
        sendToEveryApplication().forEach(stage.wire::result);
    }

    private static List<String> sendToEveryApplication() {
        int round = ++rounds;
        return IntStream.range(0, APPLICATIONS)
                .mapToObj(
                        i -> stage.wire.send("release.create.v1", "app-" + i, "'release':'" + round + "','title':'T'"))
                .toList();
    }

    private static Collection<MemberDescription> members() throws Exception {
        return stage.wire
                .admin()
                .describeConsumerGroups(List.of("lockstep"))
                .describedGroups()
                .get("lockstep")
                .get()
                .members();
    }

    private static List<Integer> partitionsOf(Collection<MemberDescription> members) {
        return members.stream()
                .map(member -> member.assignment().topicPartitions().size())
                .toList();
    }

    private static Set<String> ids(Collection<MemberDescription> members) {
        return members.stream().map(MemberDescription::consumerId).collect(Collectors.toSet());
    }

    private static String lastLog() {
        return stage.log(stage.started() - 1);
    }
}
