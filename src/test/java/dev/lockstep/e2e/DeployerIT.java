package dev.lockstep.e2e;

import static dev.lockstep.e2e.TopicClient.EVENTS;
import static dev.lockstep.e2e.TopicClient.header;
import static dev.lockstep.e2e.TopicClient.json;
import static dev.lockstep.e2e.TopicClient.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.contract.PythonTool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documentation's deployer, unchanged, with a command that does what the release's id says. */
class DeployerIT {

    private static final Path DEPLOYER = Path.of(System.getProperty("basedir", ""), "docs/examples/deployer.py");
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PARTITIONS = 6;

    /** How long the deployer may be silent before its deployment is lost; it sends a heartbeat every second. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private static final String COMMAND = """
            echo "$LOCKSTEP_ACTION $LOCKSTEP_RELEASE to $LOCKSTEP_ENVIRONMENT" >> "$RUNS/$LOCKSTEP_APPLICATION"
            case "$LOCKSTEP_RELEASE" in
              fails) echo "2 of 3 pods ready"; exit 3;;
              hangs) echo $$ > "$RUNS/$LOCKSTEP_APPLICATION.pid"; exec sleep 600;;
            esac""";

    @TempDir
    static Path folder;

    private static String python;
    private static TestInstallation stage;
    private static TopicClient wire;
    private static Process deployer;

    @BeforeAll
    static void start() {
        python = PythonTool.orSkip("kafka", "the Debian package python3-kafka").python();
        stage = TestInstallation.open("deployer");
        stage.startReady();
        wire = stage.wire;
        deployer = startDeployer();
        await().atMost(PATIENCE).until(DeployerIT::hasBegun);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (deployer != null) {
            deployer.destroyForcibly().waitFor();
        }
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    void aSuccessfulCommandIsReportedAsSucceeded() {
        deploy("well", "works");

        assertThat(end("well").get("status").textValue()).isEqualTo("succeeded");
        assertThat(runs("well")).containsExactly("deploy works to staging");
    }

    @Test
    void aFailedCommandIsReportedWithItsLastOutput() {
        deploy("badly", "fails");

        JsonNode end = end("badly");
        assertThat(end.get("failureKind").textValue()).isEqualTo("failed");
        assertThat(end.get("message").textValue()).isEqualTo("2 of 3 pods ready");
        assertThat(runs("badly")).containsExactly("deploy fails to staging");
    }

    @Test
    void aCancelledCommandIsStoppedAndReportedAsCancelled() {
        String deployment = deploy("called-off", "hangs");
        ProcessHandle command = command("called-off");

        wire.outcome("deployment.cancel.v1", "called-off", "'deployment':'" + deployment + "'");

        JsonNode end = end("called-off");
        assertThat(end.get("status").textValue()).isEqualTo("cancelled");
        assertThat(end.get("cancelRequested").booleanValue()).isTrue();
        await().atMost(PATIENCE).until(() -> !command.isAlive());
    }

    /** What started while it was away is also run. */
    @Test
    void whatRanWhenTheDeployerDiedIsReportedAsErroredAndNotRunAgain() throws InterruptedException {
        deploy("killed", "hangs");
        ProcessHandle command = command("killed");
        try {
            deployer.destroyForcibly().waitFor();
            deploy("meanwhile", "works");
            deployer = startDeployer();

            JsonNode end = end("killed");
            assertThat(end.get("failureKind").textValue()).isEqualTo("errored");
            assertThat(end.get("message").textValue()).isEqualTo("The deployer died while this was running.");
            assertThat(end("meanwhile").get("status").textValue()).isEqualTo("succeeded");
            assertThat(runs("killed")).containsExactly("deploy hangs to staging");
        } finally {
            command.destroyForcibly();
        }
    }

    @Test
    @Tag("slow")
    void heartbeatsKeepALongDeploymentFromBeingLost() {
        String deployment = deploy("long", "hangs", SILENCE);
        ProcessHandle command = command("long");
        await().atMost(PATIENCE).until(() -> reports(deployment) > 2 * SILENCE.toSeconds());

        command.destroy();

        assertThat(end("long").get("failureKind").textValue()).isEqualTo("failed");
    }

    private static String deploy(String application, String release) {
        return deploy(application, release, Duration.ofMinutes(2));
    }

    /** @return the deployment's id */
    private static String deploy(String application, String release, Duration silence) {
        wire.send(
                "pipeline.define.v1",
                application,
                "'environments':[{'id':'development'},{'id':'staging','policy':{'completion':'reported','reportEvery':'"
                        + silence + "'}}]");
        wire.send("release.create.v1", application, "'release':'" + release + "','title':'It " + release + "'");
        return wire.outcome("release.deploy.v1", application, "'release':'" + release + "','environment':'staging'")
                .get("deployment")
                .textValue();
    }

    private static JsonNode end(String application) {
        var finished = wire.await(
                EVENTS,
                event -> key(event).equals(application)
                        && header(event, "ce_type").contains("lockstep-deployment.finished"));
        return json(finished).at("/customData/lockstep/deployment");
    }

    private static long reports(String deployment) {
        return wire.commands().stream()
                .filter(command -> json(command).path("deployment").asText().equals(deployment))
                .count();
    }

    private static List<String> runs(String application) {
        try {
            return Files.readAllLines(folder.resolve(application));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The command that hangs there. */
    private static ProcessHandle command(String application) {
        Path pid = folder.resolve(application + ".pid");
        await().atMost(PATIENCE)
                .until(() -> Files.exists(pid) && !Files.readString(pid).isBlank());
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Process startDeployer() {
        ProcessBuilder builder = new ProcessBuilder(
                        python,
                        DEPLOYER.toAbsolutePath().toString(),
                        "--bootstrap",
                        stage.kafka.bootstrapServers(),
                        "--environment",
                        "staging",
                        "--state",
                        folder.resolve("state").toString(),
                        "--heartbeat",
                        "1",
                        "--",
                        "sh",
                        "-c",
                        COMMAND)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("deployer.log").toFile()));
        builder.environment().put("RUNS", folder.toString());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it has committed its starting position in the events: it handles what starts from now on. */
    private static boolean hasBegun() throws Exception {
        return wire
                        .admin()
                        .listConsumerGroupOffsets("deployer")
                        .partitionsToOffsetAndMetadata()
                        .get(10, TimeUnit.SECONDS)
                        .keySet()
                        .stream()
                        .filter(partition -> partition.topic().equals(EVENTS))
                        .count()
                == PARTITIONS;
    }
}
