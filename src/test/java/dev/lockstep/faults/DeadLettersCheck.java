package dev.lockstep.faults;

import dev.lockstep.faults.Findings.Breach;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Every record that is not a command becomes exactly one dead letter, byte for byte, in order. */
final class DeadLettersCheck {

    private static final String PREFIX = "dead-letter-";

    private record RecordPosition(int partition, long offset) {}

    private final Findings findings;
    private final Map<RecordPosition, ConsumerRecord<byte[], byte[]>> due = new HashMap<>();
    private final Map<RecordPosition, ConsumedRecord> early = new HashMap<>();
    private final Set<RecordPosition> seen = new HashSet<>();
    private final Map<List<Integer>, Long> lastOffset = new HashMap<>();

    DeadLettersCheck(Findings findings) {
        this.findings = findings;
    }

    void expect(ConsumerRecord<byte[], byte[]> record) {
        RecordPosition place = new RecordPosition(record.partition(), record.offset());
        ConsumedRecord letter = early.remove(place);
        if (letter == null) {
            due.put(place, record);
        } else {
            compare(letter, record);
        }
    }

    void look(ConsumedRecord letter) {
        RecordPosition place = new RecordPosition(
                Integer.parseInt(letter.header(PREFIX + "partition")),
                Long.parseLong(letter.header(PREFIX + "offset")));
        if (!seen.add(place)) {
            findings.add(Breach.DOUBLED, "A dead letter was repeated: " + letter + " of " + place);
            return;
        }
        Long before = lastOffset.put(List.of(place.partition, letter.record().partition()), place.offset);
        if (before != null && before > place.offset) {
            findings.add(Breach.OUT_OF_ORDER, letter + " of " + place + " after that of " + before);
        }
        ConsumerRecord<byte[], byte[]> record = due.remove(place);
        if (record == null) {
            early.put(place, letter);
        } else {
            compare(letter, record);
        }
    }

    private void compare(ConsumedRecord letter, ConsumerRecord<byte[], byte[]> record) {
        boolean same = Arrays.equals(letter.record().key(), record.key())
                && Arrays.equals(letter.record().value(), record.value())
                && original(letter).equals(List.of(record.headers().toArray()));
        if (!same) {
            findings.add(Breach.DIFFERING, letter + " is not a byte-for-byte copy of its record");
        }
        if (letter.header(PREFIX + "reason") == null || letter.header(PREFIX + "topic") == null) {
            findings.add(Breach.DIFFERING, letter + " does not say why it is here");
        }
    }

    private static List<Header> original(ConsumedRecord letter) {
        return Arrays.stream(letter.record().headers().toArray())
                .filter(header -> !header.key().startsWith(PREFIX))
                .toList();
    }

    /** At the end, nothing may be left over on either side. */
    void finish() {
        due.keySet().forEach(place -> findings.add(Breach.LOST, "No dead letter for " + place));
        early.keySet().forEach(place -> findings.add(Breach.DIFFERING, "A dead letter of a command: " + place));
    }

    long count() {
        return seen.size();
    }
}
