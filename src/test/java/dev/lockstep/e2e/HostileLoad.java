package dev.lockstep.e2e;

import dev.lockstep.decode.HostileRecords;
import dev.lockstep.model.CommandGenerator;
import dev.lockstep.model.Wire.Raw;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;

/**
 * An endless, reproducible stream of records for the commands topic: hostile ones for many applications and ids, so that
 * some get as far as the rules and the database, with a few real commands among them; most are in their key's partition.
 */
final class HostileLoad {

    /** What the records are full of, and what no log may ever show. */
    static final List<String> PAYLOAD =
            List.of("canary", "why not", "refs/heads", "4e1243bd", "xxxxxxxx", "yyyyyyyy", "zzzzzzzz", "🚀", "\uFFFD");

    private static final int PARTITIONS = 6;
    private static final int REAL_PERCENT = 5;
    private static final int ASTRAY_PERCENT = 10;
    private static final String EXPECTED = ",\"expectedRevision\":";
    private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

    private final Random random;
    private final HostileRecords hostile;
    private final CommandGenerator real;

    HostileLoad(long seed) {
        random = new Random(seed);
        hostile = new HostileRecords(seed);
        real = new CommandGenerator(seed, List.of("canary-a", "canary-b", "canary-c", "canary-d"));
    }

    ProducerRecord<byte[], byte[]> next() {
        if (random.nextInt(100) < REAL_PERCENT) {
            Raw raw = random.nextBoolean()
                    ? dev.lockstep.model.Wire.toBinary(real.next())
                    : dev.lockstep.model.Wire.structured(real.next());
            RecordHeaders headers = new RecordHeaders();
            raw.headers().forEach((name, text) -> headers.add(name, bytes(text)));
            return new ProducerRecord<>(
                    TopicClient.COMMANDS, null, raw.key() == null ? null : bytes(raw.key()), raw.value(), headers);
        }
        return varied(hostile.next());
    }

    /** The examples all use one application, one id and one revision: here they use many. */
    private ProducerRecord<byte[], byte[]> varied(ConsumerRecord<byte[], byte[]> record) {
        String application = "ap" + digit() + digit();
        String id = "" + digit() + digit() + digit();
        byte[] key = replaced(record.key(), "shop", application);
        byte[] value = replaced(replaced(record.value(), "shop", application), "c-1", id);
        int expecting = random.nextInt(3);
        if (expecting > 0) {
            value = replaced(value, EXPECTED + 7, expecting == 1 ? EXPECTED + 0 : " ".repeat(EXPECTED.length() + 1));
        }
        RecordHeaders headers = new RecordHeaders();
        for (Header header : record.headers()) {
            headers.add(new RecordHeader(header.key(), replaced(header.value(), "c-1", id)));
        }
        return new ProducerRecord<>(TopicClient.COMMANDS, partition(key), key, value, headers);
    }

    private int partition(byte[] key) {
        boolean astray = key == null || random.nextInt(100) < ASTRAY_PERCENT;
        return astray ? random.nextInt(PARTITIONS) : home(key);
    }

    static int home(byte[] key) {
        return Utils.toPositive(Utils.murmur2(key)) % PARTITIONS;
    }

    private char digit() {
        return DIGITS.charAt(random.nextInt(DIGITS.length()));
    }

    /** Byte for byte, and with the same length: whatever else is wrong with the text stays as it is. */
    private static byte[] replaced(byte[] in, String text, String by) {
        if (in == null) {
            return null;
        }
        String bytes = new String(in, StandardCharsets.ISO_8859_1);
        return bytes.replace(text, by).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
