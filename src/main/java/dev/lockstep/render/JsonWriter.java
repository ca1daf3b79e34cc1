package dev.lockstep.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.lockstep.domain.release.Source;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes JSON straight to bytes. */
final class JsonWriter {

    /** Characters beyond the basic plane are written as UTF-8, too: escaped, they would take three times as many bytes. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private static final long SECONDS_PER_DAY = 86_400;

    private static volatile Day lastDay = new Day(0, LocalDate.EPOCH.toString());
    private static volatile Time lastTime = new Time(Instant.MIN, "");

    interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private JsonWriter() {}

    /** One object, with the members that {@code body} writes into it. */
    static byte[] object(Body body) {
        Bytes bytes = new Bytes();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.all;
    }

    /** Takes the output from the generator's own, recycled buffer: one copy for all but the largest records. */
    private static final class Bytes extends OutputStream {
        private byte[] all = {};

        @Override
        public void write(byte[] more, int from, int length) {
            int before = all.length;
            all = Arrays.copyOf(all, before + length);
            System.arraycopy(more, from, all, before, length);
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }
    }

    static void writeTextOrNull(JsonGenerator json, String name, String valueOrNull) throws IOException {
        if (valueOrNull == null) {
            json.writeNullField(name);
        } else {
            json.writeStringField(name, valueOrNull);
        }
    }

    /** Leaves the member out when there is no value. */
    static void writeTextIfPresent(JsonGenerator json, String name, String valueOrNull) throws IOException {
        if (valueOrNull != null) {
            json.writeStringField(name, valueOrNull);
        }
    }

    static void writeTexts(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    static void writeTexts(JsonGenerator json, String name, Map<String, String> values) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, String> value : values.entrySet()) {
            json.writeStringField(value.getKey(), value.getValue());
        }
        json.writeEndObject();
    }

    static void writeTime(JsonGenerator json, String name, Instant valueOrNull) throws IOException {
        writeTextOrNull(json, name, valueOrNull == null ? null : formatTime(valueOrNull));
    }

    private record Day(long number, String text) {}

    private record Time(Instant at, String text) {}

    /** In RFC 3339 format; whole milliseconds as {@link Instant#toString} writes them; finer parts are cut off. */
    static String formatTime(Instant at) {
        Time time = lastTime;
        if (time.at != at) { // most of what a command outputs happened at the same instant
            time = new Time(at, format(at));
            lastTime = time;
        }
        return time.text;
    }

    private static String format(Instant at) {
        long number = Math.floorDiv(at.getEpochSecond(), SECONDS_PER_DAY);
        Day day = lastDay;
        if (day.number != number) {
            day = new Day(number, LocalDate.ofEpochDay(number).toString());
            lastDay = day;
        }
        int second = (int) Math.floorMod(at.getEpochSecond(), SECONDS_PER_DAY);
        StringBuilder text = new StringBuilder(day.text.length() + "T00:00:00.000Z".length()).append(day.text);
        appendDigits(text.append('T'), second / 3_600, 10);
        appendDigits(text.append(':'), second / 60 % 60, 10);
        appendDigits(text.append(':'), second % 60, 10);
        int millis = at.getNano() / 1_000_000;
        if (millis > 0) {
            appendDigits(text.append('.'), millis, 100);
        }
        return text.append('Z').toString();
    }

    /** @param first the place value of the first digit, a power of ten */
    private static void appendDigits(StringBuilder text, int number, int first) {
        for (int unit = first; unit > 0; unit /= 10) {
            text.append((char) ('0' + number / unit % 10));
        }
    }

    /** Writes the parts that a source has; null if there is no source. */
    static void writeSource(JsonGenerator json, Source source) throws IOException {
        if (source == null) {
            json.writeNullField("source");
            return;
        }
        json.writeObjectFieldStart("source");
        writeTextIfPresent(json, "repoUrl", source.repoUrl());
        writeTextIfPresent(json, "commitSha", source.commitSha());
        writeTextIfPresent(json, "ref", source.ref());
        writeTextIfPresent(json, "committedAt", source.committedAt());
        json.writeEndObject();
    }
}
