package dev.lockstep.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The floor that the machine sets: poll, one {@code unnest} insert with as many rows and bytes as the worker writes, then as
 * many records with the same bytes and headers as the worker publishes, and the offsets, in one Kafka transaction. Both
 * the rows and the records were {@linkplain Sample recorded} from the worker. No rules, no ORM, no decoding: it reads
 * only a command's id, which goes into its result. The clients are configured like the worker's.
 *
 * <p>Arguments: bootstrap servers, name of the {@link ContenderResources}, JDBC URL, sample file.
 */
final class BareLoop {

    static final String TABLE = """
            create table bare (
                partition int4 not null, first_offset int8 not null, position int4 not null, content text not null,
                primary key (partition, first_offset, position)
            )""";

    private static final String INSERT = """
            insert into bare (partition, first_offset, position, content)
            select * from unnest(?::int4[], ?::int8[], ?::int4[], ?::text[])""";

    private static final int BATCH = 1_000;

    private final ContenderResources place;
    private final Sample sample;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Connection database;
    private final PreparedStatement insert;
    private final List<String> topics;
    private volatile boolean isStopped;
    private long processed;

    private BareLoop(String bootstrapServers, ContenderResources place, String jdbcUrl, Sample sample)
            throws SQLException {
        this.place = place;
        this.sample = sample;
        this.topics = place.outputs();
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "group.id",
                        place.group(),
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false,
                        "max.poll.records",
                        BATCH,
                        "fetch.max.bytes",
                        8_388_608),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "transactional.id",
                        place.group(),
                        "acks",
                        "all",
                        "linger.ms",
                        5,
                        "batch.size",
                        262_144,
                        "buffer.memory",
                        67_108_864,
                        "retry.backoff.ms",
                        5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        database = DriverManager.getConnection(jdbcUrl);
        database.setAutoCommit(false);
        insert = database.prepareStatement(INSERT);
    }

    public static void main(String[] args) throws Exception {
        BareLoop loop = new BareLoop(args[0], new ContenderResources(args[1]), args[2], Sample.read(Path.of(args[3])));
        ChildJvm.announceUp("up", () -> loop.isStopped = true);
        loop.run();
    }

    private void run() throws SQLException {
        consumer.subscribe(List.of(place.commands()));
        while (!isStopped) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));
            if (!records.isEmpty()) {
                store(records);
                publish(records);
            }
        }
        consumer.close();
        producer.close();
        database.close();
    }

    private void store(ConsumerRecords<byte[], byte[]> records) throws SQLException {
        int rows = sample.rows(processed, records.count());
        Integer[] partitions = new Integer[rows];
        Long[] offsets = new Long[rows];
        Integer[] positions = new Integer[rows];
        String[] contents = new String[rows];
        ConsumerRecord<byte[], byte[]> first = records.iterator().next();
        for (int row = 0; row < rows; row++) {
            partitions[row] = first.partition();
            offsets[row] = first.offset();
            positions[row] = row;
            contents[row] = sample.content(row);
        }
        insert.setArray(1, database.createArrayOf("int4", partitions));
        insert.setArray(2, database.createArrayOf("int8", offsets));
        insert.setArray(3, database.createArrayOf("int4", positions));
        insert.setArray(4, database.createArrayOf("text", contents));
        insert.executeUpdate();
        database.commit();
    }

    private void publish(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        producer.beginTransaction();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            byte[] id = record.headers().lastHeader("ce_id").value();
            sample.outputs(processed++).forEach(output -> producer.send(output.record(topics, record.partition(), id)));
            offsets.put(
                    new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        producer.commitTransaction();
    }
}
