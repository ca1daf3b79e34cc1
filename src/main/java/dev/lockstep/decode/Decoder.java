package dev.lockstep.decode;

import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.decode.Decoded.EchoedFields;
import dev.lockstep.decode.Decoded.RejectedCommand;
import dev.lockstep.decode.Decoded.Timer;
import dev.lockstep.decode.Decoded.Undecodable;
import dev.lockstep.decode.Decoded.ValidCommand;
import dev.lockstep.decode.envelope.DeadLetterKind;
import dev.lockstep.decode.envelope.Envelope;
import dev.lockstep.decode.envelope.EnvelopeFailure;
import dev.lockstep.decode.envelope.EnvelopeReader;
import dev.lockstep.decode.envelope.EventData;
import dev.lockstep.decode.envelope.RawEnvelope;
import dev.lockstep.decode.schema.CommandType;
import dev.lockstep.decode.schema.Fingerprint;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.decode.schema.ParsedObject;
import dev.lockstep.decode.schema.Pointer;
import dev.lockstep.decode.schema.StrictJson;
import dev.lockstep.decode.schema.Suggestions;
import dev.lockstep.decode.schema.Syntax;
import dev.lockstep.decode.schema.Texts;
import dev.lockstep.decode.schema.TimerSchema;
import dev.lockstep.decode.schema.Violations;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.failure.Faults;
import dev.lockstep.wire.TimerDue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Utils;
import org.jboss.logging.Logger;

/**
 * Turns bytes into a command (contract, sections 3 and 4). Accepts any input, never throws, is stateless and thread-safe.
 *
 * <p>The order of the checks is the contract's: a readable envelope, then {@code UNKNOWN_COMMAND}, {@code INVALID_COMMAND},
 * {@code KEY_MISMATCH}. A timer is not a command, and is either valid or a dead letter.
 */
public final class Decoder {

    private static final Logger LOG = Logger.getLogger(Decoder.class);
    private static final String APPLICATION = "application";

    /** The most that Kafka adds to a header's name and value: thousands of empty headers add up. */
    private static final int HEADER_OVERHEAD_BYTES = 8;

    private static final int MAX_SHOWN_KEY_CHARACTERS = 128;

    private final Limits limits;
    private final EnvelopeReader envelopeReader;
    private final StrictJson json;

    public Decoder(Limits limits) {
        this.limits = limits;
        envelopeReader = new EnvelopeReader(limits);
        json = new StrictJson(limits, limits.maxDepth());
    }

    public Decoded decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            return read(record);
        } catch (RuntimeException bug) {
            LOG.errorf(
                    "A record could not be read partition=%d offset=%d reason=%s",
                    record.partition(), record.offset(), Faults.describe(bug));
            return new Undecodable(
                    DeadLetterKind.FAULT,
                    "An internal error occurred, which the worker has logged. If this is a command, it has no result.");
        }
    }

    private Decoded read(ConsumerRecord<byte[], byte[]> record) {
        if (isTooLarge(record.key()) || isTooLarge(record.value()) || areHeadersTooLarge(record.headers())) {
            return new Undecodable(
                    DeadLetterKind.TOO_LARGE,
                    "The key, the value or the headers are larger than " + limits.maxPartBytes()
                            + " bytes: send less, for example a link.");
        }
        RawEnvelope raw = envelopeReader.read(record);
        EnvelopeFailure envelopeFailure = raw.envelopeFailure();
        if (envelopeFailure != null) {
            return new Undecodable(envelopeFailure.kind(), envelopeFailure.reason());
        }
        if (raw.type().equals(TimerDue.TYPE)) {
            return decodeTimer(raw, record.key());
        }
        CommandType type = CommandType.forTypeName(raw.type());
        return type == null ? rejectUnknown(raw) : decodeCommand(type, raw, record.key());
    }

    private boolean isTooLarge(byte[] bytes) {
        return bytes != null && bytes.length > limits.maxPartBytes();
    }

    private boolean areHeadersTooLarge(Headers headers) {
        long bytes = 0;
        for (Header header : headers) {
            bytes += HEADER_OVERHEAD_BYTES
                    + Utils.utf8Length(header.key())
                    + (header.value() == null ? 0 : header.value().length);
        }
        return bytes > limits.maxPartBytes();
    }

    private RejectedCommand rejectUnknown(RawEnvelope raw) {
        ParsedObject data = readData(CommandType.echoedFieldsSchema()::read, raw.data(), new Violations());
        return new RejectedCommand(
                raw.envelope(),
                RejectionCode.UNKNOWN_COMMAND,
                Suggestions.describeUnknownType(raw.type()),
                List.of(),
                data == null ? null : data.text(APPLICATION),
                EchoedFields.of(raw.envelope(), data));
    }

    /** What is wrong with a timer is not reported to anybody: an invalid one does no harm (contract, section 3). */
    private Decoded decodeTimer(RawEnvelope raw, byte[] key) {
        Violations violations = raw.validate(TimerSchema.SCHEMA.names());
        ParsedObject data = readData(TimerSchema.SCHEMA::read, raw.data(), violations);
        if (!violations.isEmpty()) {
            return new Undecodable(
                    DeadLetterKind.INVALID_TIMER,
                    "The data of a timer holds its application and nothing else: only the worker sends timers.");
        }
        String application = data.text(APPLICATION);
        return keyMismatch(key, application) == null
                ? new Timer(raw.envelope(), application)
                : new Undecodable(
                        DeadLetterKind.INVALID_TIMER,
                        "The key of a timer is its application: only the worker sends timers.");
    }

    private Decoded decodeCommand(CommandType type, RawEnvelope raw, byte[] key) {
        Envelope envelope = raw.envelope();
        Violations violations = raw.validate(type.schema().names());
        ParsedObject data = readData(type::read, raw.data(), violations);
        String application = data == null ? null : data.text(APPLICATION);
        EchoedFields echoedFields = EchoedFields.of(envelope, data);
        RejectedCommand rejection = violations.isEmpty()
                ? null
                : new RejectedCommand(
                        envelope,
                        RejectionCode.INVALID_COMMAND,
                        violations.summary(),
                        violations.listed(),
                        application,
                        echoedFields);
        if (!violations.areOnlyFromLaterRules()) {
            return rejection;
        }
        String mismatch = keyMismatch(key, application);
        if (mismatch != null) {
            return rejection == null
                    ? new RejectedCommand(
                            envelope, RejectionCode.KEY_MISMATCH, mismatch, List.of(), application, echoedFields)
                    : rejection;
        }
        return new ValidCommand(
                envelope,
                type.toCommand(data, echoedFields.attribution()),
                Fingerprint.of(type, data),
                rejection,
                echoedFields);
    }

    /** @return null if no object could be read to its end */
    private ParsedObject readData(DataReader dataReader, EventData body, Violations violations) {
        if (body.violation() != null) {
            violations.add(body.violation());
            return null;
        }
        try (JsonParser parser = json.parser(body.bytes(), body.offset(), body.length())) {
            if (parser.nextToken() == null) {
                violations.add(Pointer.DATA, "is required");
                return null;
            }
            ParsedObject data = dataReader.read(parser, Pointer.DATA, violations);
            if (parser.nextToken() != null) {
                violations.add(Pointer.DATA, "must be one JSON object with nothing after it");
                return null;
            }
            return data;
        } catch (IOException e) {
            violations.add(Pointer.DATA, StrictJson.errorMessage(e, body.length()));
            return null;
        }
    }

    /** Reads an object. */
    private interface DataReader {
        ParsedObject read(JsonParser parser, Pointer at, Violations violations) throws IOException;
    }

    /** @return the application that a record's key names, or null if it names none */
    public static String applicationOfKey(byte[] key) {
        if (key == null || key.length > Limits.APPLICATION) {
            return null;
        }
        String text = new String(key, StandardCharsets.US_ASCII);
        return Syntax.APPLICATION.matches(text) ? text : null;
    }

    /** @return what is wrong with the record's key, or null if it is the application */
    private static String keyMismatch(byte[] key, String application) {
        if (key != null && Arrays.equals(key, application.getBytes(StandardCharsets.US_ASCII))) {
            return null;
        }
        String expected = "data.application, '" + application + "'";
        if (key == null || key.length == 0) {
            return "The record has no key: set it to " + expected + ".";
        }
        String flaw = Texts.encodingViolation(key);
        if (flaw != null) {
            return "The record key " + flaw + ", the bare " + expected + ".";
        }
        String text = new String(key, StandardCharsets.UTF_8);
        if (text.equals('"' + application + '"')) {
            return "The record key is written as JSON, in quotes: send the bare text of " + expected + ".";
        }
        return "The record key is '" + Texts.forDisplay(text, MAX_SHOWN_KEY_CHARACTERS) + "', not " + expected
                + Texts.oddCharacterHint(text) + ": set it to exactly the same bytes.";
    }
}
