package dev.lockstep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.command.Decoder;
import dev.lockstep.command.Limits;
import dev.lockstep.command.RawRecord;
import dev.lockstep.model.Sent;
import dev.lockstep.model.Wire;
import dev.lockstep.outbox.Standing;
import dev.lockstep.publish.Topics;
import dev.lockstep.store.Applied;
import dev.lockstep.store.Judge;
import dev.lockstep.store.Ledger;
import dev.lockstep.store.Slice;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
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

/** The ledger, driven as the worker drives it, on a commands topic that no broker knows. */
final class LedgerRig {

    static final Topics TOPICS =
            new Topics("commands", "results", "events", "release-status", "deployment-status", "dead-letters");

    static final int PARTITIONS = 3;

    private static final int MOST_PARTITIONS = 32;

    final String topicId = UUID.randomUUID().toString();
    final Judge<Received> judgement = new Judgement(topicId, TOPICS, "/lockstep", Clock.systemUTC());
    private final OnPostgres postgres;
    private final String commands;
    private final Decoder decoder = new Decoder(Limits.DEFAULT);
    private final long[] ends = new long[MOST_PARTITIONS];

    LedgerRig(OnPostgres postgres) {
        this(postgres, TOPICS.commands());
    }

    /** @param commands the name of the commands topic, which is what its growth is kept by */
    LedgerRig(OnPostgres postgres, String commands) {
        this.postgres = postgres;
        this.commands = commands;
        postgres.sql("insert into layout (topic, partitions) values ('" + commands + "', " + PARTITIONS
                + ") on conflict do nothing");
    }

    /** @param since SQL */
    void grow(int partitions, String since) {
        postgres.sql("insert into growth values ('" + commands + "', " + partitions + ", " + since + ")");
    }

    static int home(String application) {
        return home(application, PARTITIONS);
    }

    static int home(String application, int partitions) {
        return Utils.toPositive(Utils.murmur2(application.getBytes(StandardCharsets.UTF_8))) % partitions;
    }

    /** The partition loses its last records. */
    void truncate(int partition, long end) {
        ends[partition] = end;
    }

    /** Offsets of which no record comes. */
    void passOver(int partition, int offsets) {
        ends[partition] += offsets;
    }

    /** The commands as records at the end of their partitions, in the order in which they were sent. */
    List<Received> receive(List<Sent> commands) {
        List<Received> received = new ArrayList<>();
        for (Sent sent : commands) {
            received.add(receive(ends[0] % 2 == 0 ? Wire.toBinary(sent) : Wire.structured(sent)));
        }
        return received;
    }

    Received receive(Wire.Raw raw) {
        return receive(raw, raw.key() == null ? 0 : home(raw.key()));
    }

    Received receive(Sent sent, int partition) {
        return receive(Wire.structured(sent), partition);
    }

    Received receive(Wire.Raw raw, int partition) {
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
        return Received.of(record, decoder.decode(new RawRecord(key, raw.value(), headers)));
    }

    List<Slice> apply(List<Received> batch) {
        return apply(batch, Map.of());
    }

    /** @param committed next offset by partition, as a worker has committed it */
    List<Slice> apply(List<Received> batch, Map<Integer, Long> committed) {
        return apply(batch, committed, judgement);
    }

    List<Slice> apply(List<Received> batch, Map<Integer, Long> committed, Judge<Received> judge) {
        Applied<Received> applied = apply(postgres.ledger, batch, standings(batch, committed), judge);
        assertThat(applied.left()).isNull();
        return applied.slices();
    }

    Applied<Received> apply(List<Received> batch, int partition, Standing standing) {
        return apply(postgres.ledger, batch, Map.of(partition, standing), judgement);
    }

    /** As a worker does: what was left comes again, the first of it alone where that is asked for. */
    List<Slice> applyAll(Ledger ledger, List<Received> batch) {
        List<Slice> slices = new ArrayList<>();
        List<Received> rest = polled(batch);
        boolean isAlone = false;
        while (!rest.isEmpty()) {
            List<Received> portion = isAlone ? rest.subList(0, 1) : rest;
            Applied<Received> applied = apply(ledger, portion, judgement);
            slices.addAll(applied.slices());
            isAlone = applied.isLeftAlone();
            int count = applied.left() == null ? portion.size() : portion.indexOf(applied.left());
            rest = rest.subList(count, rest.size());
        }
        return slices;
    }

    Applied<Received> apply(Ledger ledger, List<Received> batch, Judge<Received> judge) {
        return apply(ledger, batch, standings(batch, Map.of()), judge);
    }

    /** As if all before the batch had been handed out, and the batch were read for the first time since an assignment. */
    private static Map<Integer, Standing> standings(List<Received> batch, Map<Integer, Long> committed) {
        Map<Integer, Standing> standings = new HashMap<>();
        for (Received received : batch) {
            Long offset = committed.get(received.partition());
            standings.merge(
                    received.partition(),
                    new Standing(offset, offset != null, 0, Long.MAX_VALUE, false, received.offset(), 0),
                    (one, other) -> one.handedOut() < other.handedOut() ? one : other);
        }
        return standings;
    }

    private Applied<Received> apply(
            Ledger ledger, List<Received> batch, Map<Integer, Standing> standings, Judge<Received> judge) {
        List<Received> polled = polled(batch);
        return postgres.run(() -> ledger.apply(topicId, polled, standings, judge));
    }

    /** One partition after the other, as a poll hands them out. */
    private static List<Received> polled(List<Received> batch) {
        return batch.stream().sorted(Comparator.comparing(Received::partition)).toList();
    }
}
