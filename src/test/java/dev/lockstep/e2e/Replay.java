package dev.lockstep.e2e;

import static dev.lockstep.e2e.TopicClient.header;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.InMemoryWorker;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.decide.CommandDecider;
import dev.lockstep.decode.Decoded;
import dev.lockstep.decode.Decoder;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.partition.HomePartitioner;
import dev.lockstep.render.Cause;
import dev.lockstep.store.UnitOfWork;
import dev.lockstep.wire.KafkaHeaders;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Judges the commands of a run again, from scratch and with the times at which they were decided, and compares the output with
 * what was published. The topics must have kept everything. Dead letters and moved commands are omitted: they have no id of
 * ours. So is the revision in a {@code KEY_MISMATCH}, which is read without keeping to that application's order (contract,
 * section 4). If a status is missing, there must be a later one with the same key in the same Kafka transaction (section 7), or
 * one of the same revision that was decided later: no event says in which transaction that one was.
 */
final class Replay {

    private final String topicId;
    private final Map<String, String> published = new TreeMap<>();
    private final Map<String, Instant> decided = new HashMap<>();

    /** The time of the latest record of each revision, by topic and key. */
    private final Map<String, NavigableMap<Long, Instant>> statuses = new HashMap<>();

    /** Offsets on the events topic, by application and revision. */
    private final Map<String, Map<Long, Long>> eventOffsets = new HashMap<>();

    /** All offsets of events, by partition. */
    private final Map<Integer, NavigableSet<Long>> publishedOffsets = new HashMap<>();

    private int compared;

    /** @param outputs all results, events and statuses */
    Replay(String topicId, List<ConsumerRecord<byte[], byte[]>> outputs) {
        this.topicId = topicId;
        for (ConsumerRecord<byte[], byte[]> record : outputs) {
            published.put(name(record.topic(), header(record, "ce_id")), text(record));
            Instant time = Instant.parse(header(record, "ce_time"));
            if (InMemoryWorker.TOPICS.isStatus(record.topic())) {
                statuses.computeIfAbsent(name(record.topic(), text(record.key())), any -> new TreeMap<>())
                        .put(revision(record.headers()), time);
            }
            decided.put(header(record, "ce_id"), time);
            decided.putIfAbsent(header(record, "ce_causationid"), time);
            if (record.topic().equals(TopicClient.EVENTS)) {
                offsetsOf(text(record.key())).put(revision(record.headers()), record.offset());
                publishedOffsets
                        .computeIfAbsent(record.partition(), any -> new TreeSet<>())
                        .add(record.offset());
            }
        }
    }

    /** How many records came out the same as they were published. */
    int compared() {
        return compared;
    }

    /** @return each record that comes out differently, or that only one of the two has */
    List<String> differences(List<ConsumerRecord<byte[], byte[]>> commands, int partitions, String source) {
        UnitOfWork state = new UnitOfWork(new HomePartitioner(partitions, partitions));
        CommandDecider decider = new CommandDecider(topicId, InMemoryWorker.TOPICS, source);
        Decoder decoder = new Decoder(Limits.DEFAULT);
        Map<String, String> rest = new TreeMap<>(published);
        List<String> differences = new ArrayList<>();
        Map<Integer, Instant> latest = new HashMap<>();
        commands.stream()
                .sorted(Comparator.<ConsumerRecord<byte[], byte[]>>comparingInt(ConsumerRecord::partition)
                        .thenComparingLong(ConsumerRecord::offset))
                .forEach(record -> {
                    IncomingRecord command = IncomingRecord.of(record, decoder.decode(record));
                    state.setContext(new DecisionContext(latest.merge(
                            record.partition(),
                            decidedAt(command),
                            (before, now) -> now.equals(Instant.EPOCH) ? before : now)));
                    for (OutgoingRecord out : decider.decide(command, state).records()) {
                        compare(out, rest, differences);
                    }
                });
        rest.forEach((name, text) -> differences.add("published, but missing from the replay: " + name + " " + text));
        return differences;
    }

    private void compare(OutgoingRecord out, Map<String, String> rest, List<String> differences) {
        if (out.topic().equals(TopicClient.COMMANDS) || out.topic().equals(TopicClient.DEAD_LETTERS)) {
            return;
        }
        String name = name(out.topic(), id(out));
        String before = rest.remove(name);
        if (text(out).equals(before)) {
            compared++;
        } else if (before != null || !isSuperseded(out)) {
            differences.add(name + "\n  was " + before + "\n  is  " + text(out));
        }
    }

    private boolean isSuperseded(OutgoingRecord out) {
        if (!InMemoryWorker.TOPICS.isStatus(out.topic())) {
            return false;
        }
        long revision = revision(out.headers());
        NavigableMap<Long, Instant> ofKey = statuses.getOrDefault(name(out.topic(), text(out.key())), new TreeMap<>());
        Instant time = Instant.parse(KafkaHeaders.lastText(out.headers(), "ce_time"));
        Long later = ofKey.getOrDefault(revision, Instant.MIN).isBefore(time) ? ofKey.higherKey(revision) : revision;
        return later != null && areInOneTransaction(out, revision, later);
    }

    /** A transaction leaves a marker in each of its partitions: between two of them there is an offset without a record. */
    private boolean areInOneTransaction(OutgoingRecord out, long revision, long later) {
        Map<Long, Long> offsets = offsetsOf(KafkaHeaders.lastText(out.headers(), "ce_partitionkey"));
        Long from = offsets.get(revision);
        Long to = offsets.get(later);
        return from != null
                && to != null
                && publishedOffsets
                                .get(out.partition())
                                .subSet(from, true, to, true)
                                .size()
                        == to - from + 1;
    }

    private Map<Long, Long> offsetsOf(String application) {
        return eventOffsets.computeIfAbsent(application, any -> new HashMap<>());
    }

    private static long revision(Iterable<Header> headers) {
        return Long.parseLong(KafkaHeaders.lastText(headers, KafkaHeaders.REVISION));
    }

    /** @return when it was decided on; the earliest possible time for one that had no effect */
    private Instant decidedAt(IncomingRecord command) {
        Instant byResult = decided.get(Cause.resultId(topicId, command.partition(), command.offset()));
        return byResult != null
                ? byResult
                : command.decoded() instanceof Decoded.DecodedEvent decodedEvent
                        ? decided.getOrDefault(decodedEvent.envelope().id(), Instant.EPOCH)
                        : Instant.EPOCH;
    }

    private static String name(String topic, String id) {
        return topic + " " + id;
    }

    private static String id(OutgoingRecord out) {
        for (Header header : out.headers()) {
            if (header.key().equals("ce_id")) {
                return new String(header.value(), UTF_8);
            }
        }
        throw new IllegalStateException("no id: " + text(out));
    }

    private static String text(ConsumerRecord<byte[], byte[]> record) {
        return text(record.partition(), record.key(), record.value(), record.headers());
    }

    private static String text(OutgoingRecord out) {
        return text(out.partition(), out.key(), out.value(), out.headers());
    }

    private static String text(int partition, byte[] key, byte[] value, Iterable<Header> headers) {
        StringJoiner text = new StringJoiner(" | ");
        text.add(Integer.toString(partition));
        text.add(text(key));
        headers.forEach(header -> text.add(header.key() + "=" + text(header.value())));
        String body = text(value);
        boolean isUnordered = body.contains("\"code\":\"KEY_MISMATCH\"");
        return text.add(isUnordered ? body.replaceFirst("\"revision\":\\d+", "") : body)
                .toString();
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "nothing" : new String(bytes, UTF_8);
    }
}
