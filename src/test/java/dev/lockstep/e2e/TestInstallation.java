package dev.lockstep.e2e;

import dev.lockstep.local.EmbeddedDatabase;
import dev.lockstep.local.EmbeddedKafka;
import dev.lockstep.local.Ports;
import dev.lockstep.local.TcpProxy;
import dev.lockstep.local.WorkerProcess;
import dev.lockstep.ops.metrics.Scrape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A broker, a database and as many packaged workers as a test starts, with a proxy between broker and workers. */
final class TestInstallation implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(90);

    final EmbeddedKafka kafka;
    final EmbeddedDatabase database;
    final TcpProxy proxy;
    final TopicClient wire;
    private final Path folder;
    private final List<WorkerProcess> workers = new ArrayList<>();

    private TestInstallation(Path folder) {
        this.folder = folder;
        int proxyPort = Ports.free();
        kafka = EmbeddedKafka.in(folder.resolve("kafka"))
                .advertisedThrough(proxyPort)
                .start();
        proxy = TcpProxy.inFrontOf(kafka);
        database = EmbeddedDatabase.start(folder.resolve("db"), 0, false);
        wire = new TopicClient(kafka.bootstrapServers());
    }

    static TestInstallation open(String name) {
        try {
            Files.createDirectories(Path.of("target"));
            return new TestInstallation(
                    Files.createTempDirectory(Path.of("target").toAbsolutePath(), "stage-" + name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the broker keeps its partitions, one folder each. */
    Path kafkaFolder() {
        return folder.resolve("kafka");
    }

    WorkerProcess.Options worker() {
        return WorkerProcess.on(kafka.proxiedBootstrapServers(), database)
                .env("LOCKSTEP_KAFKA_SESSION_TIMEOUT", "6s")
                .log(folder.resolve("worker-" + workers.size() + ".log"));
    }

    WorkerProcess start(WorkerProcess.Options options) {
        WorkerProcess worker = options.start();
        workers.add(worker);
        return worker;
    }

    WorkerProcess startReady() {
        WorkerProcess worker = start(worker());
        worker.awaitReady(START);
        return worker;
    }

    int started() {
        return workers.size();
    }

    String log(int worker) {
        try {
            return Files.readString(folder.resolve("worker-" + worker + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Scrape scrape(int worker) {
        return Scrape.of(workers.get(worker).metrics().orElseThrow());
    }

    void sql(String statement) {
        try (Connection connection = database.dataSource().getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whatever the statement locks stays locked until the connection is closed. */
    Connection hold(String statement) throws SQLException {
        Connection connection = database.dataSource().getConnection();
        connection.setAutoCommit(false);
        try (Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
        return connection;
    }

    long number(String query) {
        try (Connection connection = database.dataSource().getConnection();
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        proxy.heal();
        try {
            CountChecks.assertCorrect(workers, wire);
        } finally {
            stopAll();
        }
    }

    private void stopAll() {
        workers.forEach(WorkerProcess::close);
        wire.close();
        proxy.close();
        kafka.close();
        database.close();
    }
}
