package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.batch.BatchOutcome;
import dev.lockstep.batch.Decider;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.decide.CommandDecider;
import dev.lockstep.decode.Decoder;
import dev.lockstep.decode.Records;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.model.SentCommand;
import dev.lockstep.model.Wire;
import dev.lockstep.partition.PartitionPosition;
import dev.lockstep.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Utils;

/** The batch applier, driven as the worker drives it, on a commands topic that no broker knows. */
public final class BatchApplierRig {

    static final Topics TOPICS = new Topics(
            "commands",
            "results",
            "events",
            "release-status",
            "deployment-status",
            "application-status",
            "dead-letters");

    public static final int PARTITIONS = 3;

    private static final int MOST_PARTITIONS = 32;

    final String topicId = UUID.randomUUID().toString();
    final Decider decider = new CommandDecider(topicId, TOPICS, "/lockstep");
    private final PostgresStore postgres;
    private final String commands;
    private final Decoder decoder = new Decoder(Limits.DEFAULT);
    private final long[] ends = new long[MOST_PARTITIONS];

    BatchApplierRig(PostgresStore postgres) {
        this(postgres, TOPICS.commands());
    }

    /** @param commands the name of the commands topic, by which its growth is stored */
    BatchApplierRig(PostgresStore postgres, String commands) {
        this.postgres = postgres;
        this.commands = commands;
        postgres.sql("insert into layout (topic, partitions) values ('" + commands + "', " + PARTITIONS
                + ") on conflict do nothing");
    }

    /** @param since SQL */
    void grow(int partitions, String since) {
        postgres.sql("insert into growth values ('" + commands + "', " + partitions + ", " + since + ")");
    }

    public static int home(String application) {
        return home(application, PARTITIONS);
    }

    public static int home(String application, int partitions) {
        return Utils.toPositive(Utils.murmur2(application.getBytes(StandardCharsets.UTF_8))) % partitions;
    }

    /** @return the id of a new application whose home is the given partition when it is the last one */
    static String livingIn(int last) {
        String application;
        do {
            application = "app-" + UUID.randomUUID();
        } while (home(application, last + 1) != last);
        return application;
    }

    /** The partition loses its last records. */
    void truncate(int partition, long end) {
        ends[partition] = end;
    }

    /** Skips offsets that have no records. */
    void skip(int partition, int offsets) {
        ends[partition] += offsets;
    }

    /** The commands as records at the end of their partitions, in the order in which they were sent. */
    List<IncomingRecord> receive(List<SentCommand> commands) {
        List<IncomingRecord> received = new ArrayList<>();
        for (SentCommand sent : commands) {
            received.add(receive(ends[0] % 2 == 0 ? Wire.toBinary(sent) : Wire.structured(sent)));
        }
        return received;
    }

    IncomingRecord receive(Wire.Raw raw) {
        return receive(raw, raw.key() == null ? 0 : home(raw.key()));
    }

    IncomingRecord receive(SentCommand sent, int partition) {
        return receive(Wire.structured(sent), partition);
    }

    IncomingRecord receive(Wire.Raw raw, int partition) {
        Headers headers = new RecordHeaders();
        raw.headers().forEach((name, value) -> headers.add(name, value.getBytes(StandardCharsets.UTF_8)));
        byte[] key = raw.key() == null ? null : raw.key().getBytes(StandardCharsets.UTF_8);
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                commands,
                partition,
                ends[partition]++,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                key,
                raw.value(),
                headers,
                Optional.empty());
        return IncomingRecord.of(record, decoder.decode(Records.record(key, raw.value(), headers)));
    }

    List<PartitionOutcome> apply(List<IncomingRecord> batch) {
        return apply(batch, Map.of());
    }

    /** @param committed the next offset by partition, as committed by a worker */
    List<PartitionOutcome> apply(List<IncomingRecord> batch, Map<Integer, Long> committed) {
        return apply(batch, committed, decider);
    }

    List<PartitionOutcome> apply(List<IncomingRecord> batch, Map<Integer, Long> committed, Decider decider) {
        BatchOutcome applied = apply(postgres.batchApplier, batch, positions(batch, committed), decider);
        assertThat(applied.firstDeferred()).isNull();
        return applied.partitions();
    }

    BatchOutcome apply(List<IncomingRecord> batch, int partition, PartitionPosition position) {
        return apply(postgres.batchApplier, batch, Map.of(partition, position), decider);
    }

    /** As a worker does: what was left over is applied again, with its first record alone if that is requested. */
    List<PartitionOutcome> applyAll(BatchApplier batchApplier, List<IncomingRecord> batch) {
        List<PartitionOutcome> outcomes = new ArrayList<>();
        List<IncomingRecord> rest = polled(batch);
        boolean isAlone = false;
        while (!rest.isEmpty()) {
            List<IncomingRecord> taken = isAlone ? rest.subList(0, 1) : rest;
            BatchOutcome applied = apply(batchApplier, taken, decider);
            outcomes.addAll(applied.partitions());
            isAlone = applied.firstDeferredNeedsOwnBatch();
            int count = applied.firstDeferred() == null ? taken.size() : taken.indexOf(applied.firstDeferred());
            rest = rest.subList(count, rest.size());
        }
        return outcomes;
    }

    BatchOutcome apply(BatchApplier batchApplier, List<IncomingRecord> batch, Decider decider) {
        return apply(batchApplier, batch, positions(batch, Map.of()), decider);
    }

    /** As if everything before the batch had been handed out, and the batch were read for the first time since an assignment. */
    private static Map<Integer, PartitionPosition> positions(List<IncomingRecord> batch, Map<Integer, Long> committed) {
        Map<Integer, PartitionPosition> positions = new HashMap<>();
        for (IncomingRecord received : batch) {
            Long offset = committed.get(received.partition());
            positions.merge(
                    received.partition(),
                    new PartitionPosition(offset, offset != null, 0, Long.MAX_VALUE, false, received.offset(), 0),
                    (position, other) -> position.submittedOffset() < other.submittedOffset() ? position : other);
        }
        return positions;
    }

    private BatchOutcome apply(
            BatchApplier batchApplier,
            List<IncomingRecord> batch,
            Map<Integer, PartitionPosition> positions,
            Decider decider) {
        List<IncomingRecord> polled = polled(batch);
        return postgres.run(() -> batchApplier.apply(topicId, polled, positions, decider));
    }

    /** One partition after the other, as a poll hands them out. */
    private static List<IncomingRecord> polled(List<IncomingRecord> batch) {
        return batch.stream()
                .sorted(Comparator.comparing(IncomingRecord::partition))
                .toList();
    }
}
