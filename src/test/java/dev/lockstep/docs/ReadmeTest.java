package dev.lockstep.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands in README.md that can be pasted into a shell. */
class ReadmeTest {

    private static final Pattern BLOCK = Pattern.compile("^```\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @TempDir
    Path folder;

    @Test
    void itsCommandsCanBePastedAgain() throws Exception {
        tool("kcat", "cat >>'" + folder.resolve("sent") + "'");
        tool("date", "echo >>'" + folder.resolve("seconds") + "'; wc -l <'" + folder.resolve("seconds") + "'");
        for (int time = 0; time < 2; time++) {
            paste(block("kcat -P"));
        }
        List<String> ids = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("sent"))) {
            JsonNode command = new ObjectMapper().readTree(line);
            ids.add(command.path("id").asText());
            assertThat(command.at("/data/release").asText()).matches("2\\.0\\.[12]");
        }
        assertThat(ids).hasSize(8).doesNotHaveDuplicates();
    }

    @Test
    void itsReadersSayNothingButRecords() throws IOException {
        assertThat(block("kcat -C").lines()).hasSize(3).allMatch(line -> line.contains(" -q "));
    }

    private static String block(String beginning) throws IOException {
        return BLOCK.matcher(Files.readString(Path.of("README.md")))
                .results()
                .map(match -> match.group(1))
                .filter(block -> block.lines().anyMatch(line -> line.startsWith(beginning)))
                .findFirst()
                .orElseThrow();
    }

    private void paste(String block) throws Exception {
        ProcessBuilder shell = new ProcessBuilder("bash", "-euc", block).inheritIO();
        shell.environment().merge("PATH", folder + ":", (path, first) -> first + path);
        assertThat(shell.start().waitFor()).isZero();
    }

    private void tool(String name, String does) throws IOException {
        Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + does + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
