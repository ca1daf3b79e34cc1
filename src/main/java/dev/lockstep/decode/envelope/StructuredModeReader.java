package dev.lockstep.decode.envelope;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.decode.envelope.RawEnvelope.Attribute;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.decode.schema.Pointer;
import dev.lockstep.decode.schema.StrictJson;
import dev.lockstep.decode.schema.Texts;
import dev.lockstep.wire.KafkaHeaders;
import java.io.IOException;
import java.util.Base64;

/** Reads a CloudEvent that is the whole record value: one JSON object, whose data is located first and parsed afterwards. */
final class StructuredModeReader {

    private static final String NO_PREFIX = "";
    private static final String DATA = "data";
    private static final String DATA_BASE64 = "data_base64";
    private static final Pointer AT_BASE64 = Pointer.of(DATA_BASE64);

    /** Null means unset, which is not acceptable for data. */
    private static final EventData UNSET = EventData.invalid(Pointer.DATA, "must be an object, not null");

    private final StrictJson json;

    StructuredModeReader(Limits limits) {
        json = new StrictJson(limits, limits.maxDepth() + 1);
    }

    /** @param value may be null */
    RawEnvelope read(byte[] value) {
        RawEnvelope envelope = new RawEnvelope(NO_PREFIX);
        if (value == null) {
            return envelope.failAsNotJson(
                    "The record has no value: a command is one JSON object. To delete a release, send"
                            + " release.delete instead of a tombstone.");
        }
        if (isBlank(value)) {
            return envelope.failAsNotJson("The value is empty: a command is one JSON object.");
        }
        String violation = Texts.encodingViolation(value);
        if (violation != null) {
            return envelope.failAsNotJson("The value " + violation + ".");
        }
        try (JsonParser parser = json.parser(value, 0, value.length)) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_OBJECT) {
                new MemberReader(envelope, parser, value).read();
            }
            boolean hasMore = parser.nextToken() != null;
            if (token != JsonToken.START_OBJECT) {
                envelope.failAsNotJson(
                        token == JsonToken.VALUE_STRING
                                ? "The value is a JSON string: look for a serialiser that quotes the command a second time."
                                : "The value is not a JSON object: a structured command is one.");
            } else if (hasMore) {
                envelope.fail(
                        DeadLetterKind.NO_JSON,
                        "The value continues after its JSON object: send one command per record.");
            }
        } catch (IOException e) {
            failAsMalformed(envelope, e, value);
        }
        return envelope;
    }

    /** A line of an object that was split over several lines begins with a quoted name, or closes the object. */
    private static void failAsMalformed(RawEnvelope envelope, IOException e, byte[] value) {
        boolean isFragment = "\"}]".indexOf(value[firstNonBlank(value)]) >= 0;
        String violation = isFragment ? StrictJson.INCOMPLETE : StrictJson.errorMessage(e, value.length);
        if (violation.equals(StrictJson.INCOMPLETE)) {
            envelope.failAsNotJson("The value " + violation + ".");
        } else {
            envelope.fail(DeadLetterKind.NO_JSON, "The value " + violation + ": send one well-formed JSON object.");
        }
    }

    private static boolean isBlank(byte[] value) {
        return firstNonBlank(value) == value.length;
    }

    /** @return the position of the first byte that is not white space */
    private static int firstNonBlank(byte[] value) {
        int at = 0;
        while (at < value.length && " \t\r\n".indexOf(value[at]) >= 0) {
            at++;
        }
        return at;
    }

    /** The members of one envelope. */
    private static final class MemberReader {
        private final RawEnvelope envelope;
        private final JsonParser parser;
        private final byte[] value;
        private EventData data;
        private EventData base64;

        MemberReader(RawEnvelope envelope, JsonParser parser, byte[] value) {
            this.envelope = envelope;
            this.parser = parser;
            this.value = value;
        }

        void read() throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                switch (name) {
                    case DATA -> data = rejectRepeated(name, data, readData(token));
                    case DATA_BASE64 -> base64 = rejectRepeated(name, base64, readBase64(token));
                    case KafkaHeaders.TRACEPARENT -> envelope.setTraceparent(textIfAny(token));
                    case KafkaHeaders.TRACESTATE -> envelope.setTracestate(textIfAny(token));
                    default -> readAttribute(name, token);
                }
                parser.skipChildren();
            }
            envelope.setData(selectData());
        }

        private String textIfAny(JsonToken token) throws IOException {
            return token == JsonToken.VALUE_STRING ? parser.getText() : null;
        }

        private void readAttribute(String name, JsonToken token) throws IOException {
            Attribute attribute = Attribute.forName(name);
            if (attribute == null) {
                if (token != JsonToken.VALUE_NULL) {
                    envelope.addUnknownName(name);
                }
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

        private EventData rejectRepeated(String name, EventData before, EventData now) {
            if (before != null) {
                envelope.fail(DeadLetterKind.BAD_ENVELOPE, name + " occurs more than once: send it once.");
            }
            return now;
        }

        private EventData readData(JsonToken token) throws IOException {
            if (token == JsonToken.VALUE_NULL) {
                return UNSET;
            }
            if (token != JsonToken.START_OBJECT) {
                return EventData.invalid(Pointer.DATA, "must be an object, not " + StrictJson.kindOf(token));
            }
            int from = (int) parser.currentTokenLocation().getByteOffset();
            parser.skipChildren();
            return EventData.slice(value, from, (int) parser.currentLocation().getByteOffset());
        }

        private EventData readBase64(JsonToken token) throws IOException {
            if (token == JsonToken.VALUE_NULL) {
                return UNSET;
            }
            if (token != JsonToken.VALUE_STRING) {
                return EventData.invalid(AT_BASE64, "must be a string, not " + StrictJson.kindOf(token));
            }
            try {
                return EventData.of(Base64.getDecoder().decode(parser.getText()));
            } catch (IllegalArgumentException e) {
                return EventData.invalid(AT_BASE64, "is not base64");
            }
        }

        private EventData selectData() {
            boolean encoded = base64 != null && base64 != UNSET;
            if (data == UNSET && encoded) {
                return base64;
            }
            if (data != null && encoded) {
                return EventData.invalid(AT_BASE64, "must not be given together with data");
            }
            if (data != null) {
                return data;
            }
            return encoded ? base64 : EventData.invalid(Pointer.DATA, "is required");
        }
    }
}
