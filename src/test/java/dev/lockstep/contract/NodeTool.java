package dev.lockstep.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The scripts under {@code src/test/node}, if Node and their packages are installed. */
public final class NodeTool {

    private static final Path FOLDER = Path.of(System.getProperty("basedir", ""), "src/test/node");
    private static final long PATIENCE_SECONDS = 300;

    private NodeTool() {}

    public record ProcessResult(int code, String output) {}

    /** Skips the test, with an explanation, if it cannot run. */
    public static NodeTool orSkip() {
        if (!Files.isDirectory(FOLDER.resolve("node_modules"))) {
            skip("The packages of src/test/node are not installed: run npm ci there.");
        }
        if (!Commands.exists("node")) {
            skip("Node is not installed.");
        }
        return new NodeTool();
    }

    public ProcessResult run(String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("node", script));
        command.addAll(List.of(arguments));
        return Commands.run(FOLDER, "", PATIENCE_SECONDS, command);
    }

    /** For scripts that open pages. */
    public static NodeTool withBrowserOrSkip() {
        NodeTool node = orSkip();
        if (!Commands.exists("chromium")) {
            skip("Chromium is not installed.");
        }
        return node;
    }

    static void skip(String why) {
        System.out.println("Skipped: " + why);
        Assumptions.abort(why);
    }

    /** Programs on this machine. */
    static final class Commands {

        private Commands() {}

        static boolean exists(String program) {
            for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
                if (Files.isExecutable(Path.of(folder, program))) {
                    return true;
                }
            }
            return false;
        }

        /** @param input its standard input */
        static ProcessResult run(Path folder, String input, long patienceSeconds, List<String> command) {
            try {
                Path output = Files.createTempFile("command", ".out");
                Process process = new ProcessBuilder(command)
                        .directory(folder.toAbsolutePath().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                try (var stdin = process.getOutputStream()) {
                    stdin.write(input.getBytes(StandardCharsets.UTF_8));
                }
                if (!process.waitFor(patienceSeconds, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
                String told = Files.readString(output);
                Files.delete(output);
                return new ProcessResult(process.exitValue(), told);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
