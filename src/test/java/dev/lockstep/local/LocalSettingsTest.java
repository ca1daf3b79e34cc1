package dev.lockstep.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSettingsTest {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    /** Listens on the port that it is given, and says so; not even SIGTERM ends it at once. */
    private static final String LEFTOVER = """
            public class Leftover {
                public static void main(String[] args) throws Exception {
                    var socket = new java.net.ServerSocket(Integer.parseInt(args[0]), 1, java.net.InetAddress.getLoopbackAddress());
                    System.out.println("listening");
                    socket.accept();
                }
            }
            """;

    @TempDir
    Path folder;

    private final int http = Ports.free();

    private LocalSettings settings() {
        return new LocalSettings(Ports.free(), http, 0, folder.resolve("data"));
    }

    @Test
    void withoutConflictsTheCheckPassesRepeatedly() {
        assertThatCode(() -> settings().requireNoConflicts()).doesNotThrowAnyException();
        assertThatCode(() -> settings().requireNoConflicts()).doesNotThrowAnyException();
    }

    @Test
    void aTakenPortIsReportedWithARemedy() throws IOException {
        try (ServerSocket somebody = new ServerSocket(http, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> settings().requireNoConflicts())
                    .hasMessageContaining("Port " + somebody.getLocalPort() + ", for the worker's HTTP, is taken")
                    .hasMessageContaining("-Dlockstep.local.http-port=");
        }
    }

    @Test
    void aFolderInUseIsRefused() throws IOException {
        try (FileChannel other = settings().lock()) {
            assertThat(other.isOpen()).isTrue();
            assertThatThrownBy(() -> settings().requireNoConflicts()).hasMessageContaining("Another local run uses");
        }
    }

    @Test
    void theWorkerOfAKilledRunIsStoppedBeforeItsPortIsChecked() throws Exception {
        Path source = Files.writeString(folder.resolve("Leftover.java"), LEFTOVER);
        Process leftover = new ProcessBuilder(
                        JAVA.toString(), source.toString(), String.valueOf(http), "-jar", LocalSettings.ARTEFACT)
                .start();
        leftover.inputReader().readLine();
        Files.createDirectories(settings().data());
        Files.writeString(settings().workerPid(), String.valueOf(leftover.pid()));

        settings().requireNoConflicts();

        assertThat(leftover.isAlive()).isFalse();
    }

    @Test
    void aProcessThatOnlyHasTheSameIdIsLeftAlone() throws Exception {
        Files.createDirectories(settings().data());
        Files.writeString(
                settings().workerPid(), String.valueOf(ProcessHandle.current().pid()));

        settings().requireNoConflicts();
    }

    /** As Maven runs it: from source, without compiled classes. */
    @Test
    void itRunsBeforeAnythingIsCompiled() throws Exception {
        try (ServerSocket somebody = new ServerSocket(http, 1, InetAddress.getLoopbackAddress())) {
            Process look = new ProcessBuilder(
                            JAVA.toString(),
                            "-Dbasedir=" + folder,
                            "-Dlockstep.local.kafka-port=" + Ports.free(),
                            "-Dlockstep.local.http-port=" + somebody.getLocalPort(),
                            "src/test/java/dev/lockstep/local/LocalSettings.java")
                    .redirectErrorStream(true)
                    .start();
            assertThat(new String(look.getInputStream().readAllBytes()))
                    .endsWith(
                            ("Port %d, for the worker's HTTP, is taken: end what listens there, or choose another with"
                                            + " -Dlockstep.local.http-port=…\n")
                                    .formatted(http));
            assertThat(look.waitFor()).isEqualTo(1);
        }
    }
}
