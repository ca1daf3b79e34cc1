package dev.lockstep.setup;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.config.Settings;
import dev.lockstep.docs.OperationsDoc;
import dev.lockstep.local.EmbeddedKafka;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a broker that allows everybody everything, unless a test says otherwise. */
class PermissionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static Admin admin;
    private static Settings settings;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.in(folder)
                .with("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                .with("allow.everyone.if.no.acl.found", "true")
                .start();
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        settings =
                new SmallRyeConfigBuilder().withMapping(Settings.class).build().getConfigMapping(Settings.class);
        new TopicSetup(
                        settings.topics(),
                        settings.publish().batchBytes(),
                        settings.limits().maxRecordBytes())
                .ensure(admin, 0, true, (there, missing) -> {});
    }

    @AfterAll
    static void stop() {
        admin.close();
        kafka.close();
    }

    @AfterEach
    void allowAll() throws Exception {
        admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThatCode(PermissionsTest::check).doesNotThrowAnyException());
    }

    @Test
    void whereEverythingIsAllowedNothingIsMissing() {
        assertThatCode(PermissionsTest::check).doesNotThrowAnyException();
    }

    @Test
    void allThatIsMissingIsNamed() throws Exception {
        allowOnly(ResourceType.TOPIC, "lockstep.commands.v1", AclOperation.WRITE);
        allowOnly(ResourceType.TOPIC, "lockstep.results.v1", AclOperation.READ);
        allowOnly(ResourceType.GROUP, "lockstep", AclOperation.DESCRIBE);
        allowOnly(ResourceType.TRANSACTIONAL_ID, "lockstep-", AclOperation.DESCRIBE);

        await().atMost(PATIENCE).untilAsserted(() -> assertThatThrownBy(PermissionsTest::check)
                .isInstanceOf(SetupException.class)
                .satisfies(OperationsDoc::assertDocuments)
                .message()
                .contains(
                        "READ, DESCRIBE_CONFIGS on topic lockstep.commands.v1",
                        "WRITE, DESCRIBE_CONFIGS on topic lockstep.results.v1")
                .doesNotContain("events"));
    }

    @Test
    void aGroupThatMayNotBeJoinedIsNamed() throws Exception {
        allowOnly(ResourceType.GROUP, "lockstep", AclOperation.DELETE, "User:somebody-else");
        await().atMost(PATIENCE).untilAsserted(() -> assertThatThrownBy(PermissionsTest::check)
                .hasMessageContaining("READ on group lockstep"));
    }

    @Test
    void transactionsThatMayNotBeBegunAreNamed() throws Exception {
        allowOnly(ResourceType.TRANSACTIONAL_ID, "lockstep-", AclOperation.ALL, "User:somebody-else");
        await().atMost(PATIENCE).untilAsserted(() -> assertThatThrownBy(PermissionsTest::check)
                .hasMessageContaining("WRITE on transactional ids that start with lockstep-"));
    }

    @Test
    void aBrokerThatDoesNotAnswerForbidsNothing() {
        try (Admin nobody = Admin.create(
                Map.of("bootstrap.servers", "localhost:1", "default.api.timeout.ms", 200, "request.timeout.ms", 100))) {
            assertThatCode(() -> new Permissions(settings).check(nobody)).doesNotThrowAnyException();
        }
    }

    private static void check() {
        new Permissions(settings).check(admin);
    }

    private static void allowOnly(ResourceType type, String name, AclOperation operation) throws Exception {
        allowOnly(type, name, operation, "User:ANONYMOUS");
    }

    private static void allowOnly(ResourceType type, String name, AclOperation operation, String principal)
            throws Exception {
        PatternType pattern = type == ResourceType.TRANSACTIONAL_ID ? PatternType.PREFIXED : PatternType.LITERAL;
        admin.createAcls(List.of(new AclBinding(
                        new ResourcePattern(type, name, pattern),
                        new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW))))
                .all()
                .get();
    }
}
