package dev.lockstep.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * What the worker wrote and published for a few thousand commands under full load, for the bare loop to reproduce.
 *
 * @param rowsPerCommand rows written to Postgres, by inserts and updates
 * @param bytesPerRow the size of a row's columns
 * @param commands what was published for each command
 */
record Sample(double rowsPerCommand, int bytesPerRow, List<List<Output>> commands) {

    private static final String CAUSE = "ce_causationid";
    private static final String FILLER = "{\"title\":\"1.42.0\",\"since\":\"2026-01-01T00:00:00Z\"},".repeat(400);

    /** @param topic its index in {@link ContenderResources#outputs()} */
    record Output(int topic, byte[] key, byte[] value, List<Header> headers) {

        /** The record with another command's id as its cause. */
        ProducerRecord<byte[], byte[]> record(List<String> topics, int partition, byte[] cause) {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topics.get(topic), partition, key, value);
            for (Header header : headers) {
                record.headers().add(header.key().equals(CAUSE) ? new RecordHeader(CAUSE, cause) : header);
            }
            return record;
        }

        int bytes() {
            int bytes = (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
            for (Header header : headers) {
                bytes += header.key().length() + header.value().length;
            }
            return bytes;
        }
    }

    /** How many rows belong to {@code count} commands after {@code done} others: whole rows, which add up in the long run. */
    int rows(long done, int count) {
        return (int) (Math.floor((done + count) * rowsPerCommand) - Math.floor(done * rowsPerCommand));
    }

    /** A text as long as a row. */
    String content(int row) {
        int start = row % 50;
        return FILLER.substring(start, Math.min(FILLER.length(), start + bytesPerRow));
    }

    List<Output> outputs(long command) {
        return commands.get((int) (command % commands.size()));
    }

    double outputsPerCommand() {
        return commands.stream().mapToInt(List::size).average().orElse(0);
    }

    double outputBytesPerCommand() {
        return commands.stream()
                .mapToInt(outputs -> outputs.stream().mapToInt(Output::bytes).sum())
                .average()
                .orElse(0);
    }

    void write(Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeDouble(rowsPerCommand);
            out.writeInt(bytesPerRow);
            out.writeInt(commands.size());
            for (List<Output> outputs : commands) {
                out.writeInt(outputs.size());
                for (Output output : outputs) {
                    out.writeInt(output.topic());
                    write(out, output.key());
                    write(out, output.value());
                    out.writeInt(output.headers().size());
                    for (Header header : output.headers()) {
                        out.writeUTF(header.key());
                        write(out, header.value());
                    }
                }
            }
        }
    }

    static Sample read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            double rowsPerCommand = in.readDouble();
            int bytesPerRow = in.readInt();
            int count = in.readInt();
            List<List<Output>> commands = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                int size = in.readInt();
                List<Output> outputs = new ArrayList<>(size);
                for (int j = 0; j < size; j++) {
                    outputs.add(new Output(in.readInt(), bytes(in), bytes(in), headers(in)));
                }
                commands.add(outputs);
            }
            return new Sample(rowsPerCommand, bytesPerRow, commands);
        }
    }

    private static List<Header> headers(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<Header> headers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            headers.add(new RecordHeader(in.readUTF(), bytes(in)));
        }
        return headers;
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length < 0 ? null : in.readNBytes(length);
    }
}
