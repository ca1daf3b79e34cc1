package dev.lockstep.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The packaged worker, the same artefact that goes into production, as a child process in a session of its own (where the
 * system has {@code setsid}), so that a Ctrl-C in the terminal does not reach it. It ends with this JVM.
 */
public final class WorkerProcess implements AutoCloseable {

    /** How long a worker has to finish after SIGTERM. */
    private static final Duration GRACE = Duration.ofSeconds(40);

    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private final Process process;
    private final int httpPort;
    private final Path log;

    private WorkerProcess(Process process, int httpPort, Path log) {
        this.process = process;
        this.httpPort = httpPort;
        this.log = log;
    }

    /** A worker on the given broker and database, on a free HTTP port; {@link Options#start()} starts it. */
    public static Options on(String bootstrapServers, EmbeddedDatabase database) {
        return new Options()
                .env("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", bootstrapServers)
                .env("LOCKSTEP_DATABASE_HOST", database.host())
                .env("LOCKSTEP_DATABASE_PORT", database.port())
                .env("LOCKSTEP_DATABASE_NAME", database.database())
                .env("LOCKSTEP_DATABASE_USER", database.user())
                .env("LOCKSTEP_DATABASE_PASSWORD", database.password());
    }

    /** The artefact's path in the build. */
    static Path artefact() {
        return Path.of(System.getProperty("basedir", ""), "target/quarkus-app").toAbsolutePath();
    }

    public long pid() {
        return process.pid();
    }

    public int httpPort() {
        return httpPort;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public boolean hasExitedWith(int code) {
        return !isAlive() && process.exitValue() == code;
    }

    /** Calls back with the exit code when the process has ended, however it ended; on a thread of its own. */
    public void whenExited(IntConsumer then) {
        process.onExit().thenAccept(ended -> then.accept(ended.exitValue()));
    }

    /** Waits for the worker to end by itself, for as long as it takes. */
    public int awaitExit() throws InterruptedException {
        return process.waitFor();
    }

    /** @throws IllegalStateException with a sentence for the user if the worker ends, or is not ready in time */
    public void awaitReady(Duration atMost) {
        try {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(100))
                    .atMost(atMost)
                    .until(() -> !isAlive() || readiness() == 200);
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException(
                    "The worker was not ready within " + atMost.toSeconds() + " s" + seeLog(), e);
        }
        if (!isAlive()) {
            throw new IllegalStateException("The worker ended with exit code " + process.exitValue() + seeLog());
        }
    }

    /** @return the HTTP status of the readiness check, or 0 if nobody answers */
    public int readiness() {
        return ask("ready").map(HttpResponse::statusCode).orElse(0);
    }

    /** @return the HTTP status of the liveness check, or 0 if nobody answers */
    public int liveness() {
        return ask("live").map(HttpResponse::statusCode).orElse(0);
    }

    /** The response of both checks, as JSON; empty if nobody answers. */
    public String health() {
        return ask("").map(HttpResponse::body).orElse("");
    }

    /** Its metrics, in Prometheus' text format; empty if nobody answers. */
    public Optional<String> metrics() {
        return get("metrics", "text/plain").map(HttpResponse::body);
    }

    private Optional<HttpResponse<String>> ask(String check) {
        return get("health/" + check, "application/json");
    }

    private Optional<HttpResponse<String>> get(String what, String format) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + httpPort + "/q/" + what))
                .header("Accept", format)
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return Optional.of(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Sends SIGKILL and waits until the process is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(GRACE);
        ShutdownCloser.forget(this);
    }

    /** Sends SIGSTOP: the process stands still with its connections open, as in a long garbage collection. */
    public void pause() {
        signal("STOP");
    }

    /** Sends SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    /**
     * Sends SIGTERM and waits until the worker has finished.
     *
     * @return whether it finished by itself in time; if not, it was killed
     */
    public boolean terminate() {
        process.destroy();
        boolean finished = awaitExit(GRACE);
        if (!finished) {
            kill();
        }
        ShutdownCloser.forget(this);
        return finished;
    }

    @Override
    public void close() {
        if (isAlive()) {
            resume();
            terminate();
        }
        ShutdownCloser.forget(this);
    }

    @Override
    public String toString() {
        return "Worker " + pid();
    }

    private void signal(String name) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, String.valueOf(pid()))
                    .start()
                    .waitFor();
            if (exit != 0 && isAlive()) {
                throw new IllegalStateException("SIG" + name + " did not reach the worker " + pid());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitExit(Duration atMost) {
        try {
            return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String seeLog() {
        return log == null ? "." : "; its log is " + log + ".";
    }

    /** How to start a worker. */
    public static final class Options {
        private final Map<String, String> environment = new TreeMap<>();
        private final List<String> javaOptions = new ArrayList<>();
        private Path artefact = WorkerProcess.artefact();
        private List<String> command;
        private int httpPort;
        private Path log;

        private Options() {}

        /** Sets one of the worker's settings, by the name of its environment variable. */
        public Options env(String name, Object value) {
            environment.put(name, String.valueOf(value));
            return this;
        }

        /** Adds a JVM option, such as {@code -Xmx256m} or {@code -Dname=value}. */
        public Options javaOption(String option) {
            javaOptions.add(option);
            return this;
        }

        /** Starts it in another way than as the build's artefact with this Java; the command must become the worker's process. */
        public Options startedBy(List<String> other) {
            command = other;
            return this;
        }

        /** @param folder a copy of the artefact, which the next build does not replace */
        public Options artefact(Path folder) {
            artefact = folder;
            return this;
        }

        /** @param port 0, the default, picks a free one */
        public Options httpPort(int port) {
            httpPort = port;
            return this;
        }

        /** Appends the worker's output to a file; by default it goes to this process's own output. */
        public Options log(Path file) {
            log = file;
            return this;
        }

        /** Starts the process; it is not ready yet. */
        public WorkerProcess start() {
            int port = httpPort == 0 ? Ports.free() : httpPort;
            ProcessBuilder builder = new ProcessBuilder(command()).redirectErrorStream(true);
            builder.redirectOutput(
                    log == null ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            builder.environment().putIfAbsent("QUARKUS_HTTP_HOST", "localhost");
            builder.environment().put("QUARKUS_HTTP_PORT", String.valueOf(port));
            try {
                WorkerProcess worker = new WorkerProcess(builder.start(), port, log);
                ShutdownCloser.close(worker);
                return worker;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private List<String> command() {
            List<String> all = new ArrayList<>();
            if (Files.isExecutable(SETSID)) {
                all.add(SETSID.toString());
            }
            all.addAll(command == null ? artefactCommand() : command);
            return all;
        }

        private List<String> artefactCommand() {
            Path jar = artefact.resolve(LocalSettings.ARTEFACT);
            if (!Files.exists(jar)) {
                throw new IllegalStateException("There is no packaged worker: run mvn package first.");
            }
            List<String> java = new ArrayList<>();
            java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            java.addAll(javaOptions);
            java.addAll(List.of("-jar", jar.toString()));
            return java;
        }
    }
}
