package dev.lockstep.board;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.InMemoryWorker;
import dev.lockstep.RealStores;
import dev.lockstep.board.api.ApiRequestValidator;
import dev.lockstep.board.tables.EnvironmentCounter;
import dev.lockstep.board.tables.TableWriter;
import dev.lockstep.model.CommandGenerator;
import dev.lockstep.model.Scope;
import dev.lockstep.model.SentCommand;
import dev.lockstep.model.Wire;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The board's API over tables that random commands have filled, called by friendly and hostile clients. */
@QuarkusTest
@WithTestResource(RealStores.class)
@TestProfile(ApiTest.WithBoard.class)
class ApiTest {

    /** The board alone. */
    public static final class WithBoard implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "lockstep.board.enabled", "true",
                    "lockstep.board.hosts", "Board.Example.com",
                    "lockstep.worker.enabled", "false");
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int COMMANDS = 120;
    private static final int LONG = 3_000;
    private static final int MOST = 100;
    private static final int PIPELINED = 500;
    private static final int MOST_EVENTS = 1_000;
    private static boolean isFilled;
    private static long written;

    @TestHTTPResource("/")
    URI base;

    @Inject
    Board board;

    @Inject
    TableWriter tableWriter;

    @Inject
    EnvironmentCounter environmentCounter;

    @Inject
    @ReactiveDataSource("board")
    Pool pool;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void fill() {
        await().atMost(PATIENCE).until(board::hasTables);
        if (isFilled) {
            return;
        }
        InMemoryWorker worker = new InMemoryWorker();
        for (SentCommand sent : new CommandGenerator(1, 2, Scope.TIMED).take(COMMANDS)) {
            worker.at(sent.at());
            Wire.Raw raw = Wire.toBinary(sent);
            write(worker.send(raw.key(), raw.value(), raw.headers()));
        }
        isFilled = true;
    }

    private void write(List<ConsumerRecord<byte[], byte[]>> published) {
        published.forEach(record -> writeTogether(List.of(record)));
    }

    private void writeTogether(List<ConsumerRecord<byte[], byte[]>> published) {
        tableWriter.write(published.stream().map(this::placed).toList()).await().atMost(PATIENCE);
    }

    private ConsumerRecord<byte[], byte[]> placed(ConsumerRecord<byte[], byte[]> record) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                written++,
                record.timestamp(),
                record.timestampType(),
                record.serializedKeySize(),
                record.serializedValueSize(),
                record.key(),
                record.value(),
                record.headers(),
                record.leaderEpoch());
    }

    @Test
    void allReleasesBetweenTwoEnvironmentsAreFoundPageByPage() {
        int releases = 2 * MOST + 1;
        InMemoryWorker worker = new InMemoryWorker();
        for (int i = 1; i <= releases; i++) {
            write(worker.send("release.create", "{'application':'wide','release':'" + i + "','title':'One'}"));
        }
        write(worker.send("release.deploy", "{'application':'wide','release':'" + releases + "'}"));
        String diff = "/api/diff?application=wide&from=staging&to=production&limit=" + MOST;

        List<String> brought = new ArrayList<>();
        JsonNode page = read(diff);
        for (; page.hasNonNull("next"); page = read(diff + "&cursor=" + encoded(page.get("next")))) {
            brought.addAll(page.get("brings").findValuesAsText("release"));
            assertThat(page.get("total").intValue()).isEqualTo(releases);
        }
        brought.addAll(page.get("brings").findValuesAsText("release"));

        assertThat(brought)
                .containsExactlyElementsOf(IntStream.iterate(releases, i -> i > 0, i -> i - 1)
                        .mapToObj(String::valueOf)
                        .toList());
        assertThat(read(diff.replace("from=staging&to=production", "from=production&to=staging"))
                        .get("takesAway"))
                .hasSize(MOST);
    }

    /** A board that was started late has only the tombstone of an archived release. */
    @Test
    void anArchivedReleaseIsComparedByItsHistory() {
        InMemoryWorker worker = new InMemoryWorker();
        List<ConsumerRecord<byte[], byte[]>> published = new ArrayList<>();
        for (String release : List.of("1", "2", "3")) {
            published.addAll(
                    worker.send("release.create", "{'application':'gone','release':'" + release + "','title':'One'}"));
        }
        published.addAll(worker.send("release.deploy", "{'application':'gone','release':'2'}"));
        published.addAll(worker.send("release.deploy", "{'application':'gone','release':'3'}"));
        published.addAll(worker.send("release.archive", "{'application':'gone','release':'2'}"));
        writeTogether(published);
        JsonNode then = read("/api/activity?application=gone").at("/items/2/time");

        JsonNode diff = read("/api/diff?application=gone&from=staging&time=" + encoded(then));

        assertThat(diff.at("/to/release").textValue()).isEqualTo("2");
        assertThat(diff.get("brings").findValuesAsText("release")).containsExactly("3");
    }

    @Test
    void theMetricsCountTheSameEnvironmentsAsTheOverview() {
        JsonNode counts = read("/api/overview").get("counts");

        assertThat(environmentCounter.count())
                .isEqualTo(new EnvironmentCounter.EnvironmentCounts(
                        counts.get("moving").longValue(),
                        counts.get("waiting").longValue(),
                        counts.get("failed").longValue()));
    }

    @Test
    void hostileRequestsAreAnsweredWithAProblemAndNeverWithAFault() throws IOException {
        String application = read("/api/overview").at("/items/0/application").textValue();
        String tooLong = "x".repeat(LONG);
        List<String> values = List.of(
                "%00",
                "a%00b",
                "%zz",
                "%",
                "%ED%A0%80",
                "%C0%80",
                "%F0%9F%98%80",
                "'",
                "%5C",
                "a%5C'%20%26%20(",
                "(a|b):*%20%26!",
                ".*%5B",
                "%3C-%3E",
                "-1",
                "0",
                "99999999999999999999",
                "NaN",
                "AAAA",
                "Cg",
                "AAo",
                "%2B999999999-12-31T23:59:59Z",
                "-999999999-01-01T00:00:00Z",
                "9999-12-31T23:59:59Z",
                "0000-01-01T00:00:00Z",
                "MjAyNi0wMS0wMVQwMDowMDowMFoKeA",
                "KzEwMDAwMC0wMS0wMVQwMDowMDowMFoKMQ",
                tooLong,
                "%20",
                "");
        List<String> wrong = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        for (String value : values) {
            documented().forEach((path, parameters) -> {
                String at = path.replace("{application}", application);
                if (path.contains("{")) {
                    addresses.add(path.replace("{application}", value).replace("{release}", value));
                    addresses.add(at.replace("{release}", value));
                }
                if (!path.equals("/api/stream")) {
                    parameters.forEach(one ->
                            addresses.add(at.replace("{release}", "1") + '?' + needed(path, one) + one + '=' + value));
                }
            });
        }
        for (String address : addresses) {
            String status = raw(address);
            if (!status.matches("HTTP/1\\.[01] (2|4)\\d\\d .*")) {
                wrong.add(status + ' ' + address.substring(0, Math.min(100, address.length())));
            }
        }
        assertThat(addresses).hasSizeGreaterThan(1_000);
        assertThat(wrong).isEmpty();
        for (String address : List.of(
                "/api/overview?limit=99999999999", "/api/overview?q=%00", "/api/at?time=9999-12-31T23:59:59-01:00")) {
            assertThat(rawAnswer(address)).startsWith("HTTP/1.1 400").contains("application/problem+json");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/overview", "/api/info", "/api/stream", "/api/nothing", "/api/overview?q=%zz"})
    void aResponseSaysWhenItWasSent(String path) throws IOException {
        try (Socket socket = new Socket(base.getHost(), base.getPort())) {
            Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            socket.getOutputStream().write(request(path, "Host: localhost"));
            BufferedReader answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));

            String date = answer.lines()
                    .takeWhile(line -> !line.isEmpty())
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("date: "))
                    .findFirst()
                    .orElseThrow()
                    .substring("date: ".length());

            assertThat(date).matches("[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT");
            assertThat(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)))
                    .isBetween(before, Instant.now());
        }
    }

    @Test
    void thousandsOfPipelinedRequestsAreAllAnsweredInTheirOrder() throws IOException {
        try (Socket listener = new Socket(base.getHost(), base.getPort());
                Socket socket = new Socket(base.getHost(), base.getPort())) {
            listener.getOutputStream().write(request("/api/stream", "Host: localhost"));
            BufferedReader events = new BufferedReader(new InputStreamReader(listener.getInputStream(), UTF_8));
            await().atMost(PATIENCE)
                    .until(() -> events.readLine().startsWith("id:")); // from now on, responses are cached
            ByteArrayOutputStream requests = new ByteArrayOutputStream();
            for (int i = 0; i < PIPELINED; i++) {
                requests.write(request("/api/overview", "Host: localhost"));
                requests.write(request("/api/overview", "Host: localhost\r\nIf-None-Match: *"));
                requests.write(request("/api/overview?limit=0", "Host: localhost"));
                requests.write(request("/api/overview", "Host: evil.example"));
                requests.write(request("/api/nothing", "Host: localhost"));
                requests.write(request("/%zz", "Host: localhost"));
            }
            requests.write(request("/api/info", "Host: localhost\r\nConnection: close"));

            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(requests.toByteArray());
            String answers = new String(socket.getInputStream().readAllBytes(), UTF_8);

            assertThat(Pattern.compile("HTTP/1\\.1 (\\d+)")
                            .matcher(answers)
                            .results()
                            .map(one -> one.group(1)))
                    .containsExactlyElementsOf(Stream.concat(
                                    Stream.generate(() -> List.of("200", "304", "400", "403", "404", "400"))
                                            .limit(PIPELINED)
                                            .flatMap(List::stream),
                                    Stream.of("200"))
                            .toList());
        }
    }

    private static byte[] request(String path, String headers) {
        return ("GET " + path + " HTTP/1.1\r\n" + headers + "\r\n\r\n").getBytes(UTF_8);
    }

    @Test
    void aGetWithABodyIsRefused() throws IOException {
        assertThat(exchange("GET /api/overview", "Host: localhost\r\nContent-Length: 2", "{}"))
                .startsWith("HTTP/1.1 400")
                .contains("INVALID_REQUEST");
    }

    @ParameterizedTest
    @CsvSource({
        "GET /api/nothing, 404, NOT_FOUND",
        "GET /api/applications/a/b/c/d, 404, NOT_FOUND",
        "POST /api/overview, 405, METHOD_NOT_ALLOWED",
        "DELETE /api/applications/shop, 405, METHOD_NOT_ALLOWED",
        "GET /api/commands, 405, METHOD_NOT_ALLOWED",
        "GET /api/applications/%zz, 400, INVALID_REQUEST",
        "GET /api/applications/%, 400, INVALID_REQUEST",
        "GET /api/overview?q=%zz, 400, INVALID_REQUEST",
        "GET /api/overview?q=%C0%80, 400, INVALID_REQUEST",
        "GET /api/overview?q=LONG, 414, ADDRESS_TOO_LONG",
        "POST /api/commands, 403, READ_ONLY",
    })
    void whateverIsRefusedIsAProblem(String request, int status, String code) throws IOException {
        String answer = exchange(request.replace("LONG", "x".repeat(2 * LONG)), "Host: localhost\r\nContent-Length: 0");

        assertThat(answer)
                .startsWith("HTTP/1.1 " + status)
                .containsIgnoringCase("content-type: application/problem+json")
                .containsIgnoringCase("x-content-type-options: nosniff")
                .containsIgnoringCase("content-security-policy: default-src 'none'")
                .contains("\"status\":" + status)
                .contains("\"code\":\"" + code + '"');
        assertThat(answer).containsIgnoringCase("\ncache-control: no-store\r");
        if (status == 405) {
            assertThat(answer)
                    .containsIgnoringCase("\nallow: " + (request.endsWith("/commands") ? "POST\r" : "GET, HEAD\r"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {11 * 1024 * 1024, Integer.MAX_VALUE})
    void anOversizedBodyIsNotReadAndIsAProblem(int bytes) throws IOException {
        assertThat(exchange("POST /api/commands", "Host: localhost\r\nContent-Length: " + bytes))
                .startsWith("HTTP/1.1 413")
                .containsIgnoringCase("content-type: application/problem+json")
                .contains("TOO_LARGE");
    }

    @Test
    void whatIsTooLargeInChunksIsNotReadToItsEnd() throws IOException {
        String chunk = "20000\r\n" + " ".repeat(0x20000) + "\r\n";
        assertThat(exchange(
                        "POST /api/commands",
                        "Host: localhost\r\nContent-Type: application/cloudevents+json\r\nTransfer-Encoding: chunked",
                        chunk.repeat(6) + "0\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
    }

    @Test
    void aSearchForSymbolsAloneFindsNothing() {
        assertThat(read("/api/overview?q=" + URLEncoder.encode("🚀 –", UTF_8)).get("items"))
                .isEmpty();
        assertThat(read("/api/overview?q=+").get("items")).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 400, INVALID_REQUEST",
        "'Host: ', 403, OTHER_HOST",
        "'Host: a b', 400, INVALID_REQUEST",
        "'Host: localhost:x', 400, INVALID_REQUEST",
        "'Host: localhost:99999', 400, INVALID_REQUEST",
        "'Host: localhost;Content-Type: ', 415, NO_CLOUD_EVENT",
        "'Host: localhost;Content-Type: /', 415, NO_CLOUD_EVENT",
        "'Host: localhost;Content-Type: a/b/c', 415, NO_CLOUD_EVENT",
    })
    void aMalformedHeaderIsAProblem(String headers, int status, String code) throws IOException {
        assertThat(exchange("POST /api/commands", headers.replace(";", "\r\n")))
                .startsWith("HTTP/1.1 " + status)
                .containsIgnoringCase("content-type: application/problem+json")
                .contains("\"code\":\"" + code + '"')
                .doesNotContain("stack");
    }

    /** They are held in the worker's memory: 60 bodies of 10 MB brought it down. */
    @Test
    void manyLargeBodiesAreNotReadAtTheSameTime() throws IOException {
        List<Socket> open = new ArrayList<>();
        try {
            String answer = "";
            while (!answer.startsWith("HTTP") && open.size() < 100) {
                Socket socket = new Socket(base.getHost(), base.getPort());
                open.add(socket);
                socket.setSoTimeout(open.size() < 32 ? 1 : 2_000);
                socket.getOutputStream()
                        .write(("POST /api/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500000\r\n\r\n")
                                .getBytes(UTF_8));
                answer = firstLine(socket);
            }
            assertThat(answer).startsWith("HTTP/1.1 429");
            assertThat(open).hasSizeBetween(30, 50);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        await().untilAsserted(
                        () -> assertThat(exchange("POST /api/commands", "Host: localhost\r\nContent-Length: 1", " "))
                                .doesNotStartWith("HTTP/1.1 429"));
    }

    /** With this many, all of the worker's threads used to wait for bodies, and it did not answer its probes. */
    @Test
    void slowlySentCommandsDelayNobody() throws IOException {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 260; i++) {
                Socket socket = new Socket(base.getHost(), base.getPort());
                open.add(socket);
                socket.getOutputStream()
                        .write("POST /api/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{"
                                .getBytes(UTF_8));
            }
            assertThat(exchange("GET /q/health/live", "Host: localhost")).startsWith("HTTP/1.1 200");
            assertThat(exchange("GET /api/info", "Host: localhost")).startsWith("HTTP/1.1 200");
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    private static String firstLine(Socket socket) throws IOException {
        try {
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
        } catch (SocketTimeoutException stillReading) {
            return "";
        }
    }

    /** Otherwise a client that is still sending often sees the connection break; the response here: no commands are accepted. */
    @Test
    void whatIsALittleTooLargeIsReadToItsEndAndAnsweredByTheResource() throws IOException {
        int bytes = ApiRequestValidator.MAX_BODY_BYTES + 1;
        assertThat(exchange(
                        "POST /api/commands",
                        "Host: localhost\r\nContent-Type: application/cloudevents+json\r\nContent-Length: " + bytes,
                        " ".repeat(bytes)))
                .startsWith("HTTP/1.1 403")
                .containsIgnoringCase("content-type: application/problem+json");
    }

    @Test
    void aBoardWithANameIsReadUnderItAlone() throws IOException {
        for (String host : List.of("localhost", "127.0.0.1:8080", "board.example.com", "BOARD.EXAMPLE.COM:8443")) {
            assertThat(exchange("GET /api/info", "Host: " + host)).as(host).startsWith("HTTP/1.1 200");
        }
        for (String path : List.of("/api/info", "/api/overview", "/api/stream", "/%61pi/info", "//api/info")) {
            assertThat(exchange("GET " + path, "Host: evil.example"))
                    .as(path)
                    .doesNotStartWith("HTTP/1.1 200")
                    .doesNotContain("\"version\"");
        }
        assertThat(exchange("GET /api/info", "Host: evil.example"))
                .startsWith("HTTP/1.1 403")
                .contains("OTHER_HOST");
        assertThat(exchange("GET /q/health/live", "Host: 10.0.0.7:8080")).startsWith("HTTP/1.1 200");
    }

    /** Adds the other required parameters. */
    private static String needed(String path, String parameter) {
        return switch (path) {
            case "/api/diff" ->
                Stream.of("application=a", "from=b", "time=2026-01-01T00:00:00Z")
                        .filter(one -> !one.startsWith(parameter + '='))
                        .map(one -> one + '&')
                        .reduce("", String::concat);
            case "/api/at" -> parameter.equals("time") ? "" : "time=2036-01-01T00:00:00Z&";
            case "/api/where" -> parameter.equals("cursor") || parameter.equals("limit") ? "release=1&" : "";
            default -> "";
        };
    }

    /** Each documented GET, with its parameters. */
    private static Map<String, List<String>> documented() {
        try {
            Map<String, List<String>> all = new TreeMap<>();
            Matcher rows = Pattern.compile("(?m)^\\| `(/api/[^`]*)` \\|([^|]*)\\|")
                    .matcher(Files.readString(Path.of("docs/board.md")));
            while (rows.find()) {
                String names = rows.group(2)
                        .replaceAll("\\([^)]*\\)", "")
                        .replace("one of ", "")
                        .replace(" and ", ", ");
                all.put(
                        rows.group(1),
                        Stream.of(names.split(","))
                                .map(String::strip)
                                .filter(one -> !one.isEmpty())
                                .toList());
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyDocumentedGetIsInTheOpenApiDocumentWithItsParameters() {
        JsonNode document = json(get("/q/openapi?format=json").body());

        assertThat(document.at("/info/title").textValue()).isEqualTo("Lockstep board");
        documented().forEach((path, parameters) -> {
            JsonNode operation = document.get("paths").path(path).path("get");
            assertThat(operation.isObject()).as(path).isTrue();
            assertThat(operation.path("summary").asText()).as(path).endsWith(".");
            assertThat(operation.at("/responses").has("200")).as(path).isTrue();
            assertThat(operation.at("/responses/default/$ref").asText())
                    .as(path)
                    .isEqualTo("#/components/responses/Problem");
            List<String> names = new ArrayList<>();
            operation
                    .path("parameters")
                    .forEach(node -> names.add(node.get("name").textValue()));
            assertThat(names).as(path).containsAll(parameters);
        });
        assertThat(documented()).hasSizeGreaterThan(10);
    }

    @Test
    void theOpenApiDocumentDescribesWhatIsAnsweredAndWhatACommandIs() {
        JsonNode document = json(get("/q/openapi?format=json").body());
        JsonNode command = document.at("/paths/~1api~1commands/post");

        assertThat(references(document)).isNotEmpty().allSatisfy(reference -> {
            if (reference.startsWith("#")) {
                assertThat(document.at(reference.substring(1)).isObject())
                        .as(reference)
                        .isTrue();
            } else {
                assertThat(get(reference).statusCode()).as(reference).isEqualTo(200);
            }
        });
        assertThat(resolved(document, command.get("requestBody")).get("content").properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("application/cloudevents+json", "application/json");
        assertThat(command.get("responses").properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("200", "202", "default");
        for (String path : List.of("/api/overview", "/api/activity", "/api/at?time=2036-01-01T00:00:00Z")) {
            JsonNode page = document.get("paths")
                    .get(path.replaceFirst("\\?.*", ""))
                    .at("/get/responses/200/content/application~1json/schema");
            JsonNode answer = read(path);
            assertThat(names(answer)).as(path).containsExactlyInAnyOrderElementsOf(names(page.get("properties")));
            JsonNode item = resolved(document, page.at("/properties/items/items"));
            assertThat(names(answer.at("/items/0")))
                    .as(path)
                    .containsExactlyInAnyOrderElementsOf(names(item.get("properties")));
        }
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    private static JsonNode resolved(JsonNode document, JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").textValue().substring(1)) : node;
    }

    private static List<String> references(JsonNode document) {
        return document.findValuesAsText("$ref").stream().distinct().toList();
    }

    @Test
    void activityIsFoundByItsCommandAndByItsDeployment() {
        JsonNode node =
                json(get("/api/activity?outcome=accepted&limit=1").body()).at("/items/0");
        JsonNode deployed = null;
        for (JsonNode item : json(get("/api/activity?limit=100").body()).get("items")) {
            deployed = item.hasNonNull("deployment") ? item : deployed;
        }

        String command = "source=" + encoded(node.get("source")) + "&id=" + encoded(node.get("id"));
        assertThat(json(get("/api/activity?" + command).body()).get("items"))
                .isNotEmpty()
                .allSatisfy(found -> assertThat(found.get("id")).isEqualTo(node.get("id")));
        JsonNode id = deployed.get("deployment");
        assertThat(json(get("/api/activity?deployment=" + id.textValue()).body())
                        .get("items"))
                .isNotEmpty()
                .allSatisfy(found -> assertThat(found.get("deployment")).isEqualTo(id));
    }

    @Test
    void ofForeignEventsOnlyAsManyAreReadAsACommandMayCause() {
        writeTogether(eventsOfOneCommand("flooded", 1, 2 * MOST_EVENTS));

        assertThat(read("/api/activity?application=flooded").at("/items/0/events"))
                .extracting(event -> event.get("revision").intValue())
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, MOST_EVENTS).boxed().toList());
    }

    @Test
    void ofForeignEventsNoMoreIsReadThanFitsOnAPage() {
        int large = 64 * 1024;
        writeTogether(eventsOfOneCommand("bloated", large, 100));

        assertThat(read("/api/activity?application=bloated").at("/items/0/events"))
                .hasSizeBetween(10, 2 * 1024 * 1024 / large);
    }

    private List<ConsumerRecord<byte[], byte[]>> eventsOfOneCommand(String application, int releaseLength, int count) {
        ConsumerRecord<byte[], byte[]> event = new InMemoryWorker()
                .send("release.create", "{'application':'" + application + "','release':'1','title':'One'}").stream()
                        .filter(record -> record.topic().equals(InMemoryWorker.TOPICS.events()))
                        .findFirst()
                        .orElseThrow();
        ObjectNode value = (ObjectNode) json(new String(event.value(), UTF_8));
        return IntStream.rangeClosed(1, count)
                .mapToObj(revision -> {
                    ((ObjectNode) value.at("/customData/lockstep"))
                            .put("revision", revision)
                            .put("release", "x".repeat(releaseLength));
                    return new ConsumerRecord<>(
                            event.topic(), 0, 0, event.key(), value.toString().getBytes(UTF_8));
                })
                .toList();
    }

    @Test
    void ofForeignEnvironmentsNoMoreAreReadThanAnApplicationMayHave() {
        InMemoryWorker worker = new InMemoryWorker();
        worker.send("release.create", "{'application':'crowded','release':'1','title':'One'}");
        worker.send("release.deploy", "{'application':'crowded','release':'1'}");
        write(worker.out());
        for (String topic : List.of(InMemoryWorker.TOPICS.deploymentStatus(), InMemoryWorker.TOPICS.events())) {
            ConsumerRecord<byte[], byte[]> last = worker.out().stream()
                    .filter(record -> record.topic().equals(topic))
                    .reduce((record, next) -> next)
                    .orElseThrow();
            String id = topic.equals(InMemoryWorker.TOPICS.events()) ? "staging" : "production";
            int revision =
                    json(new String(last.value(), UTF_8)).findValue("revision").intValue();
            writeTogether(IntStream.range(0, 2 * MOST)
                    .mapToObj(i -> new ConsumerRecord<>(
                            topic,
                            0,
                            0,
                            ("crowded/foreign-" + i).getBytes(UTF_8),
                            new String(last.value(), UTF_8)
                                    .replace('"' + id + '"', "\"foreign-" + i + '"')
                                    .replace("\"revision\":" + revision, "\"revision\":" + (revision + i + 1))
                                    .getBytes(UTF_8)))
                    .toList());
        }

        assertThat(read("/api/applications/crowded").get("environments")).hasSize(MOST);
        assertThat(read("/api/overview?q=crowded").at("/items/0/environments")).hasSize(MOST);
        assertThat(read("/api/at?application=crowded&time=2099-01-01T00:00:00Z").at("/items/0/environments"))
                .hasSize(MOST);
    }

    @Test
    void listsComeAsCsvWithAHeaderLineAndTheCursorInAHeader() {
        HttpResponse<String> answer = get("/api/activity?limit=3", "Accept", "text/csv");
        JsonNode page = read("/api/activity?limit=3");

        assertThat(answer.headers().firstValue("content-type").orElseThrow()).startsWith("text/csv");
        assertThat(answer.headers().firstValue("Lockstep-Next"))
                .contains(page.get("next").textValue());
        assertThat(answer.body())
                .startsWith("time,application,type,id,source,outcome")
                .endsWith("\r\n");
        assertThat(answer.body().split("\r\n")[1])
                .startsWith(page.at("/items/0/time").textValue()
                        + ','
                        + page.at("/items/0/application").textValue());
    }

    @Test
    void whatRanBeforeTheFirstEventHeldIsWhatTheStatusesSay() {
        InMemoryWorker worker = new InMemoryWorker();
        worker.send("release.create", "{'application':'late','release':'1.0','title':'One'}");
        worker.send("release.create", "{'application':'late','release':'1.1','title':'Two'}");
        worker.send("release.deploy", "{'application':'late','release':'1.0'}");
        worker.send("release.deploy", "{'application':'late','release':'1.0'}");
        worker.send("release.deploy", "{'application':'late','release':'1.1'}");
        write(worker.out().stream()
                .filter(record -> record.topic().endsWith("-status.v1"))
                .toList());
        Instant second = since("late", "staging");

        assertThat(ran("late", second))
                .containsExactlyInAnyOrder("staging 1.1 " + second, "production 1.0 " + since("late", "production"));
        JsonNode before = json(
                get("/api/at?application=late&time=" + second.minusMillis(1)).body());
        assertThat(before.get("code").textValue()).isEqualTo("NOT_KNOWN");
        assertThat(before.get("knownSince").textValue()).isEqualTo(second.toString());

        write(worker.send("release.annotate", "{'application':'late','release':'1.1','notes':'seen'}"));
        write(worker.send("release.deploy", "{'application':'late','release':'1.1'}"));
        Instant third = since("late", "production");

        assertThat(ran("late", third.minusMillis(1)))
                .containsExactlyInAnyOrder("staging 1.1 " + second, "production 1.0 null");
        assertThat(read("/api/at?application=late&time=" + third)
                        .at("/items/0/environments")
                        .findValuesAsText("deployment"))
                .filteredOn(deployment -> !deployment.equals("null"))
                .hasSize(1);
    }

    @Test
    void whatRanInAnEnvironmentThatWasDroppedSinceIsShownAndCompared() {
        InMemoryWorker worker = new InMemoryWorker();
        worker.send("release.create", "{'application':'smaller','release':'1.0','title':'One'}");
        worker.send("release.deploy", "{'application':'smaller','release':'1.0'}");
        worker.send("release.deploy", "{'application':'smaller','release':'1.0'}");
        write(worker.out());
        Instant deployed = since("smaller", "production");
        write(worker.send("release.undeploy", "{'application':'smaller','environment':'production'}"));
        write(worker.send(
                "pipeline.define", "{'application':'smaller','environments':[{'id':'development'},{'id':'staging'}]}"));

        assertThat(ran("smaller", deployed))
                .containsExactlyInAnyOrder("staging 1.0 " + since("smaller", "staging"), "production 1.0 " + deployed);
        JsonNode difference = read("/api/diff?application=smaller&from=production&time=" + deployed);
        assertThat(difference.at("/from/release").isNull()).isTrue();
        assertThat(difference.at("/to/release").textValue()).isEqualTo("1.0");
        assertThat(difference.get("takesAway")).hasSize(1);
        pool.query("delete from board.environment where application = 'smaller' and id = 'production'")
                .execute()
                .await()
                .atMost(PATIENCE); // as after a rebuild of the state once its tombstone is compacted away
        assertThat(read("/api/diff?application=smaller&from=production&limit=49&time=" + deployed))
                .isEqualTo(difference);
        for (String none :
                List.of("from=production&to=staging", "from=staging&to=production", "from=never&time=" + deployed)) {
            assertThat(get("/api/diff?application=smaller&" + none).body())
                    .as(none)
                    .contains("ENVIRONMENT_NOT_FOUND");
        }
    }

    /** As when the results topic is created again, and its records are copied back. */
    @Test
    void aRefusalThatIsReadTwiceIsOneActivity() {
        InMemoryWorker worker = new InMemoryWorker();
        write(worker.send("release.create", "{'application':'copied','release':'1','title':'One'}"));
        List<ConsumerRecord<byte[], byte[]>> refusal =
                worker.send("again", "release.create", "{'application':'copied','release':'1','title':'One'}");
        write(refusal);
        write(refusal);
        assertThat(read("/api/activity?application=copied").get("items").findValuesAsText("outcome"))
                .containsExactly("rejected", "accepted");
        write(worker.send("again", "release.create", "{'application':'copied'}"));
        write(worker.send("again", "release.create", "{'application':'copied'}"));
        assertThat(read("/api/activity?application=copied").get("items").findValuesAsText("outcome"))
                .containsExactly("rejected", "rejected", "rejected", "accepted");
    }

    private Instant since(String application, String environment) {
        for (JsonNode status : read("/api/applications/" + application).get("environments")) {
            if (status.at("/environment/id").textValue().equals(environment)) {
                return Instant.parse(status.at("/current/since").textValue());
            }
        }
        throw new AssertionError(environment);
    }

    private List<String> ran(String application, Instant at) {
        List<String> ran = new ArrayList<>();
        read("/api/at?application=" + application + "&time=" + at)
                .at("/items/0/environments")
                .forEach(node -> ran.add(node.get("id").textValue()
                        + ' '
                        + node.get("release").textValue()
                        + ' '
                        + node.get("since").asText()));
        return ran;
    }

    private static String encoded(JsonNode text) {
        return URLEncoder.encode(text.textValue(), UTF_8);
    }

    private JsonNode read(String path) {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer.body());
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
        try {
            return client.send(
                    (headers.length == 0 ? request : request.headers(headers)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As no well-behaved client would send it. */
    private String raw(String path) throws IOException {
        String answer = rawAnswer(path);
        return answer.substring(0, Math.max(0, answer.indexOf('\r')));
    }

    private String rawAnswer(String path) throws IOException {
        return exchange("GET " + path, "Host: localhost");
    }

    private String exchange(String request, String headers) throws IOException {
        return exchange(request, headers, "");
    }

    private String exchange(String request, String headers, String body) throws IOException {
        try (Socket socket = new Socket(base.getHost(), base.getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream()
                    .write((request + " HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n" + body)
                            .getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
