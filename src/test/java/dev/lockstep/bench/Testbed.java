package dev.lockstep.bench;

import dev.lockstep.local.EmbeddedDatabase;
import dev.lockstep.local.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/** A broker in its own JVM and a durable Postgres, both fresh; every contender has its own topics and database there. */
final class Testbed implements AutoCloseable {

    private final BenchSettings settings;
    private final EmbeddedDatabase postgres;
    private final ChildJvm broker;
    private final int brokerProxyPort;

    private Testbed(BenchSettings settings, EmbeddedDatabase postgres, ChildJvm broker, int brokerProxyPort) {
        this.settings = settings;
        this.postgres = postgres;
        this.broker = broker;
        this.brokerProxyPort = brokerProxyPort;
    }

    static Testbed start(BenchSettings settings) {
        Path data = settings.out().resolve("data");
        try {
            delete(data);
            Files.createDirectories(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        EmbeddedDatabase postgres = EmbeddedDatabase.start(
                data.resolve("postgres"), 0, true, settings.postgres().toArray(String[]::new));
        int brokerProxyPort = Ports.free();
        ChildJvm broker = ChildJvm.start(
                BrokerMain.class,
                List.of("-Xmx1g", "-Djava.util.logging.manager=org.jboss.logmanager.LogManager"),
                List.of(data.resolve("kafka").toString(), String.valueOf(brokerProxyPort)),
                settings.out().resolve("broker.log"));
        return new Testbed(settings, postgres, broker, brokerProxyPort);
    }

    /** Without a proxy. */
    Endpoints endpoints() {
        return new Endpoints(bootstrapServers(), postgres.port());
    }

    /** Starts proxies in front of broker and Postgres, the former on the port that the broker advertises. */
    WireTrace trace() {
        int proxiedPort = Integer.parseInt(broker.firstLine().split(" ")[1]);
        return new WireTrace(proxiedPort, brokerProxyPort, postgres.host(), postgres.port());
    }

    BenchSettings settings() {
        return settings;
    }

    String bootstrapServers() {
        return broker.firstLine().split(" ")[0];
    }

    EmbeddedDatabase postgres() {
        return postgres;
    }

    /** Processor seconds that each process has used so far. */
    Cost cost(long contender) {
        return new Cost(
                Processes.cpuSeconds(contender),
                Processes.cpuSecondsByThread(contender).getOrDefault(Processes.COMPILER, Double.NaN),
                Processes.cpuSeconds(broker.pid()),
                Processes.cpuSecondsWithChildren(postgres.pid().orElseThrow()),
                Processes.cpuSeconds(ProcessHandle.current().pid()));
    }

    /** Processor seconds that the just-in-time compilers of contender and broker have used so far. */
    double compilerSeconds(long contender) {
        return LongStream.of(contender, broker.pid())
                .mapToDouble(pid -> Processes.cpuSecondsByThread(pid).getOrDefault(Processes.COMPILER, Double.NaN))
                .sum();
    }

    void createDatabase(String name) {
        execute("postgres", "create database " + name);
    }

    /** Writes everything out, so that no turn pays for what the previous one left unwritten. */
    void settle() {
        execute("postgres", "checkpoint");
    }

    void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The result of a query for a single number. */
    long number(String database, String query) {
        try (Connection connection = connect(database);
                ResultSet row = connection.createStatement().executeQuery(query)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Connection connect(String database) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(jdbcUrl(database));
        return source.getConnection();
    }

    private String jdbcUrl(String database) {
        return jdbcUrl(database, postgres.port());
    }

    String jdbcUrl(String database, int port) {
        return "jdbc:postgresql://%s:%d/%s?user=%s&password=%s"
                .formatted(postgres.host(), port, database, postgres.user(), postgres.password());
    }

    @Override
    public void close() {
        broker.close();
        postgres.close();
        try {
            delete(settings.out().resolve("data"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            List<Path> deepestFirst;
            try (Stream<Path> all = Files.walk(folder)) {
                deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        }
    }
}
