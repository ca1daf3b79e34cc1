package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.RecordOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.store.format.NewerFormatException;
import dev.lockstep.store.format.OutboxCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;

class OutboxCodecTest {

    private static final byte[] EMPTY = {};

    @Test
    void whatIsUnpackedIsWhatWasPacked() {
        OutgoingRecord result = new OutgoingRecord(
                "results", 3, bytes("größer"), bytes("{}"), List.of(header("ce_id", bytes("1"))), 1_700_000_000_000L);
        OutgoingRecord event = new OutgoingRecord("events", 0, bytes("a"), bytes("x".repeat(100_000)), List.of(), 0L);

        List<RecordOutput> unpacked =
                roundTrip(new RecordOutput(7, null, List.of(result, event)), new RecordOutput(9, null, List.of(event)));

        assertThat(unpacked).extracting(RecordOutput::offset).containsExactly(7L, 9L);
        assertThat(unpacked.get(0).records()).usingRecursiveComparison().isEqualTo(List.of(result, event));
        assertThat(unpacked.get(1).records()).usingRecursiveComparison().isEqualTo(List.of(event));
    }

    @Test
    void whatFillsSeveralFramesIsReadAsOne() {
        RecordOutput[] outputs = IntStream.range(0, 6)
                .mapToObj(i -> new RecordOutput(
                        i, null, List.of(new OutgoingRecord("t", 0, null, random(100_000 + i), List.of(), null))))
                .toArray(RecordOutput[]::new);

        assertThat(roundTrip(outputs)).usingRecursiveComparison().isEqualTo(List.of(outputs));
    }

    @Test
    void nullAndEmptyStayDistinct() {
        OutgoingRecord tombstone = new OutgoingRecord("status", -1, null, null, List.of(header("none", null)), null);
        OutgoingRecord empty =
                new OutgoingRecord("", 0, EMPTY, EMPTY, List.of(header("", EMPTY), header("", EMPTY)), null);

        List<OutgoingRecord> records = roundTrip(new RecordOutput(0, null, List.of(tombstone, empty)))
                .get(0)
                .records();

        assertThat(records).usingRecursiveComparison().isEqualTo(List.of(tombstone, empty));
        assertThat(records.get(0).value()).isNull();
        assertThat(records.get(0).headers().get(0).value()).isNull();
        assertThat(records.get(1).value()).isEmpty();
        assertThat(records.get(1).timestamp()).isNull();
    }

    @Test
    void anEmptyOutputCanBePackedToo() {
        assertThat(roundTrip()).isEmpty();
        assertThat(roundTrip(new RecordOutput(4, null, List.of())))
                .containsExactly(new RecordOutput(4, null, List.of()));
    }

    @Test
    void anUnchangedValueIsTakenFromTheRedeliveredRecord() {
        ConsumerRecord<byte[], byte[]> first = record(5, random(50_000));
        OutgoingRecord letter = new OutgoingRecord("dead-letters", -1, first.key(), first.value(), List.of(), null);
        byte[] packed = OutboxCodec.encode(List.of(new RecordOutput(5, null, List.of(letter))), List.of(first));
        assertThat(packed).hasSizeLessThan(200);

        ConsumerRecord<byte[], byte[]> again = record(5, first.value().clone());
        OutgoingRecord unpacked =
                unpack(packed, offset -> again).get(0).records().get(0);
        assertThat(unpacked.value()).isSameAs(again.value());
    }

    /** There may be a secret in them. */
    @Test
    void unchangedHeadersAreTakenFromTheRedeliveredRecord() {
        for (byte[] value : new byte[][] {bytes("{}"), null}) {
            ConsumerRecord<byte[], byte[]> first = record(5, value);
            first.headers().add("authorization", bytes("Bearer 42"));
            OutgoingRecord moved = new OutgoingRecord(
                    "commands", 2, first.key(), value, List.of(first.headers().toArray()), 7L);
            byte[] packed = OutboxCodec.encode(List.of(new RecordOutput(5, null, List.of(moved))), List.of(first));

            assertThat(unpack(packed, offset -> first).get(0).records())
                    .usingRecursiveComparison()
                    .isEqualTo(List.of(moved));
            assertThat(unpack(packed, offset -> null).get(0).records()).isEmpty();
            assertThat(new String(Zstd.decompress(packed, 10_000), StandardCharsets.ISO_8859_1))
                    .doesNotContain("Bearer");
        }
    }

    @Test
    void aRecordWithoutAValueGivesNone() {
        ConsumerRecord<byte[], byte[]> origin = record(5, null);
        OutgoingRecord letter = new OutgoingRecord("dead-letters", -1, null, origin.value(), List.of(), null);
        byte[] packed = OutboxCodec.encode(List.of(new RecordOutput(5, null, List.of(letter))), List.of(origin));
        assertThat(unpack(packed, offset -> origin).get(0).records().get(0).value())
                .isNull();
    }

    @Test
    void onlyTheWantedOffsetsAreReturned() {
        List<RecordOutput> outputs = List.of(output(1), output(2), output(3));
        List<ConsumerRecord<byte[], byte[]>> origins = List.of(record(1, EMPTY), record(2, EMPTY), record(3, EMPTY));

        assertThat(OutboxCodec.decode(
                        OutboxCodec.NEWEST_FORMAT,
                        OutboxCodec.encode(outputs, origins),
                        offset -> offset == 2,
                        offset -> null,
                        offset -> {}))
                .usingRecursiveComparison()
                .isEqualTo(List.of(output(2)));
    }

    @Test
    void whatCannotBeHadWithoutItsRecordIsSaidToBeGone() {
        ConsumerRecord<byte[], byte[]> refused = record(5, bytes("refused"));
        ConsumerRecord<byte[], byte[]> moved = record(6, bytes("moved"));
        OutgoingRecord result = new OutgoingRecord("results", 0, null, bytes("{}"), List.of(), null);
        OutgoingRecord letter = new OutgoingRecord("dead-letters", -1, null, refused.value(), List.of(), null);
        OutgoingRecord copy = new OutgoingRecord("commands", 2, null, moved.value(), List.of(), null);
        RecordOutcome rejected = new RecordOutcome(RecordOutcome.Kind.REJECTED, "a.type", "UNPROCESSABLE");
        byte[] packed = OutboxCodec.encode(
                List.of(
                        new RecordOutput(5, rejected, List.of(result, letter)),
                        new RecordOutput(6, new RecordOutcome(RecordOutcome.Kind.MOVED, null, null), List.of(copy))),
                List.of(refused, moved));
        List<Long> gone = new ArrayList<>();

        List<RecordOutput> left =
                OutboxCodec.decode(OutboxCodec.NEWEST_FORMAT, packed, offset -> true, offset -> null, gone::add);

        assertThat(gone).containsExactly(5L, 6L);
        assertThat(left)
                .usingRecursiveComparison()
                .isEqualTo(
                        List.of(new RecordOutput(5, rejected, List.of(result)), new RecordOutput(6, null, List.of())));
    }

    @Test
    void aRecordsOutcomeIsStoredWithItsOutput() {
        RecordOutput accepted =
                new RecordOutput(1, new RecordOutcome(RecordOutcome.Kind.ACCEPTED, "a.type", null), List.of());
        RecordOutput refused =
                new RecordOutput(2, new RecordOutcome(RecordOutcome.Kind.REJECTED, null, "A_CODE"), List.of());

        assertThat(roundTrip(accepted, refused)).containsExactly(accepted, refused);
    }

    @Test
    void aKindKeepsTheNumberThatIsStoredForIt() {
        assertThat(RecordOutcome.Kind.values())
                .containsExactly(
                        RecordOutcome.Kind.ACCEPTED,
                        RecordOutcome.Kind.REJECTED,
                        RecordOutcome.Kind.DUPLICATE,
                        RecordOutcome.Kind.MOVED,
                        RecordOutcome.Kind.DEAD_LETTER);
    }

    @Test
    void aKindOfANewerVersionIsNotGuessed() {
        byte unknown = (byte) RecordOutcome.Kind.values().length;
        byte[] row = Zstd.compress(ByteBuffer.allocate(Integer.BYTES + Long.BYTES + 1)
                .putInt(1)
                .putLong(7)
                .put(unknown)
                .array());
        assertThatThrownBy(() -> unpack(row, offset -> null)).isInstanceOf(NewerFormatException.class);
    }

    /** One row of each format that was ever written: they must be readable forever. */
    @Test
    void rowsOfEveryFormatAreRead() {
        Map<Integer, String> rows = Map.of(
                1,
                "KLUv/SBbnQIAdAQAAAABAAcAAAABAAAAB3Jlc3VsdHMAAAADAAAABHNob3AAAAAWeyJvdXRjb21lIjoiYWNjZXB0ZWQiff8FY2VfaWQA"
                        + "AAABMQMAQMjgQIYD0AI=",
                2,
                "KLUv/SCQJQQAVAcAAAABAAcBAAAAHmRldi5sb2Nrc3RlcC5yZWxlYXNlLmNyZWF0ZS52MQAAAA5SRUxFQVNFX0VYSVNUUwdyZXN1bHRz"
                        + "AAAAAwAAAARzaG9wAAAAFnsib3V0Y29tZSI6ImFjY2VwdGVkIn3/BWNlX2lkAAAAATEEAAGTwfFcjAh5D+AN");
        assertThat(OutboxCodec.NEWEST_FORMAT)
                .as("format 3 differs only in that it is a page")
                .isEqualTo(3);
        OutgoingRecord record = new OutgoingRecord(
                "results",
                3,
                bytes("shop"),
                bytes("{\"outcome\":\"accepted\"}"),
                List.of(header("ce_id", bytes("1"))),
                null);

        rows.forEach((format, row) -> {
            RecordOutcome outcome = format == 1
                    ? null
                    : new RecordOutcome(
                            RecordOutcome.Kind.REJECTED, "dev.lockstep.release.create.v1", "RELEASE_EXISTS");
            assertThat(OutboxCodec.decode(
                            format,
                            Base64.getDecoder().decode(row),
                            offset -> true,
                            offset -> record(offset, EMPTY),
                            offset -> {}))
                    .usingRecursiveComparison()
                    .isEqualTo(List.of(new RecordOutput(7, outcome, List.of(record))));
        });
    }

    private static List<RecordOutput> roundTrip(RecordOutput... outputs) {
        List<ConsumerRecord<byte[], byte[]>> origins = List.of(outputs).stream()
                .map(output -> record(output.offset(), bytes("value")))
                .toList();
        return unpack(OutboxCodec.encode(List.of(outputs), origins), offset -> record(offset, bytes("value")));
    }

    private static List<RecordOutput> unpack(byte[] packed, LongFunction<ConsumerRecord<byte[], byte[]>> origins) {
        return OutboxCodec.decode(OutboxCodec.NEWEST_FORMAT, packed, offset -> true, origins, offset -> {});
    }

    private static RecordOutput output(long offset) {
        return new RecordOutput(
                offset, null, List.of(new OutgoingRecord("t", 0, null, bytes("v" + offset), List.of(), null)));
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, byte[] value) {
        return new ConsumerRecord<>("commands", 0, offset, bytes("key"), value);
    }

    private static Header header(String name, byte[] value) {
        return new RecordHeader(name, value);
    }

    /** Incompressible. */
    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new java.util.Random(1).nextBytes(bytes);
        return bytes;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
