package dev.lockstep.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.contract.NodeTool;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;
import org.opentest4j.TestAbortedException;

/**
 * How fast the board responds with very many releases, in {@value BenchLoad#APPLICATIONS} applications with ten environments each:
 * the rows of an application created in the usual way are copied under other names. And how fast its page loads, if there is a
 * browser.
 */
final class BoardAtSize {

    private static final String TEMPLATE = "template";
    private static final int ENVIRONMENTS = 10;
    private static final int REQUESTS = 100;
    private static final int WARM_UP_TIMES = 30;
    private static final int PAGE_LOADS = 5;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double MICROS_PER_MILLI = 1e3;
    private static final double BYTES_PER_KIB = 1024;
    private static final int OK = 200;
    private static final Duration READY = Duration.ofMinutes(2);

    private final Testbed bed;
    private final BenchSettings settings;
    private final Measurements findings;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ContenderResources place = new ContenderResources("board-at-size");

    BoardAtSize(Testbed bed, Measurements findings) {
        this.bed = bed;
        this.settings = bed.settings();
        this.findings = findings;
    }

    void run() throws Exception {
        Bench.progress("Making a board of %,d releases".formatted(settings.shown()));
        bed.createDatabase(place.database());
        PackagedWorker worker = new PackagedWorker(bed, place, BoardLoad.BOARD);
        worker.start();
        worker.awaitReady(READY);
        try (ContenderRun lane = new ContenderRun(bed, worker, 0, true)) {
            lane.process(template());
            Awaitility.await()
                    .atMost(READY)
                    .until(() ->
                            bed.number(place.database(), "select count(*) from board.release where current_in <> '{}'")
                                    == 1);
            fill(settings.shown() / BenchLoad.APPLICATIONS);
            Bench.progress("Timing the board's responses");
            for (Map.Entry<String, String> question : requests().entrySet()) {
                time(question.getKey(), worker.base() + question.getValue());
            }
            timePageLoad(worker.base());
            findings.add(
                    BoardLoad.FIGURE,
                    "board at size",
                    "peak resident memory",
                    "MiB",
                    Processes.peakResidentMib(worker.pid()));
        }
    }

    private List<BenchLoad.Command> template() {
        CommandWriter writer = new CommandWriter(place.commands(), new Random(44));
        String environments = IntStream.range(0, ENVIRONMENTS)
                .mapToObj(n -> "{\"id\":\"env-" + n + "\"}")
                .collect(Collectors.joining(","));
        List<BenchLoad.Command> commands = new ArrayList<>();
        commands.add(writer.write(
                TEMPLATE, "pipeline.define", BenchLoad.Kind.DEFINE, ",\"environments\":[" + environments + "]"));
        commands.add(writer.create(TEMPLATE, "p-1", BenchLoad.Kind.CREATE));
        for (int n = 1; n < ENVIRONMENTS; n++) {
            commands.add(writer.write(
                    TEMPLATE,
                    "release.deploy",
                    BenchLoad.Kind.DEPLOY,
                    ",\"release\":\"p-1\",\"environment\":\"env-" + n + "\""));
        }
        return commands;
    }

    /** @param releasesPerApplication the number of releases of every application */
    private void fill(int releasesPerApplication) {
        String applications = "(select 'app-' || lpad(i::text, 4, '0') as app from generate_series(0, "
                + (BenchLoad.APPLICATIONS - 1) + ") i) a";
        String releases = applications + ", generate_series(1, " + releasesPerApplication + ") p";
        String renamedState = "replace(t.state, '" + TEMPLATE + "', app)";
        String at = "now() - interval '1 year' * (1 - p / " + releasesPerApplication + "::float8)";
        bed.execute(
                place.database(),
                "insert into board.application select app, revision, title, owner, archived, " + renamedState
                        + ", array_to_tsvector(array[split_part(app, '-', 1), split_part(app, '-', 2)]) from board.application t, "
                        + applications
                        + " where id = '" + TEMPLATE + "'",
                "insert into board.environment select app, id, revision, position, tier, 'p-" + releasesPerApplication
                        + "', moving, waiting, failed_at, replace(" + renamedState + ", 'p-1', 'p-"
                        + releasesPerApplication
                        + "'), gone from board.environment t, " + applications + " where application = '" + TEMPLATE
                        + "'",
                "insert into board.release select app, 'p-' || p, 10 * p, 10 * p, app || ' p-' || p,"
                        + " md5(app || p) || '00000000', artifact,"
                        + " case when p = " + releasesPerApplication + " then current_in else '{}' end, replace("
                        + renamedState
                        + ", 'p-1', 'p-' || p), gone, array_to_tsvector(array['app', 'p', p::text]) from"
                        + " board.release t, " + releases + " where application = '" + TEMPLATE + "'",
                "insert into board.deployment select app, gen_random_uuid(), 10 * p, 10 * p + 1, 'p-' || p, environment,"
                        + " status, replace(" + renamedState + ", 'p-1', 'p-' || p), " + at + " from (select * from"
                        + " board.deployment where application = '" + TEMPLATE + "' limit 1) t, " + releases,
                "insert into board.run select app, environment, 10 * p, " + at + ", 'p-' || p, deployment, actor from"
                        + " (select * from board.run where application = '" + TEMPLATE + "' limit 1) t, " + releases,
                "insert into board.event select app, 10 * p, type, " + at + ", 'p-' || p, environment, deployment,"
                        + " gen_random_uuid() from (select * from board.event where application = '" + TEMPLATE
                        + "' limit 1) t, " + releases,
                "insert into board.activity (application, source, command, cause, at, revision, type, outcome, actor,"
                        + " release, environment) select app, source, app || p, gen_random_uuid(), " + at
                        + ", 10 * p, type, outcome, 'u-' || p % 100, 'p-' || p, environment from (select * from"
                        + " board.activity where application = '" + TEMPLATE + "' limit 1) t, " + releases,
                "vacuum analyze",
                "checkpoint");
    }

    private Map<String, String> requests() {
        Map<String, String> questions = new LinkedHashMap<>();
        questions.put("overview", "/api/overview");
        questions.put("overview, searched", "/api/overview?q=app-05");
        questions.put("application", "/api/applications/app-0500");
        questions.put("releases of one", "/api/applications/app-0500/releases");
        questions.put("releases of one, searched", "/api/applications/app-0500/releases?q=p-77");
        questions.put("deployments of one", "/api/applications/app-0500/deployments");
        questions.put("activity", "/api/activity");
        questions.put("activity of one", "/api/activity?application=app-0500");
        questions.put("activity of one actor, refused", "/api/activity?actor=u-7&outcome=rejected");
        questions.put("at", "/api/at?time=" + Instant.now().minus(Duration.ofDays(90)));
        questions.put(
                "at, of one",
                "/api/at?application=app-0500&time=" + Instant.now().minus(Duration.ofDays(90)));
        questions.put(
                "diff",
                "/api/diff?application=app-0500&from=env-8&time="
                        + Instant.now().minus(Duration.ofDays(90)));
        questions.put("where, release", "/api/where?release=p-77");
        questions.put("where, commit", "/api/where?commit=abcdef0");
        return questions;
    }

    private void time(String name, String address) throws Exception {
        Histogram micros = new Histogram(3);
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .header("Accept-Encoding", "gzip")
                .build();
        for (int i = -WARM_UP_TIMES; i < REQUESTS; i++) {
            long begun = System.nanoTime();
            HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
            if (answer.statusCode() != OK) {
                throw new IllegalStateException(address + ": " + answer.statusCode());
            }
            if (i >= 0) {
                micros.recordValue(Math.round((System.nanoTime() - begun) / NANOS_PER_MICRO));
            }
        }
        for (int percentile : new int[] {50, 99}) {
            findings.add(
                    BoardLoad.FIGURE,
                    "board at size",
                    name + ", p" + percentile,
                    "ms",
                    micros.getValueAtPercentile(percentile) / MICROS_PER_MILLI);
        }
    }

    private void timePageLoad(String base) throws Exception {
        Bench.progress("Timing its page load");
        NodeTool browser;
        try {
            browser = NodeTool.withBrowserOrSkip();
        } catch (TestAbortedException skipped) {
            return;
        }
        NodeTool.ProcessResult ended = browser.run("paint.mjs", base, Integer.toString(PAGE_LOADS));
        if (ended.code() != 0) {
            throw new IllegalStateException(ended.output());
        }
        for (JsonNode paint : new ObjectMapper().readTree(ended.output())) {
            add("page, first paint", "ms", paint.get("firstPaint").doubleValue());
            add("page, applications shown", "ms", paint.get("shown").doubleValue());
            add("page, transferred", "KiB", paint.get("bytes").doubleValue() / BYTES_PER_KIB);
            add("page, requests", "", paint.get("requests").doubleValue());
            add("page, DOM nodes", "", paint.get("nodes").doubleValue());
        }
        Series shown = findings.series(BoardLoad.FIGURE, "board at size", "page, applications shown", "ms");
        findings.goal("first paint of 1,000 applications with 10 environments, ms", false, 1_000, shown);
    }

    private void add(String measure, String unit, double value) {
        findings.add(BoardLoad.FIGURE, "board at size", measure, unit, value);
    }
}
