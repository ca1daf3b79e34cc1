package dev.lockstep.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * The settings of the local run, as system properties on Maven's command line, and the check that nothing stands in its way:
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><th>property</th><th>default</th><th></th></tr>
 * <tr><td>{@code lockstep.local.kafka-port}</td><td>9092</td><td>where Kafka listens</td></tr>
 * <tr><td>{@code lockstep.local.http-port}</td><td>8080</td><td>the worker's health checks</td></tr>
 * <tr><td>{@code lockstep.local.postgres-port}</td><td>0</td><td>0 picks a free port</td></tr>
 * <tr><td>{@code lockstep.local.data}</td><td>{@code data}</td><td>the folder for all data; delete it to start afresh</td></tr>
 * </table>
 *
 * <p>Maven runs this file as source, before anything is compiled, so it depends on nothing but Java.
 *
 * @param postgresPort 0 for a free one
 * @param data absolute
 */
record LocalSettings(int kafkaPort, int httpPort, int postgresPort, Path data) {

    static final String KAFKA_PORT = "lockstep.local.kafka-port";
    static final String HTTP_PORT = "lockstep.local.http-port";
    static final String POSTGRES_PORT = "lockstep.local.postgres-port";
    static final String DATA = "lockstep.local.data";

    /** As it appears in the worker's command line. */
    static final String ARTEFACT = "quarkus-run.jar";

    private static final int LAST_PORT = 65_535;
    private static final int END_SECONDS = 10;

    /** Rejects a second start before anything is built, and says what is going on. */
    public static void main(String[] args) {
        try {
            fromSystemProperties().requireNoConflicts();
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
            System.exit(1);
        }
        System.out.println("Building the worker, which takes half a minute …");
    }

    /** @throws IllegalStateException if a setting is invalid */
    static LocalSettings fromSystemProperties() {
        Path project = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        return new LocalSettings(
                port(KAFKA_PORT, 9092),
                port(HTTP_PORT, 8080),
                port(POSTGRES_PORT, 0),
                project.resolve(System.getProperty(DATA, "data")).normalize());
    }

    /**
     * Stops the worker of a run that was killed.
     *
     * @throws IllegalStateException with a sentence for the user if another run uses the data, or a port is taken
     */
    void requireNoConflicts() {
        FileChannel lock = lock();
        try {
            endLeftoverWorker();
            requireFree("Kafka", KAFKA_PORT, kafkaPort);
            requireFree("the worker's HTTP", HTTP_PORT, httpPort);
            if (postgresPort != 0) {
                requireFree("Postgres", POSTGRES_PORT, postgresPort);
            }
            lock.close();
        } catch (IOException e) {
            throw new IllegalStateException("Cannot use " + data + ": " + e, e);
        }
    }

    /**
     * Two runs on one folder would stop each other's database.
     *
     * @return what has to stay open, and reachable, for as long as the folder is used
     * @throws IllegalStateException with a sentence for the user if another run uses it
     */
    FileChannel lock() {
        try {
            Files.createDirectories(data);
            FileChannel channel =
                    FileChannel.open(data.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock != null) {
                return channel;
            }
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("Cannot use " + data + ": " + e, e);
        }
        throw new IllegalStateException(
                "Another local run uses " + shown(data) + "/: end it, or choose another folder with -D" + DATA + "=…");
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException lockedByThisProcess) {
            return null;
        }
    }

    Path workerPid() {
        return data.resolve("worker.pid");
    }

    /** Stops it and waits until it has ended, so that its port is free. */
    private void endLeftoverWorker() throws IOException {
        if (!Files.exists(workerPid())) {
            return;
        }
        ProcessHandle leftover = ProcessHandle.of(
                        Long.parseLong(Files.readString(workerPid()).strip()))
                .filter(process -> process.info().commandLine().orElse("").contains(ARTEFACT))
                .orElse(null);
        if (leftover != null) {
            leftover.destroyForcibly();
            try {
                leftover.onExit().get(END_SECONDS, TimeUnit.SECONDS);
                System.out.println("An earlier run was killed and left its worker behind; stopping it now.");
            } catch (Exception e) {
                throw new IllegalStateException("The worker of an earlier run does not end: pid " + leftover.pid(), e);
            }
        }
    }

    private static void requireFree(String what, String property, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException taken) {
            throw new IllegalStateException(
                    "Port %d, for %s, is taken: end what listens there, or choose another with -D%s=…"
                            .formatted(port, what, property));
        }
    }

    private static int port(String property, int byDefault) {
        Integer port = Integer.getInteger(property, System.getProperty(property) == null ? byDefault : -1);
        if (port < 0 || port > LAST_PORT) {
            throw new IllegalStateException("-D%s=%s is no port.".formatted(property, System.getProperty(property)));
        }
        return port;
    }

    static String shown(Path path) {
        Path here = Path.of("").toAbsolutePath();
        return path.startsWith(here) ? here.relativize(path).toString() : path.toString();
    }
}
