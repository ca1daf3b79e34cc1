package dev.lockstep.local;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A real Kafka broker (KRaft, one node) inside this JVM. Its data is kept in a folder and is there again at the next start.
 *
 * <pre>{@code
 * EmbeddedKafka kafka = EmbeddedKafka.start(dir, 0);
 *
 * EmbeddedKafka kafka = EmbeddedKafka.in(dir).advertisedThrough(Ports.free()).start();
 * TcpProxy proxy = TcpProxy.before(kafka);
 * // a client of kafka.bootstrapServers() connects directly, one of kafka.proxiedBootstrapServers() always through the proxy
 * }</pre>
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final String HOST = "localhost";
    private static final int NODE = 1;
    private static final int START_ATTEMPTS = 3;

    private final Options options;
    private final int port;
    private final List<Integer> proxiedPorts;
    private KafkaRaftServer server;

    private EmbeddedKafka(Options options) {
        this.options = options;
        this.port = options.port == 0 ? Ports.free() : options.port;
        this.proxiedPorts =
                options.advertisedPorts.stream().map(proxy -> Ports.free()).toList();
    }

    /**
     * Starts a broker with the folder's data, formatting the folder if it is new.
     *
     * @param port where clients connect; 0 picks a free one, which {@link #restart()} keeps
     */
    public static EmbeddedKafka start(Path dir, int port) {
        return in(dir).port(port).start();
    }

    public static Options in(Path dir) {
        return new Options(dir);
    }

    /** The listener without a proxy in front of it. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    public int port() {
        return port;
    }

    /** The listener whose clients are sent to the proxy for everything. Only with {@link Options#advertisedThrough}. */
    public String proxiedBootstrapServers() {
        return proxiedBootstrapServers(0);
    }

    /** The same for one of several proxies, counted from 0. */
    public String proxiedBootstrapServers(int proxy) {
        return HOST + ":" + advertisedPort(proxy);
    }

    /** Where the proxy has to connect to. Only with {@link Options#advertisedThrough}. */
    public int proxiedPort(int proxy) {
        requireProxy(proxy);
        return proxiedPorts.get(proxy);
    }

    /** Where the proxy has to listen. Only with {@link Options#advertisedThrough}. */
    int advertisedPort(int proxy) {
        requireProxy(proxy);
        return options.advertisedPorts.get(proxy);
    }

    public boolean isRunning() {
        return server != null;
    }

    /** Shuts the broker down cleanly; its data stays. */
    public synchronized void stop() {
        ShutdownCloser.forget(this);
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
            server = null;
        }
    }

    /** Restarts a stopped or running broker, on the same folder and port. */
    public synchronized void restart() {
        stop();
        startServer();
    }

    @Override
    public void close() {
        stop();
    }

    @Override
    public String toString() {
        return "Kafka on " + bootstrapServers();
    }

    private synchronized void startServer() {
        KafkaRaftServer starting = new KafkaRaftServer(
                new KafkaConfig(EmbeddedKafkaSettings.of(options, port, proxiedPorts, Ports.free()), false),
                Time.SYSTEM);
        try {
            starting.startup();
        } catch (RuntimeException e) {
            starting.shutdown();
            throw e;
        }
        server = starting;
        ShutdownCloser.close(this);
    }

    private void requireProxy(int proxy) {
        if (proxy >= options.advertisedPorts.size()) {
            throw new IllegalStateException("This broker was not started with advertisedThrough(…) for proxy " + proxy);
        }
    }

    /** How to start a broker. */
    public static final class Options {
        final Path dir;
        final Map<String, String> settings = new HashMap<>();
        final List<Integer> advertisedPorts = new ArrayList<>();
        int port;

        private Options(Path dir) {
            this.dir = dir;
        }

        /** @param port where clients connect; 0, the default, picks a free one */
        public Options port(int port) {
            this.port = port;
            return this;
        }

        /**
         * Adds a listener whose clients are told to connect to {@code localhost:proxyPort} for everything, so that a proxy
         * can stand between them and the broker while others reach it directly. May be called for several proxies.
         */
        public Options advertisedThrough(int proxyPort) {
            advertisedPorts.add(proxyPort);
            return this;
        }

        /** Sets or overrides one broker setting. */
        public Options with(String setting, Object value) {
            settings.put(setting, String.valueOf(value));
            return this;
        }

        public EmbeddedKafka start() {
            QuietLogs.quiet();
            format();
            for (int attempt = 1; ; attempt++) {
                EmbeddedKafka kafka = new EmbeddedKafka(this);
                try {
                    kafka.startServer();
                    return kafka;
                } catch (RuntimeException e) {
                    if (attempt == START_ATTEMPTS || port != 0) {
                        throw e;
                    }
                }
            }
        }

        private void format() {
            if (Files.exists(dir.resolve("meta.properties"))) {
                return;
            }
            try {
                Files.createDirectories(dir);
                new Formatter()
                        .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                        .setNodeId(NODE)
                        .setClusterId(Uuid.randomUuid().toString())
                        .addDirectory(dir.toString())
                        .setMetadataLogDirectory(dir.toString())
                        .setControllerListenerName(EmbeddedKafkaSettings.CONTROLLER)
                        .run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (Exception e) {
                throw new IllegalStateException("Could not format " + dir + " for Kafka", e);
            }
        }
    }
}
