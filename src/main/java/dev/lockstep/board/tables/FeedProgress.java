package dev.lockstep.board.tables;

import dev.lockstep.wire.KafkaHeaders;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlClient;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** How far each partition is in the tables. Methods that return no {@link Uni} block. */
@ApplicationScoped
public class FeedProgress {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Header of a polled record: the id of its topic. */
    private static final String TOPIC_ID_HEADER = "board-topic-id";

    /**
     * @param nextOffset the offset after the last record that was read, or after the transaction markers behind it
     * @param topicId the id of the topic that was read; null when unknown
     */
    public record Position(long nextOffset, String topicId) {

        /** Whether the position belongs to another topic of that name, and says nothing about the one with this id. */
        public boolean isOfOtherTopic(String id) {
            return topicId != null && id != null && !topicId.equals(id);
        }

        /**
         * Whether a record is to be written: it is not in the tables yet, nor of another topic of that name, such as a former one.
         *
         * @param id the id of the record's topic, null when unknown
         */
        boolean isUnread(long offset, String id) {
            return offset >= nextOffset && (topicId == null || topicId.equals(id));
        }
    }

    /**
     * A partition in which nothing is left to poll.
     *
     * @param position the offset of whatever comes next. Between it and the last record there may be transaction markers, and
     *     records of aborted transactions
     * @param lastPolled the offset of the last record polled since the partition was assigned, or {@link #NOTHING_POLLED}
     */
    public record ReachedEnd(TopicPartition partition, String topicId, long position, long lastPolled) {

        public static final long NOTHING_POLLED = -1;
    }

    private final Pool pool;

    FeedProgress(@ReactiveDataSource("board") Pool pool) {
        this.pool = pool;
    }

    public Map<TopicPartition, Position> read() {
        return read(pool).await().atMost(TIMEOUT);
    }

    static Uni<Map<TopicPartition, Position>> read(SqlClient client) {
        return client.query("select topic, partition, next_offset, topic_id from board.progress")
                .execute()
                .map(rows -> {
                    Map<TopicPartition, Position> positions = new HashMap<>();
                    rows.forEach(row -> positions.put(
                            new TopicPartition(row.getString("topic"), row.getInteger("partition")),
                            new Position(row.getLong("next_offset"), row.getString("topic_id"))));
                    return positions;
                });
    }

    /** @param ids the ids of the topics, to be added to rows written by a version that did not know them */
    public void setMissingTopicIds(Map<TopicPartition, String> ids) {
        List<TopicPartition> partitions = List.copyOf(ids.keySet());
        pool.preparedQuery("""
                        update board.progress p set topic_id = t.id
                        from unnest($1::text[], $2::int4[], $3::text[]) as t(topic, partition, id)
                        where p.topic = t.topic and p.partition = t.partition and p.topic_id is null""")
                .execute(Tuple.of(
                        partitions.stream().map(TopicPartition::topic).toArray(String[]::new),
                        partitions.stream().map(TopicPartition::partition).toArray(Integer[]::new),
                        partitions.stream().map(ids::get).toArray(String[]::new)))
                .await()
                .atMost(TIMEOUT);
    }

    /**
     * Stores that the partition is read from the beginning, unless another process already has.
     *
     * @param read the position that was stored
     * @param topicId the id of the topic that will be read; null when unknown, then it is the one that was read
     */
    public void restart(TopicPartition partition, Position read, String topicId) {
        pool.withTransaction(connection -> connection
                        .query(TableWriter.LOCK_WRITES)
                        .execute()
                        .chain(() -> connection
                                .preparedQuery("""
                        update board.progress set next_offset = 0, topic_id = coalesce($3, topic_id)
                        where topic = $1 and partition = $2
                          and topic_id is not distinct from $4 and next_offset >= $5""")
                                .execute(Tuple.of(
                                        partition.topic(),
                                        partition.partition(),
                                        topicId,
                                        read.topicId,
                                        read.nextOffset))))
                .await()
                .atMost(TIMEOUT);
    }

    /**
     * Moves the stored positions past offsets without a record, if everything that was polled has been written: then a
     * position that is behind its topic's end means that something was not read.
     */
    public void recordEnds(List<ReachedEnd> ends) {
        if (ends.isEmpty()) {
            return;
        }
        pool.withTransaction(connection -> connection
                        .query(TableWriter.LOCK_WRITES)
                        .execute()
                        .chain(() -> connection
                                .preparedQuery("""
                        with reached as (
                            select * from unnest($1::text[], $2::int4[], $3::text[], $4::int8[], $5::int8[])
                                as t(topic, partition, topic_id, position, last_polled)),
                        moved as (
                            update board.progress p set next_offset = r.position, topic_id = r.topic_id from reached r
                            where p.topic = r.topic and p.partition = r.partition
                              and coalesce(p.topic_id, r.topic_id) = r.topic_id
                              and p.next_offset > r.last_polled and p.next_offset < r.position)
                        insert into board.progress (topic, partition, next_offset, topic_id)
                        select topic, partition, position, topic_id from reached where last_polled = $6
                        on conflict do nothing""")
                                .execute(Tuple.from(List.of(
                                        column(ends, end -> end.partition.topic(), String[]::new),
                                        column(ends, end -> end.partition.partition(), Integer[]::new),
                                        column(ends, ReachedEnd::topicId, String[]::new),
                                        column(ends, ReachedEnd::position, Long[]::new),
                                        column(ends, ReachedEnd::lastPolled, Long[]::new),
                                        ReachedEnd.NOTHING_POLLED)))))
                .await()
                .atMost(TIMEOUT);
    }

    private static <T> T[] column(List<ReachedEnd> ends, Function<ReachedEnd, T> value, IntFunction<T[]> array) {
        return ends.stream().map(value).toArray(array);
    }

    /** How long ago one of these partitions was last known to be read completely; zero if that was never recorded. */
    public Duration sinceCompletelyRead(Set<TopicPartition> partitions) {
        return Duration.ofSeconds(pool.preparedQuery("""
                        select coalesce(max(extract(epoch from now() - p.read_at)), 0)::int8
                        from board.progress p join unnest($1::text[], $2::int4[]) as t(topic, partition)
                          on p.topic = t.topic and p.partition = t.partition""")
                .execute(keys(partitions))
                .await()
                .atMost(TIMEOUT)
                .iterator()
                .next()
                .getLong(0));
    }

    /** @param partitions those that are read completely at the moment */
    public void recordCompletelyRead(Set<TopicPartition> partitions) {
        pool.preparedQuery("""
                        update board.progress p set read_at = now()
                        from unnest($1::text[], $2::int4[]) as t(topic, partition)
                        where p.topic = t.topic and p.partition = t.partition""").execute(keys(partitions)).await().atMost(TIMEOUT);
    }

    private static Tuple keys(Set<TopicPartition> partitions) {
        List<TopicPartition> all = List.copyOf(partitions);
        return Tuple.of(
                all.stream().map(TopicPartition::topic).toArray(String[]::new),
                all.stream().map(TopicPartition::partition).toArray(Integer[]::new));
    }

    /**
     * Records which topic a polled record comes from, whatever its own headers say.
     *
     * @param topicId null when unknown
     */
    public static void tagWithTopicId(ConsumerRecord<byte[], byte[]> record, String topicId) {
        record.headers().remove(TOPIC_ID_HEADER);
        if (topicId != null) {
            record.headers().add(KafkaHeaders.header(TOPIC_ID_HEADER, topicId));
        }
    }

    /** Null when unknown. */
    static String topicId(ConsumerRecord<byte[], byte[]> record) {
        String id = KafkaHeaders.lastText(record.headers(), TOPIC_ID_HEADER);
        return id.isEmpty() ? null : id;
    }
}
