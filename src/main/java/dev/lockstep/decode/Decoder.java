package dev.lockstep.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.decode.Decoded.Refused;
import dev.lockstep.decode.Decoded.Undecodable;
import dev.lockstep.decode.Decoded.Valid;
import dev.lockstep.decode.envelope.DeadLetterReason;
import dev.lockstep.decode.envelope.Envelope;
import dev.lockstep.decode.envelope.EnvelopeReader;
import dev.lockstep.decode.envelope.EventData;
import dev.lockstep.decode.envelope.RawEnvelope;
import dev.lockstep.decode.envelope.Unreadable;
import dev.lockstep.decode.form.CommandType;
import dev.lockstep.decode.form.Fingerprint;
import dev.lockstep.decode.form.Limits;
import dev.lockstep.decode.form.ParsedObject;
import dev.lockstep.decode.form.Pointer;
import dev.lockstep.decode.form.StrictJson;
import dev.lockstep.decode.form.Suggestions;
import dev.lockstep.decode.form.Syntax;
import dev.lockstep.decode.form.Texts;
import dev.lockstep.decode.form.Violations;
import dev.lockstep.domain.RefusalCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Utils;

/**
 * Bytes in, command out (contract, sections 3 and 4). Takes anything, throws nothing, keeps nothing. Thread-safe.
 *
 * <p>The order of the checks is the contract's: a readable envelope, then {@code UNKNOWN_COMMAND}, {@code INVALID_COMMAND},
 * {@code KEY_MISMATCH}.
 */
public final class Decoder {

    private static final String APPLICATION = "application";

    /** What Kafka adds to the name and the value of a header, at most: thousands of empty ones are not nothing. */
    private static final int HEADER_BYTES = 8;

    private static final int SHOWN_KEY = 128;

    private final Limits limits;
    private final EnvelopeReader envelopes;
    private final StrictJson json;

    public Decoder(Limits limits) {
        this.limits = limits;
        envelopes = new EnvelopeReader(limits);
        json = new StrictJson(limits, limits.maxDepth());
    }

    public Decoded decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            return read(record);
        } catch (RuntimeException e) {
            return new Undecodable(
                    DeadLetterReason.FAULT, "The record could not be read; compare it with a documented example.");
        }
    }

    private Decoded read(ConsumerRecord<byte[], byte[]> record) {
        if (isTooLarge(record.key()) || isTooLarge(record.value()) || areTooLarge(record.headers())) {
            return new Undecodable(
                    DeadLetterReason.TOO_LARGE,
                    "The key, the value or the headers are larger than " + limits.maxRecordBytes()
                            + " bytes: send less, for example a link.");
        }
        RawEnvelope raw = envelopes.read(record);
        Unreadable unreadable = raw.unreadable();
        if (unreadable != null) {
            return new Undecodable(unreadable.kind(), unreadable.reason());
        }
        CommandType type = CommandType.named(raw.type());
        return type == null ? unknown(raw) : request(type, raw, record.key());
    }

    private boolean isTooLarge(byte[] bytes) {
        return bytes != null && bytes.length > limits.maxRecordBytes();
    }

    private boolean areTooLarge(Headers headers) {
        long bytes = 0;
        for (Header header : headers) {
            bytes += HEADER_BYTES
                    + Utils.utf8Length(header.key())
                    + (header.value() == null ? 0 : header.value().length);
        }
        return bytes > limits.maxRecordBytes();
    }

    private Refused unknown(RawEnvelope raw) {
        return new Refused(
                raw.envelope(),
                RefusalCode.UNKNOWN_COMMAND,
                Suggestions.unknownType(raw.type()),
                List.of(),
                applicationIn(raw.body()));
    }

    private Decoded request(CommandType type, RawEnvelope raw, byte[] key) {
        Envelope envelope = raw.envelope();
        Violations violations = raw.violations(type.shape().names());
        ParsedObject data = data(type, raw.body(), violations);
        String application = data == null ? null : data.text(APPLICATION);
        Refused invalid = violations.isEmpty()
                ? null
                : new Refused(
                        envelope, RefusalCode.INVALID_COMMAND, violations.summary(), violations.listed(), application);
        if (!violations.areOnlyOfLaterRules()) {
            return invalid;
        }
        String mismatch = keyMismatch(key, application);
        if (mismatch != null) {
            return invalid == null
                    ? new Refused(envelope, RefusalCode.KEY_MISMATCH, mismatch, List.of(), application)
                    : invalid;
        }
        return new Valid(envelope, type.command(data), Fingerprint.of(type, data), invalid);
    }

    /** @return null if there is no object that could be read to its end */
    private ParsedObject data(CommandType type, EventData body, Violations violations) {
        if (body.flaw() != null) {
            violations.add(body.flaw());
            return null;
        }
        try (JsonParser parser = json.parser(body.bytes(), body.offset(), body.length())) {
            if (parser.nextToken() == null) {
                violations.add(Pointer.DATA, "is required");
                return null;
            }
            ParsedObject data = type.shape().read(parser, Pointer.DATA, violations);
            if (parser.nextToken() != null) {
                violations.add(Pointer.DATA, "must be one JSON object with nothing after it");
                return null;
            }
            return data;
        } catch (IOException e) {
            violations.add(Pointer.DATA, StrictJson.complaint(e, body.length()));
            return null;
        }
    }

    /** The application of data whose shape nobody knows, or null: only for the result's key. */
    private String applicationIn(EventData body) {
        if (body.flaw() != null) {
            return null;
        }
        try (JsonParser parser = json.parser(body.bytes(), body.offset(), body.length())) {
            String application = parser.nextToken() == JsonToken.START_OBJECT ? onlyApplication(parser) : null;
            return parser.nextToken() == null ? application : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static String onlyApplication(JsonParser parser) throws IOException {
        String application = null;
        int times = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = parser.currentName().equals(APPLICATION);
            if (parser.nextToken() == JsonToken.VALUE_STRING && wanted) {
                application = parser.getText();
            }
            times += wanted ? 1 : 0;
            parser.skipChildren();
        }
        return times == 1 && application != null && Syntax.APPLICATION.matches(application) ? application : null;
    }

    /** @return the application that a record's key names, or null if it names none */
    public static String application(byte[] key) {
        if (key == null || key.length > Limits.APPLICATION) {
            return null;
        }
        String text = new String(key, StandardCharsets.US_ASCII);
        return Syntax.APPLICATION.matches(text) ? text : null;
    }

    /** @return what is wrong with the record's key, or null if it is the application */
    private static String keyMismatch(byte[] key, String application) {
        String demand = "data.application, '" + application + "'";
        if (key == null || key.length == 0) {
            return "The record has no key: set it to " + demand + ".";
        }
        if (Arrays.equals(key, application.getBytes(StandardCharsets.US_ASCII))) {
            return null;
        }
        String flaw = Texts.encodingFlaw(key);
        if (flaw != null) {
            return "The record key " + flaw + ", the bare " + demand + ".";
        }
        String text = new String(key, StandardCharsets.UTF_8);
        if (text.equals('"' + application + '"')) {
            return "The record key is written as JSON, in quotes: send the bare text of " + demand + ".";
        }
        return "The record key is '" + Texts.shown(text, SHOWN_KEY) + "', not " + demand + Texts.oddity(text)
                + ": set it to the very same bytes.";
    }
}
