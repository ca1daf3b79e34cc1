package dev.lockstep.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.ops.SelfTermination;
import dev.lockstep.setup.StartFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdUnitTest {

    private static final Path UNIT = Path.of("src/main/dist/systemd/lockstep.service");

    @TempDir
    Path folder;

    @Test
    void itStartsAgainWhereThatHelps() throws Exception {
        assertThat(Files.readAllLines(UNIT))
                .contains(
                        "Restart=on-failure",
                        "RestartPreventExitStatus=" + StartFailure.EXIT_INVALID_SETTINGS + " "
                                + SelfTermination.EXIT_UNLOADABLE)
                .noneMatch(line -> line.matches(
                        "(SuccessExitStatus|RestartPreventExitStatus)=.*\\b" + SelfTermination.EXIT_TEMPFAIL + "\\b.*"))
                .anyMatch(line -> line.matches("RestartSec=[1-9].*"));
    }

    @Test
    void systemdUnderstandsIt() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "Skipped: there is no systemd-analyze here.");
        Path unit = folder.resolve("lockstep.service");
        String here = Path.of("src/main/dist").toAbsolutePath().toString();
        Files.writeString(unit, Files.readString(UNIT).replace("=/opt/lockstep", "=" + here));

        Process verify = new ProcessBuilder("systemd-analyze", "verify", "--man=no", unit.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(verify.getInputStream().readAllBytes());
        assertThat(verify.waitFor()).as(said).isZero();
        assertThat(said.lines().filter(line -> line.contains("lockstep.service")))
                .isEmpty();
    }
}
