package dev.lockstep.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a fake Java that reports its version and the options it was given. */
class StartScriptTest {

    private static final Path SCRIPT = Path.of("src/main/dist/bin/lockstep").toAbsolutePath();
    private static final int LACKS_SOMETHING = 72;

    @TempDir
    Path folder;

    private record Ran(int exitCode, String said) {}

    @BeforeEach
    void haveJava17() throws IOException {
        haveJava("openjdk version \"17.0.15\" 2025-04-15");
    }

    @Test
    void theHeapIsStatedAndTheWorkerRunsAtHome() throws Exception {
        Ran ran = run(Map.of());
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.said())
                .isEqualToIgnoringWhitespace(home() + " -Xmx240m -XX:NewRatio=1 -XX:+UseParallelGC"
                        + " -XX:+ExitOnOutOfMemoryError -jar worker/quarkus-run.jar");
    }

    @Test
    void furtherOptionsComeLastAndMayChooseAnotherCollector() throws Exception {
        assertThat(run(Map.of("JAVA_OPTS", "-Xmx1g -XX:+UseG1GC")).said())
                .isEqualToIgnoringWhitespace(home() + " -Xmx240m -XX:NewRatio=1 -XX:+ExitOnOutOfMemoryError"
                        + " -Xmx1g -XX:+UseG1GC -jar worker/quarkus-run.jar");
        assertThat(run(Map.of("JAVA_OPTS", "-XX:+UseStringDeduplication")).said())
                .contains("-XX:+UseParallelGC");
    }

    @Test
    void itIsFoundThroughALink() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("started-by"), SCRIPT);
        assertThat(run(link, Map.of()).said()).startsWith(home() + " ");
    }

    @Test
    void aMissingJavaIsReported() throws Exception {
        Ran ran = run(Map.of("JAVA_HOME", "/nowhere"));
        assertThat(ran.exitCode()).isEqualTo(LACKS_SOMETHING);
        assertThat(ran.said().strip())
                .isEqualTo("lockstep: no Java is found as '/nowhere/bin/java':"
                        + " install Java 17 or later, and let JAVA_HOME name its folder");
    }

    @Test
    void anOldJavaIsReported() throws Exception {
        for (String old : List.of("1.8.0_412", "11.0.2", "16-ea")) {
            haveJava("Picked up JAVA_TOOL_OPTIONS: -Xmx1m\nopenjdk version \"" + old + "\" 2019-01-15");
            Ran ran = run(Map.of());
            assertThat(ran.exitCode()).as(old).isEqualTo(LACKS_SOMETHING);
            assertThat(ran.said()).contains("is Java " + old + ", and 17 or later is needed");
        }
        haveJava("openjdk version \"25\" 2025-09-16");
        assertThat(run(Map.of()).exitCode()).isZero();
    }

    /** A folder in its place, since root can read any file. */
    @Test
    void unreadableSettingsAreReported() throws Exception {
        Path script = Files.copy(
                SCRIPT, Files.createDirectories(folder.resolve("home/bin")).resolve("lockstep"));
        Path settings = folder.resolve("home/config/application.properties");
        Files.createDirectories(settings);

        Ran ran = run(script, Map.of());

        assertThat(ran.exitCode()).isEqualTo(LACKS_SOMETHING);
        assertThat(ran.said()).startsWith("lockstep: " + settings.toRealPath() + " is not a file that the user '");
        Files.delete(settings);
        assertThat(run(script, Map.of()).exitCode()).isZero();
    }

    private static Path home() throws IOException {
        return SCRIPT.toRealPath().getParent().getParent();
    }

    private Ran run(Map<String, String> environment) throws Exception {
        return run(SCRIPT, environment);
    }

    private Ran run(Path script, Map<String, String> environment) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(script.toString()).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().remove("JAVA_OPTS");
        builder.environment().put("JAVA_HOME", folder.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes());
        return new Ran(process.waitFor(), said);
    }

    private void haveJava(String version) throws IOException {
        Path java = folder.resolve("bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(java, """
                #!/bin/sh
                if [ "$1" = -version ]; then
                  cat >&2 <<'END'
                %s
                END
                else
                  echo "$(pwd -P) $*"
                fi
                """.formatted(version));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
