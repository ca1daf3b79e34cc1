package dev.lockstep.board;

import dev.lockstep.board.tables.Refusals;
import dev.lockstep.board.tables.Tables;
import dev.lockstep.config.Ticker;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import io.smallrye.reactive.messaging.kafka.KafkaRecordBatch;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordBatchMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Takes what the worker has published, batch by batch, into the board's tables: each one until it is written. */
@ApplicationScoped
public class Feed {

    static final String CHANNEL = "board";

    private static final Logger LOG = Logger.getLogger(Feed.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);

    private final Tables tables;
    private final KafkaClientService clients;
    private final Ticker ticker;
    private final FeedWatch watch;
    private volatile long lastWritten;
    private volatile boolean isInHand;
    private volatile long takenAt;

    Feed(Tables tables, KafkaClientService clients, Ticker ticker, FeedWatch watch) {
        this.tables = tables;
        this.clients = clients;
        this.ticker = ticker;
        this.watch = watch;
        lastWritten = ticker.nanos();
        watch.of(this::behind);
    }

    /** How long the feed has been stuck behind unread records of this process's partitions; zero if it has caught up. */
    public Duration behind() {
        if (isInHand) {
            return ticker.since(takenAt);
        }
        KafkaConsumer<Object, Object> client = clients.getConsumer(CHANNEL);
        Consumer<?, ?> consumer = client == null ? null : client.unwrap();
        if (consumer == null) {
            return Duration.ZERO;
        }
        double lag = consumer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("records-lag-max"))
                .mapToDouble(metric -> (Double) metric.getValue().metricValue())
                .filter(records -> !Double.isNaN(records))
                .max()
                .orElse(0);
        return lag > 0 ? ticker.since(lastWritten) : Duration.ZERO;
    }

    /** Acknowledges nothing: how far it is read stands in the tables. */
    @Incoming(CHANNEL)
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    Uni<Void> take(KafkaRecordBatch<byte[], byte[]> batch) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        polled(batch).forEach(records::add);
        takenAt = ticker.nanos();
        isInHand = true;
        return write(records).onTermination().invoke(() -> isInHand = false);
    }

    @SuppressWarnings("unchecked") // the connector's metadata has no type parameters to ask for
    private static ConsumerRecords<byte[], byte[]> polled(KafkaRecordBatch<byte[], byte[]> batch) {
        return ((IncomingKafkaRecordBatchMetadata<byte[], byte[]>)
                        batch.getMetadata(IncomingKafkaRecordBatchMetadata.class)
                                .orElseThrow())
                .getRecords();
    }

    private Uni<Void> write(List<ConsumerRecord<byte[], byte[]>> records) {
        return tables.write(records)
                .invoke(() -> {
                    lastWritten = ticker.nanos();
                    watch.wrote(records.size());
                })
                .onFailure(failure -> !Refusals.isRefused(failure))
                .invoke(failure -> {
                    watch.retried(failure);
                    LOG.warnf("Cannot write to the board's tables, retrying: %s", Refusals.name(failure));
                })
                .onFailure(failure -> !Refusals.isRefused(failure))
                .retry()
                .withBackOff(FIRST_RETRY, LONGEST_RETRY)
                .indefinitely()
                .onFailure()
                .recoverWithUni(refused -> records.size() > 1 ? oneByOne(records) : passOver(records.get(0), refused));
    }

    private Uni<Void> oneByOne(List<ConsumerRecord<byte[], byte[]>> records) {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (ConsumerRecord<byte[], byte[]> one : records) {
            all = all.chain(() -> write(List.of(one)));
        }
        return all;
    }

    private Uni<Void> passOver(ConsumerRecord<byte[], byte[]> record, Throwable refused) {
        watch.rejected();
        LOG.warnf(
                "Skipped a record that the board's tables reject: %s-%d@%d (%s)",
                record.topic(), record.partition(), record.offset(), Refusals.name(refused));
        return Uni.createFrom().voidItem();
    }
}
