package dev.lockstep.bench;

import dev.lockstep.local.LogEnds;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;

/** Records what the worker really writes and publishes, and makes a {@link Sample} of it. */
final class Recorder {

    /** Commands whose output is kept. */
    private static final int KEPT = 2_000;

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration STATISTICS_TIMEOUT = Duration.ofMinutes(1);

    private final Testbed bed;
    private final ContenderRun worker;
    private final ContenderResources place;

    Recorder(Testbed bed, ContenderRun worker) {
        this.bed = bed;
        this.worker = worker;
        this.place = worker.contender().place();
    }

    /** Has the worker process that many commands. */
    Sample record(int commands) throws SQLException {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Map<String, Long> before = rowsWritten();
            long first = worker.position();
            worker.process(commands);
            Map<String, Long> after = rowsWritten();
            double rows = 0;
            double bytes = 0;
            for (String table : after.keySet()) {
                double written = (double) (after.get(table) - before.getOrDefault(table, 0L)) / commands;
                rows += written;
                bytes += table.equals("outbox") ? outboxBytesPerCommand() : written * bytesPerRow(table);
            }
            return new Sample(rows, (int) Math.round(bytes / rows), outputs(consumer, first));
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bed.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : place.outputs()) {
            for (int partition = 0; partition < BenchSettings.PARTITIONS; partition++) {
                all.add(new TopicPartition(topic, partition));
            }
        }
        consumer.assign(all);
        consumer.seekToEnd(all);
        all.forEach(consumer::position);
        return consumer;
    }

    private List<List<Sample.Output>> outputs(KafkaConsumer<byte[], byte[]> consumer, long first) {
        List<List<Sample.Output>> outputs = new ArrayList<>();
        for (int i = 0; i < KEPT; i++) {
            outputs.add(new ArrayList<>());
        }
        Map<TopicPartition, Long> ends = LogEnds.of(bed.bootstrapServers(), consumer.assignment());
        while (consumer.assignment().stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                long number = OutputReader.cause(record) - first;
                if (number < KEPT) {
                    int topic = place.outputs().indexOf(record.topic());
                    List<Header> headers = List.of(record.headers().toArray());
                    outputs.get((int) number).add(new Sample.Output(topic, record.key(), record.value(), headers));
                }
            }
        }
        return outputs;
    }

    /** Inserts and updates by table, once Postgres' statistics include every command so far, since each is remembered. */
    private Map<String, Long> rowsWritten() {
        Map<String, Long> written = new HashMap<>();
        Awaitility.await().atMost(STATISTICS_TIMEOUT).until(() -> {
            try (Connection connection = bed.connect(place.database());
                    Statement statement = connection.createStatement();
                    ResultSet rows =
                            statement.executeQuery("select relname, n_tup_ins + n_tup_upd from pg_stat_user_tables")) {
                while (rows.next()) {
                    written.put(rows.getString(1), rows.getLong(2));
                }
            }
            return written.getOrDefault("known_command", 0L) >= worker.position();
        });
        return written;
    }

    private double bytesPerRow(String table) throws SQLException {
        int header = 24;
        return number("select coalesce(avg(pg_column_size(t)) - " + header + ", 0) from " + table + " t");
    }

    private double outboxBytesPerCommand() throws SQLException {
        return number("select coalesce(sum(octet_length(records)) / sum(next_offset - first_offset), 0) from outbox");
    }

    private double number(String query) throws SQLException {
        try (Connection connection = bed.connect(place.database());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getDouble(1);
        }
    }
}
