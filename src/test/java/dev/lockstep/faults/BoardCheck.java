package dev.lockstep.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.local.LogEnds;
import dev.lockstep.wire.KafkaHeaders;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** At the end: the board's tables equal a fold of the published topics, whatever happened to the processes that filled them. */
final class BoardCheck {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String bootstrapServers;
    private final DataSource database;
    private final Findings findings;

    private final Map<String, Map<String, String>> latest = new TreeMap<>();
    private final Map<String, String> events = new TreeMap<>();
    private final Map<String, String> results = new TreeMap<>();
    private final Map<TopicPartition, Long> read = new HashMap<>();

    BoardCheck(String bootstrapServers, DataSource database, Findings findings) {
        this.bootstrapServers = bootstrapServers;
        this.database = database;
        this.findings = findings;
    }

    /** @return the partitions whose end the tables did not reach; if there are any, nothing was compared */
    Set<TopicPartition> check() throws IOException, SQLException {
        fold();
        if (!Tasks.await(PATIENCE, () -> missing().isEmpty())) {
            return missing();
        }
        compare(TopicNames.APPLICATION_STATUS, "select id, coalesce(state, '') from board.application");
        compare(TopicNames.RELEASE_STATUS, "select application || '/' || id, coalesce(state, gone) from board.release");
        compare(
                TopicNames.DEPLOYMENT_STATUS,
                "select application || '/' || id, coalesce(state, gone) from board.environment");
        compare("event", events, query("select application || ' ' || revision, type from board.event"));
        compare("result", results, query("""
                        select application || ' ' || source || ' ' || command || ' ' || revision || ' ' || coalesce(code, outcome),
                               count(*)::text
                        from board.activity where outcome is not null group by 1"""));
        return Set.of();
    }

    private Set<TopicPartition> missing() throws SQLException {
        Map<String, String> next = query("select topic || '-' || partition, next_offset::text from board.progress");
        return read.entrySet().stream()
                .filter(entry -> Long.parseLong(next.getOrDefault(entry.getKey().toString(), "0")) < entry.getValue())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private void fold() throws IOException {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = TopicNames.FROM_COMMANDS.stream()
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = LogEnds.of(bootstrapServers, all);
            consumer.assign(all);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    take(record);
                }
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) throws IOException {
        read.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        JsonNode value = record.value() == null ? null : JSON.readTree(record.value());
        if (record.topic().equals(TopicNames.EVENTS)) {
            JsonNode ours = value.at("/customData/lockstep");
            events.put(
                    ours.get("application").textValue() + ' ' + ours.get("revision"),
                    value.at("/context/type").textValue());
        } else if (record.topic().equals(TopicNames.RESULTS)) {
            if (!value.path("dryRun").asBoolean() && !value.get("duplicate").asBoolean()) {
                results.merge(shown(value), "1", (a, b) -> Integer.toString(Integer.parseInt(a) + 1));
            }
        } else {
            String reason = KafkaHeaders.lastText(record.headers(), "ce_lockstepreason");
            latest.computeIfAbsent(record.topic(), topic -> new TreeMap<>())
                    .put(new String(record.key(), UTF_8), value == null ? reason : new String(record.value(), UTF_8));
        }
    }

    private static String shown(JsonNode result) {
        String code = result.at("/problem/code").asText();
        return String.join(
                " ",
                result.path("application").asText(""),
                result.get("commandSource").asText(),
                result.get("commandId").asText(),
                result.get("revision").asText(),
                code.isEmpty() ? result.get("outcome").asText() : code);
    }

    private void compare(String topic, String sql) throws SQLException {
        compare(topic, latest.getOrDefault(topic, Map.of()), query(sql));
    }

    private void compare(String what, Map<String, String> published, Map<String, String> shown) {
        Set<String> keys = new TreeSet<>(published.keySet());
        keys.addAll(shown.keySet());
        for (String key : keys) {
            if (!Objects.equals(published.get(key), shown.get(key))) {
                findings.add(
                        Breach.DIFFERING,
                        "board, " + what + " " + key + ": published " + published.get(key) + ", shown "
                                + shown.get(key));
            }
        }
    }

    private Map<String, String> query(String sql) throws SQLException {
        Map<String, String> found = new TreeMap<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.put(rows.getString(1), rows.getString(2));
            }
        }
        return found;
    }
}
