package dev.lockstep.board;

import dev.lockstep.board.tables.PermanentErrors;
import dev.lockstep.board.tables.TableWriter;
import dev.lockstep.config.Ticker;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.KafkaRecordBatch;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordBatchMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Writes what the worker has published into the board's tables, batch by batch, retrying each until it is written. */
@ApplicationScoped
public class Feed {

    static final String CHANNEL = "board";

    private static final Logger LOG = Logger.getLogger(Feed.class);
    private static final Duration INITIAL_BACKOFF = Duration.ofMillis(100);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(5);

    private final TableWriter tableWriter;
    private final Ticker ticker;
    private final FeedStatus feedStatus;
    private volatile boolean isWriting;
    private volatile long writeStartedAt;

    Feed(TableWriter tableWriter, Ticker ticker, FeedStatus feedStatus) {
        this.tableWriter = tableWriter;
        this.ticker = ticker;
        this.feedStatus = feedStatus;
        feedStatus.setWritingFor(this::writingFor);
    }

    private Duration writingFor() {
        return isWriting ? ticker.since(writeStartedAt) : Duration.ZERO;
    }

    /** Acknowledges nothing: the read position is stored in the tables. */
    @Incoming(CHANNEL)
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    Uni<Void> consume(KafkaRecordBatch<byte[], byte[]> batch) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        polled(batch).forEach(records::add);
        writeStartedAt = ticker.nanos();
        isWriting = true;
        return write(records).onTermination().invoke(() -> isWriting = false);
    }

    @SuppressWarnings("unchecked") // the connector's metadata does not expose its type parameters
    private static ConsumerRecords<byte[], byte[]> polled(KafkaRecordBatch<byte[], byte[]> batch) {
        return ((IncomingKafkaRecordBatchMetadata<byte[], byte[]>)
                        batch.getMetadata(IncomingKafkaRecordBatchMetadata.class)
                                .orElseThrow())
                .getRecords();
    }

    private Uni<Void> write(List<ConsumerRecord<byte[], byte[]>> records) {
        return untilAccepted(tableWriter.write(records))
                .invoke(() -> feedStatus.recordWritten(records.size()))
                .onFailure()
                .recoverWithUni(failure -> records.size() > 1 ? oneByOne(records) : skip(records.get(0), failure));
    }

    /** Fails only if it is never to be accepted. Logs failures 1, 2, 4, 8, …, so that an outage does not fill the log. */
    private Uni<Void> untilAccepted(Uni<Void> attempt) {
        AtomicInteger failures = new AtomicInteger();
        return attempt.onFailure(failure -> !PermanentErrors.isPermanent(failure))
                .invoke(failure -> {
                    feedStatus.recordRetry(failure);
                    if (Integer.bitCount(failures.incrementAndGet()) == 1) {
                        LOG.warnf(
                                "Cannot write to the board's tables, retrying attempt=%d reason=%s",
                                failures.get(), PermanentErrors.describe(failure));
                    }
                })
                .onFailure(failure -> !PermanentErrors.isPermanent(failure))
                .retry()
                .withBackOff(INITIAL_BACKOFF, MAX_BACKOFF)
                .indefinitely()
                .invoke(() -> {
                    if (failures.get() > 0) {
                        LOG.infof("Writing to the board's tables works again attempts=%d", failures.get() + 1);
                    }
                });
    }

    private Uni<Void> oneByOne(List<ConsumerRecord<byte[], byte[]>> records) {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            all = all.chain(() -> write(List.of(record)));
        }
        return all;
    }

    private Uni<Void> skip(ConsumerRecord<byte[], byte[]> record, Throwable failure) {
        feedStatus.recordRejection();
        LOG.warnf(
                "Skipped a record that the board's tables reject record=%s-%d@%d reason=%s",
                record.topic(), record.partition(), record.offset(), PermanentErrors.describe(failure));
        return untilAccepted(tableWriter.skip(record));
    }
}
