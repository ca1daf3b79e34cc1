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
final class Station implements AutoCloseable {

    static final Duration SESSION_TIMEOUT = Duration.ofSeconds(6);

    /** With which a worker ends that cannot work where others can. Whoever runs it starts it again. */
    private static final int LEFT = 75;

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

    Station(EmbeddedKafka kafka, EmbeddedDatabase database, int number, Path logs) {
        this.kafka = kafka;
        this.database = database;
        this.number = number;
        this.log = logs.resolve("worker-" + number + ".log");
        this.toKafka = TcpProxy.before(kafka, number);
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
                .env("LOCKSTEP_TOPICS_PARTITIONS", Scene.PARTITIONS)
                .env("LOCKSTEP_TOPICS_REPLICATION", 1)
                .env("LOCKSTEP_TOPICS_GROW_AFTER", "2s")
                .env("LOCKSTEP_BATCH_MAX_RECORDS", 20) // small, so that a second lane has work
                .env("LOCKSTEP_DATABASE_SILENCE", "6s")
                .env("LOCKSTEP_PUBLISH_TRANSACTION_TIMEOUT", "8s")
                .env("LOCKSTEP_PUBLISH_MAX_BLOCK", "3s")
                .env("LOCKSTEP_PUBLISH_REQUEST_TIMEOUT", "2s")
                .env("LOCKSTEP_LEAVE_AFTER", "4s") // shorter than some of the faults
                .env("LOCKSTEP_RETENTION_EVERY", "1s") // so that faults meet it
                .env("LOCKSTEP_KAFKA_SESSION_TIMEOUT", SESSION_TIMEOUT.toSeconds() + "s")
                .javaOption("-Xmx256m")
                .javaOption("-XX:+UseSerialGC")
                .javaOption("-XX:TieredStopAtLevel=1")
                .log(log)
                .start();
        worker = started;
        started.whenItEnds(code -> ended(started, code));
    }

    private synchronized void ended(WorkerProcess ended, int code) {
        if (code == LEFT && worker == ended && !closed) {
            left++;
            start();
        }
    }

    /** How often a worker has ended here because others could work and it could not. */
    int left() {
        return left;
    }

    WorkerProcess worker() {
        return worker;
    }

    /** Also while one that has left is about to be started again. */
    synchronized boolean isManned() {
        return worker != null && (worker.isAlive() || worker.hasEndedWith(LEFT));
    }

    synchronized void leaveEmpty() {
        worker = null;
    }

    TcpProxy toKafka() {
        return toKafka;
    }

    TcpProxy toDatabase() {
        return toDatabase;
    }

    /** A fault has its station for itself. */
    boolean tryTake() {
        return free.tryAcquire();
    }

    void giveBack() {
        free.release();
    }

    /** The lines of the worker's log so far; those of its predecessors here too. */
    List<String> log() {
        try {
            return Files.exists(log) ? Files.readAllLines(log) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the log has, behind its first {@code lines}, one that contains the text. */
    boolean saysAfter(int lines, String text) {
        List<String> all = log();
        return all.subList(Math.min(lines, all.size()), all.size()).stream().anyMatch(line -> line.contains(text));
    }

    /** Whether the present worker's log has a line that contains the text. */
    boolean saysNow(String text) {
        return saysAfter(linesBefore, text);
    }

    /** Whether the present worker has partitions, as it says itself. */
    boolean ownsPartitions() {
        return !owned().isEmpty();
    }

    /** The partitions that the present worker has, as it says itself. */
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
