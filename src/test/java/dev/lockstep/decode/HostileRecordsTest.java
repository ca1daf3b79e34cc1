package dev.lockstep.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.config.LimitsConfig;
import dev.lockstep.decode.Decoded.RejectedCommand;
import dev.lockstep.decode.Decoded.Undecodable;
import dev.lockstep.decode.Decoded.ValidCommand;
import dev.lockstep.decode.envelope.Envelope;
import dev.lockstep.decode.schema.Fingerprint;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.decode.schema.Syntax;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.common.Violation;
import java.lang.management.ManagementFactory;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Whatever comes in, exactly one answer comes out, and everything in that can be stored and sent. */
class HostileRecordsTest {

    private static final int RECORDS = 100_000;
    private static final long SEED = 20260131;
    private static final int LONGEST_POINTER = 2 * (Limits.POINTER_NAME + 1) + 64;
    /** Processor time for decoding alone; the machine may be busy with other things. */
    private static final Duration SANE = Duration.ofSeconds(20);

    private static final CharsetEncoder UTF_8 =
            StandardCharsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPORT);

    private final Decoder decoder = new Decoder(Limits.DEFAULT);
    private final Map<RejectionCode, Integer> refusals = new EnumMap<>(RejectionCode.class);
    private int valid;
    private int narrowed;
    private int deadLetters;

    @Test
    void everyRecordGetsExactlyOneAnswerThatCanBeStoredAndSent() {
        HostileRecords records = new HostileRecords(SEED);
        long spent = 0;
        for (int i = 0; i < RECORDS; i++) {
            ConsumerRecord<byte[], byte[]> record = records.next();
            long started = processorTime();
            Decoded decoded = decoder.decode(record);
            spent += processorTime() - started;
            check(decoded, i);
        }

        assertThat(Duration.ofNanos(spent)).isLessThan(SANE);
        assertThat(valid).as("valid ones").isGreaterThan(RECORDS / 20);
        assertThat(narrowed).as("records that only a later rule refuses").isGreaterThan(RECORDS / 200);
        assertThat(deadLetters).as("dead letters").isGreaterThan(RECORDS / 20);
        assertThat(refusals)
                .containsOnlyKeys(
                        RejectionCode.UNKNOWN_COMMAND, RejectionCode.INVALID_COMMAND, RejectionCode.KEY_MISMATCH);
        assertThat(refusals.values()).allMatch(count -> count > RECORDS / 200);
    }

    private void check(Decoded decoded, int number) {
        if (decoded instanceof Undecodable undecodable) {
            deadLetters++;
            checkText(undecodable.reason(), Limits.DETAIL, number);
            that(!undecodable.reason().contains("could not be read"), "fell through to the last resort", number);
        } else if (decoded instanceof RejectedCommand refused) {
            refusals.merge(refused.code(), 1, Integer::sum);
            checkRefused(refused, number);
        } else {
            ValidCommand read = (ValidCommand) decoded;
            if (read.rejectionUnlessDuplicate() == null) {
                valid++;
            } else {
                narrowed++;
                checkRefused(read.rejectionUnlessDuplicate(), number);
            }
            checkValid(read, number);
        }
    }

    private static void checkValid(ValidCommand decoded, int number) {
        checkEnvelope(decoded.envelope(), number);
        that(decoded.fingerprint().length == Fingerprint.BYTES, "has a short fingerprint", number);
        checkText(decoded.command().toString(), LimitsConfig.DEFAULT_MAX_RECORD_BYTES, number);
        that(Syntax.APPLICATION.matches(decoded.application()), "has no application", number);
    }

    private static void checkRefused(RejectedCommand refused, int number) {
        checkEnvelope(refused.envelope(), number);
        checkText(refused.detail(), Limits.DETAIL, number);
        int violations = refused.violations().size();
        that(
                violations == 0 ^ refused.code() == RejectionCode.INVALID_COMMAND,
                "has violations that do not match its code",
                number);
        that(violations <= Limits.VIOLATIONS, "lists too many violations", number);
        for (Violation violation : refused.violations()) {
            checkText(violation.pointer(), LONGEST_POINTER, number);
            checkText(violation.message(), Limits.DETAIL, number);
            that(violation.pointer().startsWith("/"), "has an invalid pointer", number);
        }
        String application = refused.application();
        that(application == null || Syntax.APPLICATION.matches(application), "names a wrong application", number);
    }

    private static void checkEnvelope(Envelope envelope, int number) {
        checkText(envelope.id(), 2 * Limits.ID, number);
        checkText(envelope.source(), 2 * Limits.SOURCE, number);
        checkText(envelope.type(), 2 * Limits.TYPE, number);
        if (envelope.correlationId() != null) {
            checkText(envelope.correlationId(), 2 * Limits.CORRELATION_ID, number);
        }
        if (envelope.trace() != null) {
            checkText(envelope.trace().traceparent(), 55, number);
            checkText(Objects.requireNonNullElse(envelope.trace().tracestate(), "none"), 512, number);
        }
    }

    private static void checkText(String text, int longest, int number) {
        try {
            UTF_8.encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new AssertionError("Record " + number + " has a text that is not valid Unicode", e);
        }
        that(!text.isEmpty() && text.length() <= longest, "has a text that is empty or too long", number);
        that(text.indexOf('\0') < 0, "has a text with U+0000", number);
    }

    /** A million AssertJ assertions would take longer than what is tested. */
    private static void that(boolean holds, String otherwise, int number) {
        if (!holds) {
            throw new AssertionError("Record " + number + " " + otherwise);
        }
    }

    private static long processorTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
