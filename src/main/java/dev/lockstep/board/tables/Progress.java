package dev.lockstep.board.tables;

import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** How far each partition is in the tables. Blocks; for the consumer's own thread. */
@ApplicationScoped
public class Progress {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Pool pool;

    Progress(@ReactiveDataSource("board") Pool pool) {
        this.pool = pool;
    }

    public Map<TopicPartition, Long> read() {
        Map<TopicPartition, Long> next = new HashMap<>();
        pool.query("select topic, partition, next_offset from board.progress")
                .execute()
                .await()
                .atMost(PATIENCE)
                .forEach(row -> next.put(
                        new TopicPartition(row.getString("topic"), row.getInteger("partition")),
                        row.getLong("next_offset")));
        return next;
    }

    /** What is in that partition is to be read from the front. */
    public void forget(TopicPartition partition) {
        pool.preparedQuery("delete from board.progress where topic = $1 and partition = $2")
                .execute(Tuple.of(partition.topic(), partition.partition()))
                .await()
                .atMost(PATIENCE);
    }
}
