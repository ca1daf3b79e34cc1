package dev.lockstep.decode;

import dev.lockstep.decode.envelope.DeadLetterKind;
import dev.lockstep.decode.envelope.Envelope;
import dev.lockstep.decode.schema.Fingerprint;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.decode.schema.ParsedObject;
import dev.lockstep.domain.Command;
import dev.lockstep.domain.common.Actor;
import dev.lockstep.domain.common.Attribution;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.common.Violation;
import java.util.List;
import java.util.function.Function;

/** The result of decoding a record: undecodable, a valid command, a rejected command, or a timer. */
public sealed interface Decoded {

    <T> T fold(Function<Undecodable, T> undecodable, Function<DecodedEvent, T> event);

    /**
     * No readable envelope: the record is sent unchanged to the dead-letter topic (contract, section 4).
     *
     * @param kind what it is counted by
     * @param reason a short text, at most {@value Limits#DETAIL} characters; never quotes the record
     */
    record Undecodable(DeadLetterKind kind, String reason) implements Decoded {
        @Override
        public <T> T fold(Function<Undecodable, T> undecodable, Function<DecodedEvent, T> event) {
            return undecodable.apply(this);
        }
    }

    /** A readable envelope: whatever the outcome, it gets one result, unless it is a {@link Timer}. */
    sealed interface DecodedEvent extends Decoded {

        /** Not null. */
        Envelope envelope();

        /** {@code data.application} if well formed, else null. Never null for a valid command or a timer. */
        String application();

        /** The fields that its result repeats. Not null. */
        EchoedFields echoedFields();

        <T> T fold(Function<ValidCommand, T> valid, Function<RejectedCommand, T> rejected, Function<Timer, T> timer);

        @Override
        default <T> T fold(Function<Undecodable, T> undecodable, Function<DecodedEvent, T> event) {
            return event.apply(this);
        }
    }

    /**
     * The fields that a result echoes; each is null where the command has none or has an invalid one.
     *
     * @param attribution to whom everything is attributed that the command causes. Not null; actor and reason may be
     */
    record EchoedFields(String release, String environment, Attribution attribution) {

        /** Those of something that has no readable fields. */
        static EchoedFields none(Envelope envelope) {
            return new EchoedFields(null, null, new Attribution(null, null, envelope.correlation(), envelope.trace()));
        }

        /** @param data null if there is none that can be read */
        static EchoedFields of(Envelope envelope, ParsedObject data) {
            return data == null
                    ? none(envelope)
                    : new EchoedFields(
                            data.validText("release"),
                            data.validText("environment"),
                            new Attribution(
                                    Actor.of(data.validText("actor")),
                                    data.validText("reason"),
                                    envelope.correlation(),
                                    envelope.trace()));
        }
    }

    /** Something may be due in the application. A timer is not a command, and does not say what is due (contract, section 3). */
    record Timer(Envelope envelope, String application) implements DecodedEvent {
        @Override
        public EchoedFields echoedFields() {
            return EchoedFields.none(envelope);
        }

        @Override
        public <T> T fold(
                Function<ValidCommand, T> valid, Function<RejectedCommand, T> rejected, Function<Timer, T> timer) {
            return timer.apply(this);
        }
    }

    /**
     * A command that is valid in form.
     *
     * @param fingerprint {@value Fingerprint#BYTES} bytes over type and parsed data, equal for equal content whatever the mode,
     *     white space or order of members; not to be changed
     * @param rejectionUnlessDuplicate usually null. The rejection of a command that breaks only rules that 0.1.0 did not have; it
     *     applies unless the command is a re-send of one that was accepted before
     * @param echoedFields those of its fields that obey the newer rules, too
     */
    record ValidCommand(
            Envelope envelope,
            Command command,
            byte[] fingerprint,
            RejectedCommand rejectionUnlessDuplicate,
            EchoedFields echoedFields)
            implements DecodedEvent {
        @Override
        public String application() {
            return command.application();
        }

        @Override
        public <T> T fold(
                Function<ValidCommand, T> valid, Function<RejectedCommand, T> rejected, Function<Timer, T> timer) {
            return valid.apply(this);
        }
    }

    /**
     * A command that is rejected before the rules see it, with a code that does not use up its id.
     *
     * @param code {@code UNKNOWN_COMMAND}, {@code INVALID_COMMAND} or {@code KEY_MISMATCH}
     * @param detail for the producer, at most {@value Limits#DETAIL} characters
     * @param violations the first {@value Limits#VIOLATIONS} of an {@code INVALID_COMMAND}, else empty
     * @param application see {@link DecodedEvent#application()}; may be null
     */
    record RejectedCommand(
            Envelope envelope,
            RejectionCode code,
            String detail,
            List<Violation> violations,
            String application,
            EchoedFields echoedFields)
            implements DecodedEvent {
        @Override
        public <T> T fold(
                Function<ValidCommand, T> valid, Function<RejectedCommand, T> rejected, Function<Timer, T> timer) {
            return rejected.apply(this);
        }
    }
}
