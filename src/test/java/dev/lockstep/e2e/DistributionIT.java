package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.local.WorkerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is installed without Maven: the distribution zip, unpacked into an empty folder. */
@Tag("slow")
class DistributionIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int EXIT_CODE_SIGTERM = 143;

    /** A licence, with group:artifact:version - address in the last parentheses. */
    private static final Pattern LICENSED = Pattern.compile("^ +\\(.+\\) .*\\(([^: ]+):([^: ]+):([^: ]+) - .*\\)$");

    @TempDir
    static Path folder;

    private static Path home;

    @BeforeAll
    static void unpack() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (FileSystem zip = FileSystems.newFileSystem(zip(), Map.of("enablePosixFileAttributes", true));
                Stream<Path> files = Files.walk(zip.getPath("/"))) {
            for (Path file : files.skip(1).toList()) {
                Path to = folder.resolve(file.toString().substring(1));
                Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES);
                Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(file));
            }
        }
        try (Stream<Path> unpacked = Files.list(folder)) {
            List<Path> top = unpacked.toList();
            assertThat(top).hasSize(1);
            home = top.get(0);
        }
    }

    private static Path zip() throws IOException {
        try (Stream<Path> built = Files.list(Path.of("target"))) {
            List<Path> zips = built.filter(file -> file.getFileName().toString().matches("lockstep-.*\\.zip"))
                    .toList();
            assertThat(zips).hasSize(1);
            return zips.get(0);
        }
    }

    @Test
    void itContainsWhatIsNeededToRunAndNothingElse() throws IOException {
        assertThat(names(home))
                .containsExactlyInAnyOrder(
                        "LICENSE", "README.md", "THIRD-PARTY.txt", "bin", "config", "docs", "systemd", "worker");
        assertThat(names(home.resolve("worker")))
                .containsExactlyInAnyOrder("app", "lib", "native", "quarkus", "quarkus-run.jar");
        assertThat(jars())
                .noneMatch(jar -> jar.matches(
                        ".*(embedded|zonky|junit|assertj|awaitility|archunit|scala|cloudevents|json-schema).*"
                                + "|org\\.apache\\.kafka\\.(?!kafka-clients-).*"));
        assertThat(Files.readString(home.resolve("README.md")))
                .startsWith("# Lockstep " + home.getFileName().toString().substring("lockstep-".length()) + "\n");
    }

    @Test
    void everyLibraryIsInTheListOfLicences() throws IOException {
        List<String> licensed = Files.readAllLines(home.resolve("THIRD-PARTY.txt")).stream()
                .map(LICENSED::matcher)
                .filter(line -> line.matches() && !line.group().contains("Unknown"))
                .map(line -> line.group(1) + "." + line.group(2) + "-" + line.group(3))
                .toList();
        List<String> unlisted = jars().stream()
                .filter(jar -> licensed.stream().noneMatch(jar::startsWith))
                .toList();
        assertThat(unlisted).isEmpty();
    }

    private static TreeSet<String> jars() {
        TreeSet<String> jars = new TreeSet<>();
        for (String part : List.of("main", "boot")) {
            jars.addAll(names(home.resolve("worker/lib").resolve(part)));
        }
        return jars;
    }

    private static TreeSet<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aNonRootUserStartsItAndItWorks() throws Exception {
        List<String> command =
                Unprivileged.asNobody(List.of(home.resolve("bin/lockstep").toString()));
        try (TestInstallation stage = TestInstallation.open("distribution")) {
            Files.writeString(home.resolve("config/application.properties"), "lockstep.source=/configured\n");
            WorkerProcess worker = stage.start(stage.worker()
                    .env("JAVA_HOME", System.getProperty("java.home"))
                    .startedBy(command));
            worker.awaitReady(PATIENCE);

            stage.wire.awaitAccepted(stage.wire.send("release.create.v1", "installed", "'release':'1','title':'T'"));
            assertThat(stage.wire.seen(TopicClient.RESULTS, any -> true)).allMatch(record -> "/configured"
                    .equals(new String(record.headers().lastHeader("ce_source").value())));

            assertThat(worker.terminate()).isTrue();
            assertThat(worker.hasExitedWith(EXIT_CODE_SIGTERM)).isTrue();
        }
    }
}
