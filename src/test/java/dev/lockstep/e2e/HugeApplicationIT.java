package dev.lockstep.e2e;

import static dev.lockstep.e2e.TopicClient.RELEASES;
import static dev.lockstep.e2e.TopicClient.RESULTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.local.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A new pipeline changes every release of its application, however many there are: atomically, and without delaying others. */
@Tag("slow")
class HugeApplicationIT {

    private static final Logger LOG = Logger.getLogger(HugeApplicationIT.class);

    private static final int MANY = Integer.getInteger("huge.releases", 100_000);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String HUGE = "huge";

    /** One in each partition except that of the huge application. */
    private static final List<String> NEIGHBOURS = IntStream.range(0, 6)
            .filter(partition -> partition != TopicClient.home(HUGE))
            .mapToObj(partition -> IntStream.range(0, 1_000)
                    .mapToObj(i -> "app-" + i)
                    .filter(application -> TopicClient.home(application) == partition)
                    .findFirst()
                    .orElseThrow())
            .toList();

    private TestInstallation stage;

    @BeforeEach
    void set() {
        stage = TestInstallation.open(HUGE);
    }

    @AfterEach
    void strike() {
        stage.close();
    }

    @Test
    void allReleasesChangeInASmallHeapWhileTheNeighboursAreAnswered() throws Exception {
        WorkerProcess worker = stage.start(stage.worker()
                .env(
                        "JAVA_TOOL_OPTIONS",
                        "-Xmx" + System.getProperty("huge.heap", "128m") + " -XX:+ExitOnOutOfMemoryError"));
        worker.awaitReady(PATIENCE);
        fill();
        askTheNeighbours(0); // a fresh worker's first commands take long by themselves
        long begin = System.nanoTime();

        String defined = define();
        List<Duration> waits = new ArrayList<>();
        for (int round = 1; !isAnswered(defined); round++) {
            assertThat(worker.isAlive()).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PATIENCE);
            waits.add(askTheNeighbours(round));
        }

        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        Duration longest = waits.stream().max(Duration::compareTo).orElseThrow();
        LOG.infof(
                "%d releases changed in %d ms, %d rounds of the neighbours meanwhile, longest %d ms, %s",
                MANY, took.toMillis(), waits.size(), longest.toMillis(), peakMemory(worker));
        assertThat(waits).as("rounds of commands to all neighbours").hasSizeGreaterThan(5);
        assertThat(longest).isLessThan(took.dividedBy(2));
        assertAllChangedOnceBy(defined);
    }

    @Test
    void aWorkerKilledMidwayLeavesAllOrNothing() {
        WorkerProcess worker = stage.startReady();
        fill();
        String defined = define();
        await().pollInterval(Duration.ofMillis(5)).atMost(PATIENCE).until(() -> pages() > 0);
        worker.kill();

        stage.wire.readToTheEnd();
        assertThat(isAnswered(defined)).isFalse();
        assertThat(changesBy(defined)).isEmpty();

        stage.startReady();
        await().atMost(PATIENCE).until(() -> isAnswered(defined));
        assertAllChangedOnceBy(defined);
    }

    /** The releases have everything that a release may have, and were deployed. */
    private void fill() {
        stage.wire.outcome(
                "release.create.v1",
                HUGE,
                "'release':'0','title':'" + "A title ".repeat(5) + "','description':'" + "What is new. ".repeat(30)
                        + "','artifactId':'pkg:oci/huge@sha256%3A0','source':{'repoUrl':'https://git.example.org/huge.git',"
                        + "'commitSha':'" + "0123456789".repeat(4) + "','ref':'refs/heads/main'}");
        stage.wire.outcome("release.deploy.v1", HUGE, "'release':'0','environment':'staging'");
        stage.wire.outcome("release.deploy.v1", HUGE, "'release':'0','environment':'production'");
        stage.sql("insert into release (application, id, state, format)"
                + " select application, 'r-' || i, state, format from release, generate_series(1, " + (MANY - 1)
                + ") i where application = '" + HUGE + "'");
        stage.sql("update application set releases = " + MANY + " where id = '" + HUGE + "'");
        stage.sql("vacuum analyze");
    }

    private String define() {
        return stage.wire.send(
                "pipeline.define.v1",
                HUGE,
                "'environments':[{'id':'development'},{'id':'qa'},{'id':'staging'},{'id':'production'}]");
    }

    private Duration askTheNeighbours(int round) {
        long begin = System.nanoTime();
        List<String> asked = NEIGHBOURS.stream()
                .map(neighbour ->
                        stage.wire.send("release.create.v1", neighbour, "'release':'" + round + "','title':'T'"))
                .toList();
        asked.forEach(stage.wire::result);
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private boolean isAnswered(String command) {
        stage.wire.readToTheEnd();
        return !stage.wire
                .seen(RESULTS, record -> TopicClient.header(record, "ce_causationid")
                        .equals(command))
                .isEmpty();
    }

    private long pages() {
        return stage.number("select count(*) from outbox where page > 0");
    }

    private Map<String, Long> changesBy(String command) {
        return stage
                .wire
                .seen(RELEASES, record -> TopicClient.header(record, "ce_causationid")
                        .equals(command))
                .stream()
                .collect(Collectors.groupingBy(TopicClient::key, Collectors.counting()));
    }

    private void assertAllChangedOnceBy(String command) {
        stage.wire.readToTheEnd();
        Map<String, Long> changes = changesBy(command);
        assertThat(changes).hasSize(MANY);
        assertThat(changes.values()).allMatch(count -> count == 1);
        await().atMost(PATIENCE).until(() -> pages() == 0);
    }

    private static String peakMemory(WorkerProcess worker) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(worker.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .findFirst()
                .orElse("peak memory unknown");
    }
}
