package dev.lockstep.board.tables;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.InMemoryWorker;
import dev.lockstep.RealStores;
import dev.lockstep.model.CommandGenerator;
import dev.lockstep.model.Scope;
import dev.lockstep.model.SentCommand;
import dev.lockstep.model.Wire;
import dev.lockstep.wire.KafkaHeaders;
import io.quarkus.flyway.FlywayDataSource;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the worker publishes for random commands, read in random chunks, some twice, leads to the same tables as a fold. */
@QuarkusTest
@WithTestResource(RealStores.class)
class TableWriterTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SEEDS = 6;
    private static final int COMMANDS = 150;
    private static final int LONGEST_PIECE = 40;
    private static final String ACTIVITIES = "select coalesce(code, outcome, 'by itself') from board.activity";
    private static final String ACTIVITIES_WITH_EVENTS = """
            select concat_ws(' ', application, command, source, actor, reason) from board.activity a
            where exists (select from board.event e where e.cause = a.cause) and outcome is distinct from 'rejected'""";

    private static final String CREATED = """
            select release || ' with ' || (select count(*) from board.event e where e.cause = a.cause) || ' events'
            from board.activity a where command = 'again'""";

    private static final String FORGOTTEN_BY_THE_TOPIC = """
            insert into board.event (application, revision, type, at, cause)
            values ('long-gone', 1, 'dev.cdeventsx.lockstep-release.created.0.1.0', '2000-01-01T00:00:00Z',
                    gen_random_uuid())""";

    @Inject
    FeedProgress feedProgress;

    @Inject
    @FlywayDataSource("board")
    Flyway flyway;

    @Inject
    @ReactiveDataSource("board")
    Pool pool;

    @Inject
    TableWriter tableWriter;

    @Inject
    HistoryRetention historyRetention;

    @Inject
    TableRebuild tableRebuild;

    private final List<ConsumerRecord<byte[], byte[]>> published = new ArrayList<>();

    @BeforeEach
    void empty() {
        flyway.migrate();
        run("truncate board.application, board.release, board.environment, board.deployment, board.event, board.run,"
                + " board.activity, board.progress, board.change");
    }

    @Test
    void theTablesAreTheFoldOfTheTopics() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            empty();
            publish(seed);
            read(new Random(seed));

            assertThatTheStateIsPublished();
            assertThat(rows("select application || ' ' || revision || ' ' || type from board.event"))
                    .isEqualTo(events(event -> text(event, "/customData/lockstep/application")
                            + ' '
                            + event.at("/customData/lockstep/revision")
                            + ' '
                            + text(event, "/context/type")));
            assertThat(rows("select id || ' ' || status || ' ' || revision from board.deployment"))
                    .isEqualTo(deployments());
            assertThat(rows(ACTIVITIES)).isEqualTo(activities());
        }
    }

    @Test
    void whatRanAtAMomentIsTheFoldOfTheEventsUntilThen() {
        publish(SEEDS + 1);
        read(new Random(1));
        List<JsonNode> events = of(InMemoryWorker.TOPICS.events());
        Random random = new Random(2);

        for (int i = 0; i < COMMANDS; i++) {
            JsonNode moment = events.get(random.nextInt(events.size()));
            Map<String, String> expected = new TreeMap<>();
            events.stream()
                    .filter(event -> !text(event, "/context/timestamp").isEmpty())
                    .filter(event -> time(event).compareTo(time(moment)) <= 0)
                    .filter(event -> text(event, "/context/type").contains("service."))
                    .forEach(event -> expected.put(place(event), ran(event)));

            Map<String, String> found = new TreeMap<>();
            pool.preparedQuery("""
                            select distinct on (application, environment) application, environment, release from board.run
                            where since <= $1 order by application, environment, revision desc""")
                    .executeAndAwait(Tuple.of(time(moment).atOffset(ZoneOffset.UTC)))
                    .forEach(row -> found.put(
                            row.getString("application") + '/' + row.getString("environment"),
                            String.valueOf(row.getString("release"))));
            assertThat(found).isEqualTo(expected);
        }
        assertThat(events).isNotEmpty();
    }

    @Test
    void oldHistoryIsDeletedExceptWhatRanLast() {
        publish(SEEDS + 1);
        read(new Random(1));
        long environments = number("select count(distinct (application, environment)) from board.run");
        assertThat(number("select count(*) from board.run")).isGreaterThan(environments);
        run("update board.run set since = since - interval '500 days'");
        run("update board.event set at = at - interval '500 days'");
        run("update board.activity set at = at - interval '500 days' where outcome = 'rejected'");
        long kept = number("select count(*) from board.activity where outcome is distinct from 'rejected'");

        historyRetention.deleteExpired();

        assertThat(number("select count(*) from board.run")).isEqualTo(environments);
        assertThat(number("select count(*) from board.event")).isZero();
        assertThat(number("select count(*) from board.activity")).isEqualTo(kept);
    }

    @Test
    void theStateIsReadAnewAndHistoryStaysAndIsCompleted() {
        publish(SEEDS + 1);
        read(new Random(1));
        List<String> activities = rows(ACTIVITIES);
        run("update board.release set title = 'spoilt', state = 'spoilt'");
        run("delete from board.environment");
        run("delete from board.event where revision % 2 = 0");
        run("delete from board.activity where outcome = 'rejected'");
        run(FORGOTTEN_BY_THE_TOPIC);

        TableRebuild.HistoryChange history = tableRebuild.rebuild(false, this::before);

        assertThat(history.describe()).isEqualTo("No history was lost");
        assertThatTheStateIsPublished();
        assertThat(number("select count(*) from board.event"))
                .isEqualTo(of(InMemoryWorker.TOPICS.events()).size() + 1L);
        assertThat(rows(ACTIVITIES)).isEqualTo(activities);
        assertThat(number("select count(*) from board.change where applications = '{}'"))
                .isEqualTo(1);
    }

    @Test
    void whatIsLostWithAllIsSaid() {
        publish(SEEDS + 1);
        read(new Random(1));
        List<String> activities = rows(ACTIVITIES);
        run(FORGOTTEN_BY_THE_TOPIC);

        TableRebuild.HistoryChange history = tableRebuild.rebuild(true, this::before);

        assertThat(history.after().events())
                .isEqualTo(of(InMemoryWorker.TOPICS.events()).stream()
                        .map(TableWriterTest::time)
                        .min(Instant::compareTo)
                        .orElseThrow());
        assertThat(history.describe())
                .startsWith("Events before " + history.after().events() + " are lost")
                .contains("previously kept from " + history.before().events() + " on");
        assertThatTheStateIsPublished();
        assertThat(rows(ACTIVITIES)).isEqualTo(activities);
    }

    @Test
    void aCommandWhoseResultIsGoneIsKnownFromItsEvents() {
        publish(SEEDS + 1);
        List<ConsumerRecord<byte[], byte[]>> all = List.copyOf(published);
        published.removeIf(record -> record.topic().equals(InMemoryWorker.TOPICS.results()));
        read(new Random(1));
        List<String> known = rows(ACTIVITIES_WITH_EVENTS);
        assertThat(rows("select distinct actor from board.activity where actor is not null"))
                .isNotEmpty();

        published.clear();
        published.addAll(all);
        read(new Random(1));

        assertThat(rows(ACTIVITIES_WITH_EVENTS)).isEqualTo(known);
    }

    /** As it may be once the worker has forgotten its outcome. */
    @Test
    void anIdThatIsUsedAgainIsAnotherActivityHoweverOftenItIsRead() {
        publishTwoReleasesCreatedWithOneId();
        read(new Random(1));
        assertThat(rows(CREATED)).containsExactly("1 with 4 events", "2 with 1 events");
        List<String> places = rows("select concat_ws(' ', number, at, release) from board.activity");

        run("truncate board.progress");
        read(new Random(2));
        tableRebuild.rebuild(false, this::before);

        assertThat(rows(CREATED)).containsExactly("1 with 4 events", "2 with 1 events");
        assertThat(rows("select concat_ws(' ', number, at, release) from board.activity"))
                .as("where the pages of a list begin")
                .isEqualTo(places);
    }

    private void publishTwoReleasesCreatedWithOneId() {
        InMemoryWorker worker = new InMemoryWorker();
        for (String release : List.of("1", "2")) {
            String id = "once-" + release;
            worker.send(
                    "shop",
                    "{\"application\":\"shop\",\"release\":\"%s\",\"title\":\"T\"}"
                            .formatted(release)
                            .getBytes(UTF_8),
                    Map.of(
                            "ce_specversion",
                            "1.0",
                            "ce_id",
                            id,
                            "ce_source",
                            "/ci",
                            "ce_type",
                            "dev.lockstep.release.create.v1"));
        }
        publish(worker.out().stream().map(TableWriterTest::withTheSameId).toList());
    }

    private static ConsumerRecord<byte[], byte[]> withTheSameId(ConsumerRecord<byte[], byte[]> record) {
        return with(
                record,
                new String(record.value(), UTF_8).replaceAll("once-.", "again").getBytes(UTF_8),
                0);
    }

    @Test
    void itIsKnownForHowLongAPartitionWasNotReadCompletely() {
        publish(SEEDS + 1);
        read(new Random(1));
        TopicPartition own =
                new TopicPartition(published.get(0).topic(), published.get(0).partition());
        TopicPartition unknown = new TopicPartition("unknown", 0);
        Set<TopicPartition> both = Set.of(own, unknown);
        assertThat(feedProgress.sinceCompletelyRead(both)).isZero();

        feedProgress.recordCompletelyRead(both);
        run("update board.progress set read_at = read_at - interval '2 days'");
        read(new Random(2));
        assertThat(feedProgress.sinceCompletelyRead(both)).isBetween(Duration.ofHours(48), Duration.ofHours(49));
        assertThat(feedProgress.sinceCompletelyRead(Set.of(unknown))).isZero();

        feedProgress.recordCompletelyRead(Set.of(own));
        assertThat(feedProgress.sinceCompletelyRead(both)).isLessThan(Duration.ofHours(1));
    }

    @Test
    void aSkippedRecordCountsAsReadAndChangesNothing() {
        publish(SEEDS + 1);
        ConsumerRecord<byte[], byte[]> skipped = published.get(0);

        tableWriter.skip(skipped).await().atMost(PATIENCE);
        tableWriter.write(List.of(skipped)).await().atMost(PATIENCE);

        assertThat(feedProgress
                        .read()
                        .get(new TopicPartition(skipped.topic(), skipped.partition()))
                        .nextOffset())
                .isEqualTo(skipped.offset() + 1);
        assertThat(number("select count(*) from board.change")).isZero();
    }

    @Test
    void aPeerThatReadsOnIsMissingNothingAndSeesTheTablesAsTheyWereUntilTheEnd() {
        publish(SEEDS + 1);
        List<ConsumerRecord<byte[], byte[]>> early = published.subList(0, published.size() / 2);
        List<ConsumerRecord<byte[], byte[]>> late = published.subList(published.size() / 2, published.size());
        tableWriter.write(early).await().atMost(PATIENCE);
        long releases = number("select count(*) from board.release");
        List<CompletableFuture<Void>> peer = new ArrayList<>();

        tableRebuild.rebuild(true, (offsets, piece) -> {
            peer.add(tableWriter.write(late).subscribeAsCompletionStage());
            before(offsets, piece);
            assertThat(number("select count(*) from board.release")).isEqualTo(releases);
            assertThat(peer.get(0)).isNotDone();
        });
        peer.get(0).orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();

        assertThat(releases).isPositive();
        assertThatTheStateIsPublished();
        assertThat(number("select count(*) from board.event"))
                .isEqualTo(of(InMemoryWorker.TOPICS.events()).size());
        assertThat(rows(ACTIVITIES)).isEqualTo(activities());
    }

    @Test
    void aRebuildThatFailsPartwayChangesNothing() {
        publish(SEEDS + 1);
        read(new Random(1));

        assertThatThrownBy(() -> tableRebuild.rebuild(true, (offsets, piece) -> {
                    throw new IllegalStateException("Kafka is gone");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThatTheStateIsPublished();
        assertThat(rows(ACTIVITIES)).isEqualTo(activities());
    }

    /** What the topics contain before those offsets, as Kafka delivers it. */
    private void before(Map<TopicPartition, Long> offsets, Consumer<List<ConsumerRecord<byte[], byte[]>>> piece) {
        List<ConsumerRecord<byte[], byte[]>> all = published.stream()
                .filter(record -> record.offset()
                        < offsets.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L))
                .toList();
        for (int from = 0; from < all.size(); from += LONGEST_PIECE) {
            piece.accept(all.subList(from, Math.min(all.size(), from + LONGEST_PIECE)));
        }
    }

    @Test
    void whatPostgresWillNeverTakeIsPassedOverAndHoldsUpNoRebuild() {
        publish(SEEDS + 1);
        String huge = new Random(3)
                .ints(20_000, 'a', 'z')
                .mapToObj(letter -> String.valueOf((char) letter))
                .collect(Collectors.joining());
        ConsumerRecord<byte[], byte[]> foreign = foreignRelease(huge);
        assertThatThrownBy(() -> tableWriter.write(List.of(foreign)).await().atMost(PATIENCE))
                .matches(PermanentErrors::isPermanent);
        read(new Random(1));
        published.add(foreign);

        tableRebuild.rebuild(false, this::beforeOrForeign);

        published.remove(foreign);
        assertThatTheStateIsPublished();
    }

    private void beforeOrForeign(
            Map<TopicPartition, Long> offsets, Consumer<List<ConsumerRecord<byte[], byte[]>>> piece) {
        piece.accept(List.copyOf(published));
    }

    private static ConsumerRecord<byte[], byte[]> foreignRelease(String artifact) {
        String value = """
                {"application":"evil","release":"art","revision":1,"createdRevision":1,"placements":[],"artifactId":"%s"}""".formatted(artifact);
        return new ConsumerRecord<>(
                InMemoryWorker.TOPICS.releaseStatus(), 99, 0, "evil/art".getBytes(UTF_8), value.getBytes(UTF_8));
    }

    private void assertThatTheStateIsPublished() {
        assertThat(states("select id, state, null from board.application"))
                .isEqualTo(latest(InMemoryWorker.TOPICS.applicationStatus()));
        assertThat(states("select application || '/' || id, state, gone from board.release"))
                .isEqualTo(latest(InMemoryWorker.TOPICS.releaseStatus()));
        assertThat(states("select application || '/' || id, state, gone from board.environment"))
                .isEqualTo(latest(InMemoryWorker.TOPICS.deploymentStatus()));
    }

    private long number(String sql) {
        return query(sql).get(0).getLong(0);
    }

    private static Instant time(JsonNode event) {
        return Instant.parse(text(event, "/context/timestamp"));
    }

    private static String place(JsonNode event) {
        String environment = text(event, "/customData/lockstep/deployment/environment");
        return text(event, "/customData/lockstep/application")
                + '/'
                + (environment.isEmpty() ? text(event, "/subject/content/environment/id") : environment);
    }

    private static String ran(JsonNode event) {
        return text(event, "/context/type").contains("service.removed")
                ? "null"
                : text(event, "/customData/lockstep/deployment/release");
    }

    private void publish(int seed) {
        InMemoryWorker worker = new InMemoryWorker();
        for (SentCommand sent : new CommandGenerator(seed, 2, Scope.TIMED).take(COMMANDS)) {
            worker.at(sent.at());
            Wire.Raw raw = Wire.toBinary(sent);
            worker.send(raw.key(), raw.value(), raw.headers());
        }
        publish(worker.out());
    }

    /** With offsets as a broker gives them. */
    private void publish(List<ConsumerRecord<byte[], byte[]>> records) {
        published.clear();
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            published.add(with(record, record.value(), ends.merge(partition, 1L, Long::sum)));
        }
        published.removeIf(record -> record.topic().equals(InMemoryWorker.TOPICS.deadLetters()));
    }

    private static ConsumerRecord<byte[], byte[]> with(
            ConsumerRecord<byte[], byte[]> record, byte[] value, long offset) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                offset,
                record.timestamp(),
                TimestampType.CREATE_TIME,
                record.serializedKeySize(),
                value == null ? -1 : value.length,
                record.key(),
                value,
                record.headers(),
                Optional.empty());
    }

    /** The partitions in turn, in chunks; some chunks begin before the end of the previous one. */
    private void read(Random random) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> partitions = published.stream()
                .collect(Collectors.groupingBy(record -> new TopicPartition(record.topic(), record.partition())));
        Map<TopicPartition, Integer> next = new HashMap<>();
        List<TopicPartition> open = new ArrayList<>(partitions.keySet());
        while (!open.isEmpty()) {
            List<ConsumerRecord<byte[], byte[]>> piece = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0 && !open.isEmpty(); i--) {
                TopicPartition partition = open.get(random.nextInt(open.size()));
                List<ConsumerRecord<byte[], byte[]>> all = partitions.get(partition);
                int from = Math.max(0, next.getOrDefault(partition, 0) - random.nextInt(3));
                int to = Math.min(all.size(), from + 1 + random.nextInt(LONGEST_PIECE));
                piece.addAll(all.subList(from, to));
                next.merge(partition, to, Math::max);
                open.removeIf(topicPartition -> next.getOrDefault(topicPartition, 0)
                        == partitions.get(topicPartition).size());
            }
            tableWriter.write(piece).await().atMost(PATIENCE);
        }
    }

    private Map<String, String> latest(String topic) {
        Map<String, String> latest = new TreeMap<>();
        published.stream().filter(record -> record.topic().equals(topic)).forEach(record -> {
            String reason = KafkaHeaders.lastText(record.headers(), "ce_lockstepreason");
            latest.put(
                    new String(record.key(), UTF_8),
                    record.value() == null ? reason : new String(record.value(), UTF_8));
        });
        return latest;
    }

    private List<String> events(Function<JsonNode, String> told) {
        return of(InMemoryWorker.TOPICS.events()).stream().map(told).sorted().toList();
    }

    private List<String> deployments() {
        Map<String, String> latest = new TreeMap<>();
        Map<String, String> first = new TreeMap<>();
        of(InMemoryWorker.TOPICS.events()).stream()
                .map(event -> event.at("/customData/lockstep"))
                .filter(ours -> ours.at("/deployment").hasNonNull("id"))
                .forEach(ours -> {
                    latest.put(text(ours, "/deployment/id"), text(ours, "/deployment/status"));
                    first.putIfAbsent(text(ours, "/deployment/id"), text(ours, "/revision"));
                });
        return latest.entrySet().stream()
                .map(entry -> entry.getKey() + ' ' + entry.getValue() + ' ' + first.get(entry.getKey()))
                .sorted()
                .toList();
    }

    /** One row for each result, except dry runs and duplicates, and one for whatever has events but no result. */
    private List<String> activities() {
        List<JsonNode> results = of(InMemoryWorker.TOPICS.results()).stream()
                .filter(node -> !node.path("dryRun").asBoolean()
                        && !node.path("duplicate").asBoolean())
                .toList();
        List<String> told = results.stream()
                .map(node -> node.hasNonNull("problem") ? text(node, "/problem/code") : text(node, "/outcome"))
                .collect(Collectors.toCollection(ArrayList::new));
        List<String> accepted = results.stream()
                .filter(node -> text(node, "/outcome").equals("accepted"))
                .map(node -> text(node, "/application")
                        + ' '
                        + text(node, "/commandSource")
                        + ' '
                        + text(node, "/commandId"))
                .toList();
        of(InMemoryWorker.TOPICS.events()).stream()
                .filter(event -> !accepted.contains(text(event, "/customData/lockstep/application")
                        + ' '
                        + text(event, "/customData/lockstep/commandSource")
                        + ' '
                        + text(event, "/customData/lockstep/commandId")))
                .map(event -> text(event, "/customData/lockstep/commandId") + ' ' + time(event))
                .distinct()
                .forEach(cause -> told.add("by itself"));
        return told.stream().sorted().toList();
    }

    private List<JsonNode> of(String topic) {
        return published.stream()
                .filter(record -> record.topic().equals(topic))
                .map(record -> {
                    try {
                        return JSON.readTree(record.value());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toList();
    }

    private static String text(JsonNode node, String pointer) {
        return node.at(pointer).asText();
    }

    private Map<String, String> states(String sql) {
        Map<String, String> states = new TreeMap<>();
        query(sql)
                .forEach(row ->
                        states.put(row.getString(0), row.getString(1) == null ? row.getString(2) : row.getString(1)));
        return states;
    }

    private List<String> rows(String sql) {
        return query(sql).stream().map(row -> row.getString(0)).sorted().toList();
    }

    private List<Row> query(String sql) {
        return StreamSupport.stream(
                        pool.query(sql).execute().await().atMost(PATIENCE).spliterator(), false)
                .toList();
    }

    private void run(String sql) {
        pool.query(sql).execute().await().atMost(PATIENCE);
    }
}
