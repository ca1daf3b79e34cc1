package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.contract.NodeTool;
import dev.lockstep.local.Ports;
import dev.lockstep.local.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Worker and board, two processes, die while a page is open and commands continue, and come back. */
class BoardCrashIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int MAX_PAUSE_MILLIS = 2000;

    @TempDir
    Path folder;

    private final int port = Ports.free();
    private final List<String> sent = new ArrayList<>();
    private TestInstallation stage;
    private int release;

    @Test
    void anOpenPageCatchesUpByItself() throws IOException {
        catchesUp(List.of("worker and board"));
    }

    @Test
    @Tag("slow")
    void anOpenPageCatchesUpByItselfAgainAndAgain() throws IOException {
        catchesUp(List.of("board", "worker"));
    }

    /** @param kills what is killed, round by round */
    private void catchesUp(List<String> kills) throws IOException {
        NodeTool node = NodeTool.withBrowserOrSkip();
        long seed = System.nanoTime();
        System.out.println("BoardCrashIT: seed " + seed);
        Random random = new Random(seed);
        stage = TestInstallation.open("board-crash");
        try {
            WorkerProcess worker = stage.startReady();
            WorkerProcess board = startBoard();
            board.awaitReady(PATIENCE);
            sendFor(MAX_PAUSE_MILLIS);
            sent.forEach(stage.wire::result);
            var page = CompletableFuture.supplyAsync(
                    () -> node.run("board/crash.mjs", new BoardClient(port).base(), folder.toString()));
            await().atMost(PATIENCE).until(() -> page.isDone() || Files.exists(folder.resolve("open")));
            for (int round = 0; round < kills.size() && !page.isDone(); round++) {
                String killed = kills.get(round);
                sendFor(random.nextInt(MAX_PAUSE_MILLIS));
                if (killed.contains("worker")) {
                    worker.kill();
                }
                sendFor(random.nextInt(MAX_PAUSE_MILLIS));
                if (killed.contains("board")) {
                    board.kill();
                }
                sendFor(random.nextInt(MAX_PAUSE_MILLIS));
                worker = killed.contains("worker") ? stage.start(stage.worker()) : worker;
                board = killed.contains("board") ? startBoard() : board;
                worker.awaitReady(PATIENCE);
                board.awaitReady(PATIENCE);
                sent.forEach(stage.wire::result);
                Files.writeString(folder.resolve("ready-" + round), killed);
                Path compared = folder.resolve("compared-" + round);
                await().atMost(PATIENCE).until(() -> page.isDone() || Files.exists(compared));
            }
            Files.createFile(folder.resolve("done"));
            NodeTool.ProcessResult ended = page.join();
            assertThat(ended.code()).as("seed " + seed + ": " + ended.output()).isZero();
        } finally {
            stage.close();
        }
    }

    private WorkerProcess startBoard() {
        return stage.start(stage.worker()
                .httpPort(port)
                .env("LOCKSTEP_BOARD_ENABLED", true)
                .env("LOCKSTEP_WORKER_ENABLED", false));
    }

    private void sendFor(int millis) {
        long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        do {
            String id = "'release':'" + ++release + "'";
            sent.add(stage.wire.send("release.create.v1", "shop", id + ",'title':'Release " + release + "'"));
            sent.add(stage.wire.send("release.deploy.v1", "shop", id + ",'environment':'staging'"));
            sent.add(stage.wire.send("release.delete.v1", "shop", id));
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        } while (System.nanoTime() < end);
    }
}
