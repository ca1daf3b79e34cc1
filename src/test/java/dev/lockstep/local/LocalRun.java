package dev.lockstep.local;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The local run, {@code mvn -q -Plocal}: a real broker in this process, a real database and the packaged worker as its
 * children, until Ctrl-C. See {@link LocalSettings} for its settings.
 *
 * <p>What was started last is stopped first ({@link ShutdownCloser}): the worker, then Kafka, then Postgres.
 */
public final class LocalRun {

    private static final Duration WORKER_START = Duration.ofSeconds(90);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The same as in the image. */
    private static final String HEAP = "240m";

    /** Held here because a lock lives only as long as its channel, and the channel only as long as it is referenced. */
    private static FileChannel lock;

    private final LocalSettings settings;
    private final PrintStream out;

    private LocalRun(LocalSettings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        QuietLogs.everything();
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        try {
            new LocalRun(LocalSettings.fromSystemProperties(), out).run();
        } catch (LocalRunException | IllegalStateException e) {
            out.println(e.getMessage());
            System.exit(1);
        }
    }

    private void run() throws Exception {
        settings.requireNoConflicts(); // once more: the build has taken a while
        lock = settings.lock();
        ShutdownCloser.close(
                () -> out.println("Stopped. The data stays in " + LocalSettings.shown(settings.data()) + "/."));

        out.println("Starting Postgres, Kafka and the worker …");
        CompletableFuture<EmbeddedKafka> starting = CompletableFuture.supplyAsync(this::startKafka);
        EmbeddedDatabase database = startDatabase();
        WorkerProcess worker = startWorker(database); // it waits for Kafka
        EmbeddedKafka kafka = join(starting);
        ShutdownCloser.forget(worker);
        ShutdownCloser.close(worker); // before Kafka, however late Kafka came up
        boolean empty = isEmpty(kafka);
        ShutdownCloser.close(() -> out.println("\nStopping the worker, then Kafka, then Postgres …"));
        awaitReady(worker);
        introduce(kafka, database, worker);
        if (empty) {
            out.println("\n  The store is empty, so here is the story of a release, told through Kafka.");
            new Story(kafka.bootstrapServers(), out, PATIENCE).tell();
        } else {
            out.println("\n  The store has data from an earlier run, so the story was told already.");
            out.println("  To hear it again, delete " + LocalSettings.shown(settings.data()) + "/ and start anew.");
        }
        out.print(NextSteps.of(kafka.bootstrapServers(), worker.httpPort(), database, Instant.now()));
        stayUp(worker);
    }

    private EmbeddedDatabase startDatabase() {
        try {
            return EmbeddedDatabase.start(settings.data().resolve("postgres"), settings.postgresPort(), true);
        } catch (IllegalStateException e) {
            throw new LocalRunException("Postgres did not start: " + e.getMessage(), e);
        }
    }

    private EmbeddedKafka startKafka() {
        try {
            return EmbeddedKafka.start(settings.data().resolve("kafka"), settings.kafkaPort());
        } catch (RuntimeException e) {
            throw new LocalRunException("Kafka did not start: " + e.getMessage(), e);
        }
    }

    private static EmbeddedKafka join(CompletableFuture<EmbeddedKafka> starting) {
        try {
            return starting.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof LocalRunException known ? known : e;
        }
    }

    private WorkerProcess startWorker(EmbeddedDatabase database) throws IOException {
        WorkerProcess worker = WorkerProcess.on("localhost:" + settings.kafkaPort(), database)
                .env("LOCKSTEP_TOPICS_REPLICATION", 1)
                .env("LOCKSTEP_BOARD_ENABLED", true)
                .env("LOCKSTEP_BOARD_COMMANDS", true)
                .artefact(Folders.copy(WorkerProcess.artefact(), settings.data().resolve("worker")))
                .javaOption("-Xmx" + HEAP)
                .javaOption("-XX:TieredStopAtLevel=1") // it starts faster, and has little to do
                .httpPort(settings.httpPort())
                .log(workerLog())
                .start();
        Files.writeString(settings.workerPid(), String.valueOf(worker.pid()));
        return worker;
    }

    private void awaitReady(WorkerProcess worker) {
        try {
            worker.awaitReady(WORKER_START);
        } catch (IllegalStateException e) {
            throw new LocalRunException(e.getMessage(), e);
        }
    }

    private void stayUp(WorkerProcess worker) throws InterruptedException {
        int exit = worker.awaitExit();
        if (!ShutdownCloser.hasBegun()) {
            throw new LocalRunException("The worker ended unexpectedly, with exit code " + exit + "; its log is "
                    + LocalSettings.shown(workerLog()) + ".");
        }
    }

    private static boolean isEmpty(EmbeddedKafka kafka) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            var commands = admin.describeTopics(List.of(StoryClient.COMMANDS))
                    .allTopicNames()
                    .get()
                    .get(StoryClient.COMMANDS);
            for (var partition : commands.partitions()) {
                TopicPartition commandsPartition = new TopicPartition(StoryClient.COMMANDS, partition.partition());
                var ends = admin.listOffsets(Map.of(commandsPartition, OffsetSpec.latest()));
                if (ends.partitionResult(commandsPartition).get().offset() > 0) {
                    return false;
                }
            }
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return true;
            }
            throw new LocalRunException(
                    "Kafka did not say what it has: " + e.getCause().getMessage(), e);
        }
    }

    private void introduce(EmbeddedKafka kafka, EmbeddedDatabase database, WorkerProcess worker) {
        out.println();
        out.println("  Kafka     " + kafka.bootstrapServers());
        out.println("  Postgres  " + database.host() + ":" + database.port() + ", database and user " + database.user()
                + ", any password");
        out.println("  Worker    http://localhost:" + worker.httpPort() + "/q/health, its log is "
                + LocalSettings.shown(workerLog()));
        out.println("  Data      " + LocalSettings.shown(settings.data()) + "/");
    }

    private Path workerLog() {
        return settings.data().resolve("worker.log");
    }
}
