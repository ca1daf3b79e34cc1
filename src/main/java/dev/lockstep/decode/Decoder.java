package dev.lockstep.decode;

import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.decode.Decoded.Named;
import dev.lockstep.decode.Decoded.Refused;
import dev.lockstep.decode.Decoded.Timer;
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
import dev.lockstep.decode.form.TimerType;
import dev.lockstep.decode.form.Violations;
import dev.lockstep.domain.common.RefusalCode;
import dev.lockstep.wire.TimerDue;
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
 * {@code KEY_MISMATCH}. A timer is no command, and is either right or a dead letter.
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
        if (raw.type().equals(TimerDue.TYPE)) {
            return timer(raw, record.key());
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
        ParsedObject data = data(CommandType.anyShape()::read, raw.body(), new Violations());
        return new Refused(
                raw.envelope(),
                RefusalCode.UNKNOWN_COMMAND,
                Suggestions.unknownType(raw.type()),
                List.of(),
                data == null ? null : data.text(APPLICATION),
                Named.in(data));
    }

    /** Nobody is told of what is wrong with one: whatever it is, it does no harm (contract, section 3). */
    private Decoded timer(RawEnvelope raw, byte[] key) {
        Violations violations = raw.violations(TimerType.SHAPE.names());
        ParsedObject data = data(TimerType.SHAPE::read, raw.body(), violations);
        if (!violations.isEmpty()) {
            return new Undecodable(
                    DeadLetterReason.INVALID_TIMER,
                    "The data of a timer holds its application and nothing else: only the worker sends timers.");
        }
        String application = data.text(APPLICATION);
        return keyMismatch(key, application) == null
                ? new Timer(raw.envelope(), application)
                : new Undecodable(
                        DeadLetterReason.INVALID_TIMER,
                        "The key of a timer is its application: only the worker sends timers.");
    }

    private Decoded request(CommandType type, RawEnvelope raw, byte[] key) {
        Envelope envelope = raw.envelope();
        Violations violations = raw.violations(type.shape().names());
        ParsedObject data = data(type::read, raw.body(), violations);
        String application = data == null ? null : data.text(APPLICATION);
        Named named = Named.in(data);
        Refused refusedUnlessKnown = violations.isEmpty()
                ? null
                : new Refused(
                        envelope,
                        RefusalCode.INVALID_COMMAND,
                        violations.summary(),
                        violations.listed(),
                        application,
                        named);
        if (!violations.areOnlyOfLaterRules()) {
            return refusedUnlessKnown;
        }
        String mismatch = keyMismatch(key, application);
        if (mismatch != null) {
            return refusedUnlessKnown == null
                    ? new Refused(envelope, RefusalCode.KEY_MISMATCH, mismatch, List.of(), application, named)
                    : refusedUnlessKnown;
        }
        return new Valid(
                envelope,
                type.command(data, envelope.correlation()),
                Fingerprint.of(type, data),
                refusedUnlessKnown,
                named);
    }

    /** @return null if there is no object that could be read to its end */
    private ParsedObject data(Reading reading, EventData body, Violations violations) {
        if (body.flaw() != null) {
            violations.add(body.flaw());
            return null;
        }
        try (JsonParser parser = json.parser(body.bytes(), body.offset(), body.length())) {
            if (parser.nextToken() == null) {
                violations.add(Pointer.DATA, "is required");
                return null;
            }
            ParsedObject data = reading.read(parser, Pointer.DATA, violations);
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

    /** How an object is read. */
    private interface Reading {
        ParsedObject read(JsonParser parser, Pointer at, Violations violations) throws IOException;
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
                + ": set it to exactly the same bytes.";
    }
}
