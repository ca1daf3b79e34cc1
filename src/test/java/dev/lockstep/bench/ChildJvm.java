package dev.lockstep.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A main class from the test class path in a JVM of its own, so that its processor time is its own. It prints a first
 * line when it is up, and ends when its standard input ends: when this JVM ends at the latest.
 */
final class ChildJvm implements AutoCloseable {

    private static final int GRACE_SECONDS = 30;

    private final Process process;
    private final String firstLine;

    private ChildJvm(Process process, String firstLine) {
        this.process = process;
        this.firstLine = firstLine;
    }

    /**
     * @param errors where its standard error goes
     * @throws IllegalStateException if it ends before it is up
     */
    static ChildJvm start(Class<?> main, List<String> javaOptions, List<String> arguments, Path errors) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                    .start();
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String firstLine = output.readLine();
            if (firstLine == null) {
                throw new IllegalStateException(main.getSimpleName() + " did not start; see " + errors);
            }
            return new ChildJvm(process, firstLine);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For the child's main: prints the line, and runs the action when the parent is gone or closes the child. */
    static void announceUp(String line, Runnable onShutdown) {
        Thread lifeline = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            continue;
                        }
                    } catch (IOException e) {
                        // the parent is gone in this case too
                    }
                    onShutdown.run();
                },
                "lifeline");
        lifeline.setDaemon(true);
        lifeline.start();
        System.out.println(line);
        System.out.flush();
    }

    long pid() {
        return process.pid();
    }

    String firstLine() {
        return firstLine;
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
