package dev.lockstep.decode;

import static dev.lockstep.decode.Records.quoted;
import static dev.lockstep.decode.Records.utf8;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** An endless, reproducible stream of records that no one should send, with some valid ones among them. */
public final class HostileRecords {

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "null",
            "shop",
            "1.0",
            "\0",
            "a\0b",
            "é",
            "🚀",
            "\uFEFF",
            "\u202E",
            "\uFFFE",
            "c-1",
            "/ci",
            "%00",
            "../..",
            "a".repeat(300),
            "🚀".repeat(300),
            "x".repeat(9000),
            "application/json",
            "2026-99-99T99:99:99Z",
            "{}",
            "\"/ci\"",
            "a\nb",
            "not a uri",
            "%zz",
            "'");
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "[]",
            "{}",
            "0",
            "-0",
            "-1",
            "1.5",
            "1e999999999",
            "9".repeat(1200),
            "-9223372036854775808",
            "9223372036854775807",
            "''",
            "'\\u0000'",
            "'\\ud800'",
            "'\\udc00\\ud800'",
            "'\\x'",
            "'\t'",
            "NaN",
            "01",
            "'x",
            "[1,2",
            "{'a':{'b':[]}}",
            "{'id':'a','id':'a'}",
            "[{'id':'a'},{'id':'a'}]",
            "'" + "y".repeat(5000) + "'",
            "[".repeat(31) + "]".repeat(31),
            "[".repeat(33) + "]".repeat(33),
            "[".repeat(3000),
            "{'a':".repeat(3000),
            "//",
            "/*x*/1",
            "undefined",
            "'pkg:npm/a'",
            "{'ref':'m'}",
            "'https://h/'",
            "4.0",
            "1e99999999999",
            "1e2147483647",
            "100e2147483647",
            "1E-2147483648",
            "'a\\u0007b'",
            "'\u202E'",
            "' \u3164'",
            "'a\\nb'",
            "{'repoUrl':'https://user:secret@h/x'}",
            "{'repoUrl':'https://u%253Ap%2540h'}",
            "{'repoUrl':'javascript:alert(1)'}",
            "'pkg:npm/a?vcs_url=https%3A%2F%2Fu:p%40h'",
            "'@scope/pkg@1'",
            "'a/../b'");
    private static final List<String> NAMES = List.of(
            "application",
            "release",
            "title",
            "environment",
            "environments",
            "expectedRevision",
            "source",
            "actor",
            "reason",
            "enviroment",
            "dryRun",
            "",
            "a/b~",
            "\\ud800",
            "\\u0000",
            "z".repeat(2000),
            "data",
            "id",
            "tier",
            "version",
            "env",
            "\u202E");
    private static final List<String> HEADERS = List.of(
            "ce_id",
            "ce_source",
            "ce_type",
            "ce_specversion",
            "ce_time",
            "ce_correlationid",
            "ce_traceparent",
            "ce_tracestate",
            "traceparent",
            "tracestate",
            "authorization",
            "dead-letter-reason",
            "dead-letter-truncated",
            "board-topic-id",
            "content-type",
            "Content-Type",
            "CE_ID",
            "ce_",
            "REPLY_TOPIC",
            "REPLY_PARTITION",
            "",
            "ce_datacontenttype",
            "ce_environment",
            "ce_expectedrevision",
            "ce_correlation_id",
            "\0");
    private static final List<String> CONTENT_TYPES = List.of(
            "application/json",
            "application/cloudevents+json",
            "APPLICATION/CLOUDEVENTS+JSON;charset=x",
            "application/cloudevents-batch+json",
            "application/cloudevents+avro",
            "text/plain",
            ";",
            "");
    private static final List<String> MEMBERS = List.of(
            "specversion",
            "id",
            "source",
            "type",
            "data",
            "data_base64",
            "datacontenttype",
            "correlationid",
            "traceparent",
            "tracestate",
            "time",
            "environment",
            "Environment",
            "correlationId",
            "Data",
            "x");

    private final Random random;
    private final List<Map.Entry<String, String>> examples =
            Records.FULL.entrySet().stream().toList();
    private final List<Supplier<ConsumerRecord<byte[], byte[]>>> kinds = List.of(
            this::untouched,
            this::foreignKey,
            this::foreignType,
            this::oddField,
            this::oddField,
            this::oddHeader,
            this::oddMember,
            this::flippedBytes,
            this::flippedBytes,
            this::cut,
            this::noise,
            this::oddContentType,
            this::nulls,
            this::manyFields);

    public HostileRecords(long seed) {
        random = new Random(seed);
    }

    public ConsumerRecord<byte[], byte[]> next() {
        return any(kinds).get();
    }

    private ConsumerRecord<byte[], byte[]> untouched() {
        Map.Entry<String, String> example = any(examples);
        return either(example.getKey(), example.getValue()).build();
    }

    private ConsumerRecord<byte[], byte[]> foreignKey() {
        ConsumerRecord<byte[], byte[]> record = untouched();
        return Records.record(random.nextInt(4) == 0 ? null : bytes(any(TEXTS)), record.value(), record.headers());
    }

    private ConsumerRecord<byte[], byte[]> foreignType() {
        String type = random.nextBoolean() ? escaped(any(TEXTS)) : any(examples).getKey() + random.nextInt(9);
        return either(type, any(examples).getValue()).build();
    }

    private ConsumerRecord<byte[], byte[]> oddField() {
        Map.Entry<String, String> example = any(examples);
        String member = "'" + any(NAMES) + "':" + any(VALUES);
        String data = example.getValue();
        int at = random.nextBoolean() ? 1 : data.indexOf(',') + 1;
        return either(example.getKey(), data.substring(0, at) + member + "," + data.substring(at))
                .build();
    }

    private ConsumerRecord<byte[], byte[]> oddHeader() {
        ConsumerRecord<byte[], byte[]> record = untouched();
        RecordHeaders headers = new RecordHeaders(record.headers());
        for (int i = random.nextInt(3); i >= 0; i--) {
            String name = any(HEADERS);
            if (random.nextBoolean()) {
                headers.remove(name);
            }
            headers.add(name, random.nextInt(5) == 0 ? null : bytes(any(TEXTS)));
        }
        return Records.record(record.key(), record.value(), headers);
    }

    private ConsumerRecord<byte[], byte[]> oddMember() {
        Map.Entry<String, String> example = any(examples);
        String json = "{'" + any(MEMBERS) + "':" + any(VALUES)
                + ",'specversion':'1.0','id':'1','source':'s','type':'" + example.getKey() + "','data':"
                + example.getValue() + ",'" + any(MEMBERS) + "':'" + escaped(any(TEXTS)) + "'}";
        return Records.envelope(json).build();
    }

    private ConsumerRecord<byte[], byte[]> flippedBytes() {
        ConsumerRecord<byte[], byte[]> record = untouched();
        byte[] value = record.value().clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            value[random.nextInt(value.length)] = (byte) random.nextInt(256);
        }
        return Records.record(record.key(), value, record.headers());
    }

    private ConsumerRecord<byte[], byte[]> cut() {
        ConsumerRecord<byte[], byte[]> record = untouched();
        byte[] value = Arrays.copyOf(record.value(), random.nextInt(record.value().length));
        return Records.record(record.key(), value, record.headers());
    }

    private ConsumerRecord<byte[], byte[]> noise() {
        ConsumerRecord<byte[], byte[]> record = untouched();
        byte[] value = new byte[random.nextInt(200)];
        random.nextBytes(value);
        byte[] utf16 = quoted(any(examples).getValue()).getBytes(StandardCharsets.UTF_16);
        return Records.record(record.key(), random.nextBoolean() ? value : utf16, record.headers());
    }

    private ConsumerRecord<byte[], byte[]> oddContentType() {
        ConsumerRecord<byte[], byte[]> record = untouched();
        RecordHeaders headers = new RecordHeaders(record.headers());
        headers.remove("content-type");
        return Records.record(record.key(), record.value(), headers.add("content-type", utf8(any(CONTENT_TYPES))));
    }

    private ConsumerRecord<byte[], byte[]> nulls() {
        ConsumerRecord<byte[], byte[]> record = untouched();
        return Records.record(
                random.nextBoolean() ? null : record.key(),
                random.nextBoolean() ? null : record.value(),
                random.nextBoolean() ? new RecordHeaders() : record.headers());
    }

    private ConsumerRecord<byte[], byte[]> manyFields() {
        List<String> members = new ArrayList<>();
        for (int i = random.nextInt(120); i >= 0; i--) {
            members.add("'" + any(NAMES) + random.nextInt(1000) + "':" + i);
        }
        return either(any(examples).getKey(), "{" + String.join(",", members) + "}")
                .build();
    }

    private Records.Builder either(String type, String data) {
        return random.nextBoolean() ? Records.binary(type, data) : Records.structured(type, data);
    }

    private byte[] bytes(String text) {
        byte[] bytes = utf8(text);
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, Math.max(0, bytes.length - 1)) : bytes;
    }

    private static String escaped(String text) {
        return text.replace("\0", "\\u0000").replace("'", "");
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
