package dev.lockstep.store.format;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.RecordOutcome;
import dev.lockstep.batch.RecordOutput;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Outputs as bytes, compressed. A value identical to that of the record that caused it (dead letters, moved commands) is
 * not copied, nor are the headers of a moved command, which may contain a secret: when they are needed again, that
 * record has either been redelivered, or is lost for good.
 */
public final class OutboxCodec {

    /** The highest format that this version reads. */
    public static final int NEWEST_FORMAT = 3;

    /** A row with all of its records' output, or all but further pages. In format 1 it has no outcomes. */
    public static final int OUTPUT_FORMAT = 2;

    /** A row with a further page: a version that does not know pages would take it for the whole. */
    public static final int PAGE_FORMAT = 3;

    /** Three times as fast as level 1, with output half as large again; still smaller than LZ4's. */
    private static final int COMPRESSION_LEVEL = -3;

    /** How many bytes are compressed at once: all of a batch's output would be megabytes of short-lived memory. */
    private static final int FRAME_BYTES = 128 * 1024;

    /** Room for the output of a few commands. */
    private static final int INITIAL_PACKED_BYTES = 4 * 1024;

    /** Stored by ordinal. */
    private static final RecordOutcome.Kind[] KINDS = RecordOutcome.Kind.values();

    private static final int NONE = -1;
    private static final int SAME_AS_ORIGIN = -2;

    /** A placeholder for a record's own value when that record is not available. */
    private static final byte[] UNAVAILABLE = {};

    private OutboxCodec() {}

    /** @param origins the records of the commands topic that the outputs belong to, in the same order */
    public static byte[] encode(List<RecordOutput> outputs, List<ConsumerRecord<byte[], byte[]>> origins) {
        ByteBuf plain = ByteBufAllocator.DEFAULT.heapBuffer(FRAME_BYTES);
        ByteArrayOutputStream packed = new ByteArrayOutputStream(INITIAL_PACKED_BYTES);
        try {
            plain.writeInt(outputs.size());
            for (int i = 0; i < outputs.size(); i++) {
                plain.writeLong(outputs.get(i).offset());
                write(plain, outputs.get(i).outcome());
                plain.writeInt(outputs.get(i).records().size());
                List<Header> originHeaders = List.of(origins.get(i).headers().toArray());
                for (OutgoingRecord record : outputs.get(i).records()) {
                    write(plain, record, origins.get(i).value(), originHeaders);
                    if (plain.readableBytes() >= FRAME_BYTES) {
                        compress(plain, packed);
                    }
                }
            }
            compress(plain, packed);
            return packed.toByteArray();
        } finally {
            plain.release();
        }
    }

    /** A separate frame; consecutive frames are read as one. */
    private static void compress(ByteBuf plain, ByteArrayOutputStream packed) {
        int length = plain.readableBytes();
        ByteBuf frame = ByteBufAllocator.DEFAULT.heapBuffer((int) Zstd.compressBound(length));
        try {
            long size = Zstd.compressByteArray(
                    frame.array(),
                    frame.arrayOffset(),
                    frame.writableBytes(),
                    plain.array(),
                    plain.arrayOffset(),
                    length,
                    COMPRESSION_LEVEL);
            if (Zstd.isError(size)) {
                throw new IllegalStateException(Zstd.getErrorName(size));
            }
            packed.write(frame.array(), frame.arrayOffset(), (int) size);
        } finally {
            frame.release();
        }
        plain.clear();
    }

    /**
     * @param format the row's format, from 1 to {@link #NEWEST_FORMAT}
     * @param wanted the offsets whose outputs are wanted
     * @param origins finds the record at an offset, or null when it is not available
     * @param onUnrestorable receives the offset of each output that cannot be restored without its record
     * @return the outputs at those offsets, without those that cannot be restored
     * @throws NewerFormatException if a newer version wrote it
     */
    public static List<RecordOutput> decode(
            int format,
            byte[] packed,
            LongPredicate wanted,
            LongFunction<ConsumerRecord<byte[], byte[]>> origins,
            LongConsumer onUnrestorable) {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(
                new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(packed), RecyclingBufferPool.INSTANCE)))) {
            int count = in.readInt();
            List<RecordOutput> outputs = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                long offset = in.readLong();
                boolean isWanted = wanted.test(offset);
                RecordOutput output = read(in, format, offset, isWanted ? origins.apply(offset) : null);
                if (isWanted) {
                    outputs.add(withoutUnavailable(output, onUnrestorable));
                }
            }
            return outputs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RecordOutput read(DataInputStream in, int format, long offset, ConsumerRecord<byte[], byte[]> origin)
            throws IOException {
        RecordOutcome outcome = format == 1 ? null : readOutcome(in);
        int size = in.readInt();
        List<OutgoingRecord> records = new ArrayList<>(size);
        for (int j = 0; j < size; j++) {
            records.add(read(in, origin));
        }
        return new RecordOutput(offset, outcome, records);
    }

    /** What is left of an output when records lack their value; if nothing is left, it has no outcome. */
    private static RecordOutput withoutUnavailable(RecordOutput output, LongConsumer onUnrestorable) {
        List<OutgoingRecord> left = output.records().stream()
                .filter(record -> record.value() != UNAVAILABLE)
                .toList();
        if (left.size() == output.records().size()) {
            return output;
        }
        onUnrestorable.accept(output.offset());
        return new RecordOutput(output.offset(), left.isEmpty() ? null : output.outcome(), left);
    }

    private static void write(ByteBuf out, OutgoingRecord record, byte[] originValue, List<Header> originHeaders) {
        write(out, record.topic());
        out.writeInt(record.partition());
        write(out, record.key());
        if (record.value() != null && record.value() == originValue) {
            out.writeInt(SAME_AS_ORIGIN);
        } else {
            write(out, record.value());
        }
        out.writeLong(record.timestamp() == null ? NONE : record.timestamp());
        if (!originHeaders.isEmpty() && record.headers().equals(originHeaders)) {
            out.writeInt(SAME_AS_ORIGIN);
            return;
        }
        out.writeInt(record.headers().size());
        for (Header header : record.headers()) {
            write(out, header.key());
            write(out, header.value());
        }
    }

    private static void write(ByteBuf out, RecordOutcome outcome) {
        out.writeByte(outcome == null ? NONE : outcome.kind().ordinal());
        if (outcome != null) {
            writeNullable(out, outcome.command());
            writeNullable(out, outcome.code());
        }
    }

    private static RecordOutcome readOutcome(DataInputStream in) throws IOException {
        int kind = in.readByte();
        if (kind >= KINDS.length) {
            throw NewerFormatException.unknownConstant("outbox", kind);
        }
        return kind == NONE ? null : new RecordOutcome(KINDS[kind], readText(in), readText(in));
    }

    private static OutgoingRecord read(DataInputStream in, ConsumerRecord<byte[], byte[]> origin) throws IOException {
        String topic = readText(in);
        int partition = in.readInt();
        byte[] key = readBytes(in, null);
        byte[] value = readBytes(in, origin);
        long timestamp = in.readLong();
        int count = in.readInt();
        if (count == SAME_AS_ORIGIN) {
            List<Header> headers =
                    origin == null ? List.of() : List.of(origin.headers().toArray());
            byte[] originValue = origin == null ? UNAVAILABLE : value;
            return new OutgoingRecord(
                    topic, partition, key, originValue, headers, timestamp == NONE ? null : timestamp);
        }
        List<Header> headers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            headers.add(new RecordHeader(readText(in), readBytes(in, null)));
        }
        return new OutgoingRecord(topic, partition, key, value, headers, timestamp == NONE ? null : timestamp);
    }

    private static void write(ByteBuf out, String text) {
        int at = out.writerIndex();
        out.writeInt(0);
        out.setInt(at, ByteBufUtil.writeUtf8(out, text));
    }

    private static void writeNullable(ByteBuf out, String text) {
        if (text == null) {
            out.writeInt(NONE);
        } else {
            write(out, text);
        }
    }

    private static String readText(DataInputStream in) throws IOException {
        byte[] bytes = readBytes(in, null);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static void write(ByteBuf out, byte[] bytes) {
        if (bytes == null) {
            out.writeInt(NONE);
        } else {
            out.writeInt(bytes.length);
            out.writeBytes(bytes);
        }
    }

    private static byte[] readBytes(DataInputStream in, ConsumerRecord<byte[], byte[]> origin) throws IOException {
        int length = in.readInt();
        if (length == SAME_AS_ORIGIN) {
            return origin == null ? UNAVAILABLE : origin.value();
        }
        return length == NONE ? null : in.readNBytes(length);
    }
}
