package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.contract.NodeTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The board's page in a real browser, by clicks and keys, on a packaged worker. */
class BoardPageIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path PICTURES = Path.of("target/board").toAbsolutePath();

    private static NodeTool browser;
    private static TestInstallation stage;
    private static BoardClient board;

    @BeforeAll
    static void start() {
        browser = NodeTool.withBrowserOrSkip();
        stage = TestInstallation.open("board-page");
        var worker =
                stage.start(stage.worker().env("LOCKSTEP_BOARD_ENABLED", true).env("LOCKSTEP_BOARD_COMMANDS", true));
        worker.awaitReady(PATIENCE);
        board = new BoardClient(worker.httpPort());
        // on a busy machine, a process's first command takes longer than a page waits for a dry run
        board.command("release.create", "{'application':'first','release':'1.0','title':'To warm up'}");
    }

    @AfterAll
    static void stop() {
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    void itSufficesForTheWholeStoryOfARelease() throws IOException {
        in("story", Files.createDirectories(PICTURES).toString());
    }

    /** Each script sends its own commands. */
    @ParameterizedTest
    @Tag("slow")
    @ValueSource(strings = {"deployments", "keyboard", "hostile", "looks", "mishaps"})
    void itWithstandsWhateverHappens(String script) throws IOException {
        in(script, Files.createDirectories(PICTURES).toString());
    }

    @Test
    @Tag("slow")
    void aReadOnlyBoardShowsEverythingAndOffersNoCommands() {
        var calm =
                stage.start(stage.worker().env("LOCKSTEP_BOARD_ENABLED", true).env("LOCKSTEP_WORKER_ENABLED", false));
        calm.awaitReady(PATIENCE);

        in("readonly", new BoardClient(calm.httpPort()).base());
    }

    private static void in(String script, String argument) {
        NodeTool.ProcessResult ended = browser.run("board/" + script + ".mjs", board.base(), argument);

        assertThat(ended.code()).as(ended.output()).isZero();
    }
}
