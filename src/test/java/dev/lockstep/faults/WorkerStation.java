package dev.lockstep.faults;

import dev.lockstep.local.EmbeddedDatabase;
import dev.lockstep.local.EmbeddedKafka;
import dev.lockstep.local.TcpProxy;
import dev.lockstep.local.WorkerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A place for one worker process, with a proxy of its own to the broker and one to the database. */
final class WorkerStation implements AutoCloseable {

    static final Duration SESSION_TIMEOUT = Duration.ofSeconds(6);

    /** The exit code of a worker that cannot work while others can. Whoever runs it restarts it. */
    private static final int EXIT_CODE_LEFT = 75;

    private static final Pattern OWNED = Pattern.compile(" owned=\\[([^]]*)]");

    private final EmbeddedKafka kafka;
    private final EmbeddedDatabase database;
    private final int number;
    private final Path log;
    private final TcpProxy toKafka;
    private final TcpProxy toDatabase;
    private final Semaphore free = new Semaphore(1);
    private volatile WorkerProcess worker;
    private volatile int linesBefore;
    private volatile int left;
    private boolean closed;

    WorkerStation(EmbeddedKafka kafka, EmbeddedDatabase database, int number, Path logs) {
        this.kafka = kafka;
        this.database = database;
        this.number = number;
        this.log = logs.resolve("worker-" + number + ".log");
        this.toKafka = TcpProxy.inFrontOf(kafka, number);
        this.toDatabase = TcpProxy.to(database.host(), database.port());
    }

    /** Starts the packaged worker, if none runs here; it is not ready yet. */
    synchronized void start() {
        if (worker != null && worker.isAlive()) {
            return;
        }
        linesBefore = log().size();
        WorkerProcess started = WorkerProcess.on(kafka.proxiedBootstrapServers(number), database)
                .env("LOCKSTEP_DATABASE_PORT", toDatabase.port())
                .env("LOCKSTEP_BOARD_ENABLED", true)
                .env("LOCKSTEP_TOPICS_PARTITIONS", FaultEnvironment.PARTITIONS)
                .env("LOCKSTEP_TOPICS_REPLICATION", 1)
                .env("LOCKSTEP_TOPICS_GROW_AFTER", "2s")
                .env("LOCKSTEP_BATCH_MAX_RECORDS", 20) // small, so that a second lane has something to do
                .env("LOCKSTEP_DATABASE_SILENCE", "6s")
                .env("LOCKSTEP_PUBLISH_TRANSACTION_TIMEOUT", "8s")
                .env("LOCKSTEP_PUBLISH_MAX_BLOCK", "3s")
                .env("LOCKSTEP_PUBLISH_REQUEST_TIMEOUT", "2s")
                .env("LOCKSTEP_LEAVE_AFTER", "4s") // shorter than some of the faults
                .env("LOCKSTEP_RETENTION_EVERY", "1s") // so that faults coincide with it
                .env("LOCKSTEP_KAFKA_SESSION_TIMEOUT", SESSION_TIMEOUT.toSeconds() + "s")
                .javaOption("-Xmx256m")
                .javaOption("-XX:+UseSerialGC")
                .javaOption("-XX:TieredStopAtLevel=1")
                .log(log)
                .start();
        worker = started;
        started.whenExited(code -> ended(started, code));
    }

    private synchronized void ended(WorkerProcess ended, int code) {
        if (code == EXIT_CODE_LEFT && worker == ended && !closed) {
            left++;
            start();
        }
    }

    /** How often a worker here has ended because others could work and it could not. */
    int left() {
        return left;
    }

    WorkerProcess worker() {
        return worker;
    }

    /** Also true while one that has left is about to be restarted. */
    synchronized boolean hasWorker() {
        return worker != null && (worker.isAlive() || worker.hasExitedWith(EXIT_CODE_LEFT));
    }

    synchronized void removeWorker() {
        worker = null;
    }

    TcpProxy toKafka() {
        return toKafka;
    }

    TcpProxy toDatabase() {
        return toDatabase;
    }

    /** A fault has its station to itself. */
    boolean tryTake() {
        return free.tryAcquire();
    }

    void giveBack() {
        free.release();
    }

    /** The lines of the worker's log so far, including those of its predecessors here. */
    List<String> log() {
        try {
            return Files.exists(log) ? Files.readAllLines(log) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the log has, after its first {@code lines}, a line that contains the text. */
    boolean saysAfter(int lines, String text) {
        List<String> all = log();
        return all.subList(Math.min(lines, all.size()), all.size()).stream().anyMatch(line -> line.contains(text));
    }

    /** Whether the current worker's log has a line that contains the text. */
    boolean saysNow(String text) {
        return saysAfter(linesBefore, text);
    }

    /** Whether the current worker has partitions, according to its own log. */
    boolean ownsPartitions() {
        return !owned().isEmpty();
    }

    /** The partitions that the current worker has, according to its own log. */
    Set<Integer> owned() {
        List<String> all = log();
        for (int line = all.size() - 1; line >= linesBefore; line--) {
            Matcher owned = OWNED.matcher(all.get(line));
            if (owned.find()) {
                return Stream.of(owned.group(1).split(", "))
                        .filter(partition -> !partition.isEmpty())
                        .map(Integer::valueOf)
                        .collect(Collectors.toSet());
            }
        }
        return Set.of();
    }

    @Override
    public void close() {
        WorkerProcess last;
        synchronized (this) {
            closed = true;
            last = worker;
        }
        if (last != null) {
            last.close();
        }
        toKafka.close();
        toDatabase.close();
    }

    @Override
    public String toString() {
        return "worker " + number;
    }
}
