package dev.lockstep.bench;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Writes commands as records of about 400 bytes (key, CloudEvents headers and value); each carries its number in its id. */
final class CommandWriter {

    static final int BYTES = 400;

    private static final String SOURCE = "/bench/delivery";
    private static final String ID = "bench-";
    private static final String FILLER =
            "As agreed with those on call, after the tests had passed and the change had been looked through twice; "
                    .repeat(4);

    private final String topic;
    private final Random random;
    private long written;

    CommandWriter(String topic, Random random) {
        this.topic = topic;
        this.random = random;
    }

    /** The number of the next command, from 0. */
    long position() {
        return written;
    }

    /** The number of the command with this CloudEvents id. */
    static long position(byte[] id) {
        return Long.parseLong(new String(id, ID.length(), id.length - ID.length(), StandardCharsets.US_ASCII));
    }

    BenchLoad.Command create(String application, String release, BenchLoad.Kind kind) {
        return write(
                application,
                "release.create",
                kind,
                ",\"release\":\"" + release + "\",\"title\":\"" + application + " " + release
                        + "\",\"artifactId\":\"pkg:oci/" + application + "@" + release.replace("+", "%2B")
                        + "\",\"source\":{\"repoUrl\":\"https://git.example/" + application + "\",\"commitSha\":\""
                        + sha() + "\"}");
    }

    /** @param members members of the data, each preceded by a comma */
    BenchLoad.Command write(String application, String type, BenchLoad.Kind kind, String members) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, bytes(application), null);
        record.headers().add(new RecordHeader("ce_specversion", bytes("1.0")));
        record.headers().add(new RecordHeader("ce_id", bytes(ID + written++)));
        record.headers().add(new RecordHeader("ce_source", bytes(SOURCE)));
        record.headers().add(new RecordHeader("ce_type", bytes("dev.lockstep." + type + ".v1")));
        record.headers().add(new RecordHeader("ce_time", bytes(Instant.now().toString())));
        record.headers().add(new RecordHeader("content-type", bytes("application/json")));
        String start = "{\"application\":\"" + application + "\"" + members + ",\"actor\":\"u-" + random.nextInt(100)
                + "\",\"reason\":\"";
        int room = BYTES - size(record) - start.length() - 2;
        String value = start + FILLER.substring(0, Math.max(1, room)) + "\"}";
        ProducerRecord<byte[], byte[]> whole =
                new ProducerRecord<>(topic, null, record.key(), bytes(value), record.headers());
        return new BenchLoad.Command(whole, kind, kind == BenchLoad.Kind.REFUSED);
    }

    private String sha() {
        return String.format("%016x%016x%08x", random.nextLong(), random.nextLong(), random.nextInt());
    }

    /** Bytes of key, headers and value. */
    static int size(ProducerRecord<byte[], byte[]> record) {
        int size = record.key().length + (record.value() == null ? 0 : record.value().length);
        for (Header header : record.headers()) {
            size += header.key().length() + header.value().length;
        }
        return size;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
