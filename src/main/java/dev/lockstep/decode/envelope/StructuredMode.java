package dev.lockstep.decode.envelope;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.decode.envelope.RawEnvelope.Attribute;
import dev.lockstep.decode.form.Limits;
import dev.lockstep.decode.form.Pointer;
import dev.lockstep.decode.form.StrictJson;
import dev.lockstep.decode.form.Texts;
import java.io.IOException;
import java.util.Base64;

/** A CloudEvent that is the record's value as a whole: one JSON object, its data found by place and read afterwards. */
final class StructuredMode {

    private static final String NO_PREFIX = "";
    private static final String DATA = "data";
    private static final String DATA_BASE64 = "data_base64";
    private static final String TRACEPARENT = "traceparent";
    private static final Pointer AT_BASE64 = Pointer.of(DATA_BASE64);

    private final StrictJson json;

    StructuredMode(Limits limits) {
        json = new StrictJson(limits, limits.maxDepth() + 1);
    }

    /** @param value may be null */
    RawEnvelope read(byte[] value) {
        RawEnvelope envelope = new RawEnvelope(NO_PREFIX);
        if (value == null || value.length == 0) {
            return envelope.obstruct(
                    DeadLetterReason.NO_JSON, "The record has no value: a structured command is one JSON object.");
        }
        if (!Texts.isUtf8(value)) {
            return envelope.obstruct(DeadLetterReason.NO_JSON, "The value is not valid UTF-8: send JSON in UTF-8.");
        }
        try (JsonParser parser = json.parser(value, 0, value.length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return envelope.obstruct(
                        DeadLetterReason.NO_JSON, "The value is not a JSON object: a structured command is one.");
            }
            new Members(envelope, parser, value).read();
            if (parser.nextToken() != null) {
                envelope.obstruct(
                        DeadLetterReason.NO_JSON,
                        "The value goes on after its JSON object: send one command per record.");
            }
        } catch (IOException e) {
            envelope.obstruct(
                    DeadLetterReason.NO_JSON,
                    "The value " + StrictJson.complaint(e) + ": send one well-formed JSON object.");
        }
        return envelope;
    }

    /** The members of one envelope. */
    private static final class Members {
        private final RawEnvelope envelope;
        private final JsonParser parser;
        private final byte[] value;
        private EventData data;
        private EventData base64;

        Members(RawEnvelope envelope, JsonParser parser, byte[] value) {
            this.envelope = envelope;
            this.parser = parser;
            this.value = value;
        }

        void read() throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                switch (name) {
                    case DATA -> data = once(name, data, data(token));
                    case DATA_BASE64 -> base64 = once(name, base64, base64(token));
                    case TRACEPARENT -> envelope.traceparent(token == JsonToken.VALUE_STRING ? parser.getText() : null);
                    default -> attribute(Attribute.named(name), token);
                }
                parser.skipChildren();
            }
            envelope.body(body());
        }

        private void attribute(Attribute attribute, JsonToken token) throws IOException {
            if (attribute == null) {
                return;
            }
            if (token == JsonToken.VALUE_STRING) {
                envelope.set(attribute, parser.getText());
            } else if (token == JsonToken.VALUE_NULL) {
                envelope.set(attribute, null);
            } else {
                envelope.setUnreadable(attribute, "must be a string, not " + StrictJson.kindOf(token));
            }
        }

        private EventData once(String name, EventData before, EventData now) {
            if (before != null) {
                envelope.obstruct(DeadLetterReason.BAD_ENVELOPE, name + " occurs more than once: send it once.");
            }
            return now;
        }

        private EventData data(JsonToken token) throws IOException {
            if (token != JsonToken.START_OBJECT) {
                return EventData.flawed(Pointer.DATA, "must be an object, not " + StrictJson.kindOf(token));
            }
            int from = (int) parser.currentTokenLocation().getByteOffset();
            parser.skipChildren();
            return EventData.part(value, from, (int) parser.currentLocation().getByteOffset());
        }

        private EventData base64(JsonToken token) throws IOException {
            if (token != JsonToken.VALUE_STRING) {
                return EventData.flawed(AT_BASE64, "must be a string, not " + StrictJson.kindOf(token));
            }
            try {
                return EventData.of(Base64.getDecoder().decode(parser.getText()));
            } catch (IllegalArgumentException e) {
                return EventData.flawed(AT_BASE64, "is not base64");
            }
        }

        private EventData body() {
            if (data != null && base64 != null) {
                return EventData.flawed(AT_BASE64, "must not stand beside data");
            }
            if (data != null) {
                return data;
            }
            return base64 != null ? base64 : EventData.flawed(Pointer.DATA, "is required");
        }
    }
}
