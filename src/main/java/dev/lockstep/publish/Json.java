package dev.lockstep.publish;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.lockstep.domain.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/** Writes JSON straight to bytes. */
final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();

    private static volatile Written last = new Written(Instant.EPOCH, Instant.EPOCH.toString());

    interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private Json() {}

    /** One object, with what {@code body} writes into it. */
    static byte[] object(Body body) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(1024)) {
            try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
                json.writeStartObject();
                body.write(json);
                json.writeEndObject();
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void text(JsonGenerator json, String name, String valueOrNull) throws IOException {
        if (valueOrNull == null) {
            json.writeNullField(name);
        } else {
            json.writeStringField(name, valueOrNull);
        }
    }

    /** Leaves the member out when there is no value. */
    static void optional(JsonGenerator json, String name, String valueOrNull) throws IOException {
        if (valueOrNull != null) {
            json.writeStringField(name, valueOrNull);
        }
    }

    static void time(JsonGenerator json, String name, Instant valueOrNull) throws IOException {
        text(json, name, valueOrNull == null ? null : time(valueOrNull));
    }

    private record Written(Instant at, String text) {}

    /** As of RFC 3339. Most times that are written are the one of the command, many times over. */
    static String time(Instant at) {
        Written written = last;
        if (!written.at.equals(at)) {
            written = new Written(at, at.toString());
            last = written;
        }
        return written.text;
    }

    /** The parts that a source has; null when there is none. */
    static void source(JsonGenerator json, Source source) throws IOException {
        if (source == null) {
            json.writeNullField("source");
            return;
        }
        json.writeObjectFieldStart("source");
        optional(json, "repoUrl", source.repoUrl());
        optional(json, "commitSha", source.commitSha());
        optional(json, "ref", source.ref());
        optional(json, "committedAt", source.committedAt());
        json.writeEndObject();
    }
}
