package dev.lockstep.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real PostgreSQL on this machine, in a session of its own so that a Ctrl-C in the terminal does not reach it. Its data
 * is kept in a folder and is there again at the next start; its log is next to it, as {@code <folder>.log}.
 *
 * <p>It trusts all connections, but accepts them from the loopback interface only: nothing here is secret.
 */
public final class EmbeddedDatabase implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(EmbeddedDatabase.class);
    private static final String NAME = "lockstep";
    private static final int START_ATTEMPTS = 3;
    private static final List<String> DURABILITY = List.of("fsync", "synchronous_commit", "full_page_writes");

    private final PostgresBinaries postgres = PostgresBinaries.unpacked();
    private final Path dir;
    private final int port;
    private final boolean durable;
    private final List<String> more;

    private EmbeddedDatabase(Path dir, int port, boolean durable, List<String> more) {
        this.dir = dir.toAbsolutePath().normalize();
        this.port = port;
        this.durable = durable;
        this.more = more;
    }

    /**
     * Starts PostgreSQL on the folder's data, initialising the folder if it is new, and stops an instance that a killed run left
     * running on it.
     *
     * @param port 0 picks a free one, which {@link #restart()} keeps
     * @param durable whether a commit survives a crash; {@code false} is faster, and only for tests that do not crash it
     * @param extraSettings settings, each as {@code name=value}
     */
    public static EmbeddedDatabase start(Path dir, int port, boolean durable, String... extraSettings) {
        for (int attempt = 1; ; attempt++) {
            EmbeddedDatabase database =
                    new EmbeddedDatabase(dir, port == 0 ? Ports.free() : port, durable, List.of(extraSettings));
            try {
                database.initialise();
                database.restart();
                return database;
            } catch (IllegalStateException e) {
                if (port != 0 || attempt == START_ATTEMPTS || Ports.isFree(database.port)) {
                    throw e;
                }
            }
        }
    }

    public String host() {
        return "localhost";
    }

    public int port() {
        return port;
    }

    public String user() {
        return NAME;
    }

    public String password() {
        return NAME;
    }

    public String database() {
        return NAME;
    }

    public DataSource dataSource() {
        return dataSource(NAME);
    }

    /** Kills PostgreSQL as a crash would: no checkpoint, every connection broken. The next start recovers from its log. */
    public void killImmediately() {
        stop("immediate");
    }

    /** Starts PostgreSQL after {@link #killImmediately()} or {@link #close()}, on the same port and data. */
    public synchronized void restart() {
        PostmasterPid.settle(dir).ifPresent(pid -> {
            LOG.infof("Stopping the PostgreSQL that an earlier run left behind pid=%d dir=%s", pid, dir.getFileName());
            stop("fast");
        });
        postgres.run("pg_ctl", List.of("start", "-w", "-D", dir.toString(), "-l", log().toString(), "-o", settings()));
        ShutdownCloser.close(this);
        createDatabase();
    }

    public boolean isRunning() {
        return PostmasterPid.settle(dir).isPresent();
    }

    @Override
    public void close() {
        if (isRunning()) {
            stop("fast");
        }
        ShutdownCloser.forget(this);
    }

    @Override
    public String toString() {
        return "PostgreSQL on " + host() + ":" + port;
    }

    private synchronized void stop(String mode) {
        ShutdownCloser.forget(this);
        postgres.run("pg_ctl", List.of("stop", "-w", "-D", dir.toString(), "-m", mode));
    }

    private String settings() {
        StringBuilder settings = new StringBuilder("-p " + port);
        settings.append(" -c listen_addresses=localhost -c unix_socket_directories=");
        settings.append(" -c timezone=UTC -c log_timezone=UTC -c max_connections=100");
        for (String setting : DURABILITY) {
            settings.append(" -c ").append(setting).append('=').append(durable ? "on" : "off");
        }
        more.forEach(setting -> settings.append(" -c ").append(setting));
        return settings.toString();
    }

    private Path log() {
        return dir.resolveSibling(dir.getFileName() + ".log");
    }

    /** Initialises a folder next to it and renames that, so that an interrupted attempt leaves nothing half done. */
    private void initialise() {
        if (Files.exists(dir.resolve("PG_VERSION"))) {
            return;
        }
        Path fresh = dir.resolveSibling(dir.getFileName() + ".new");
        try {
            Files.createDirectories(dir.getParent());
            Folders.delete(fresh);
            postgres.run(
                    "initdb",
                    List.of(
                            "-D",
                            fresh.toString(),
                            "-U",
                            NAME,
                            "-A",
                            "trust",
                            "-E",
                            "UTF8",
                            "--locale=C",
                            "--no-sync"));
            Files.deleteIfExists(dir);
            Files.move(fresh, dir);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not initialise " + dir, e);
        }
    }

    private void createDatabase() {
        try (Connection connection = dataSource("postgres").getConnection();
                Statement statement = connection.createStatement();
                ResultSet known = statement.executeQuery("SELECT FROM pg_database WHERE datname = '" + NAME + "'")) {
            if (!known.next()) {
                statement.execute("CREATE DATABASE " + NAME);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("Could not create the database " + NAME, e);
        }
    }

    private DataSource dataSource(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {host()});
        source.setPortNumbers(new int[] {port});
        source.setDatabaseName(database);
        source.setUser(user());
        source.setPassword(password());
        return source;
    }

    /** The process id of a running postmaster on this folder's data. */
    public Optional<Long> pid() {
        return PostmasterPid.settle(dir);
    }
}
