package dev.lockstep.decode;

import dev.lockstep.decode.envelope.DeadLetterReason;
import dev.lockstep.decode.envelope.Envelope;
import dev.lockstep.decode.form.Fingerprint;
import dev.lockstep.decode.form.Limits;
import dev.lockstep.decode.form.ParsedObject;
import dev.lockstep.decode.form.Violation;
import dev.lockstep.domain.Command;
import dev.lockstep.domain.common.RefusalCode;
import java.util.List;
import java.util.function.Function;

/** What a record turned out to be: no command at all, or a request: one that is valid, one that is refused, or a timer. */
public sealed interface Decoded {

    <T> T fold(Function<Undecodable, T> undecodable, Function<Request, T> request);

    /**
     * No readable envelope: the record goes unchanged to the dead letters (contract, section 4).
     *
     * @param kind what it is counted by
     * @param reason one sentence saying what to do, at most {@value Limits#DETAIL} characters; never quotes the record
     */
    record Undecodable(DeadLetterReason kind, String reason) implements Decoded {
        @Override
        public <T> T fold(Function<Undecodable, T> undecodable, Function<Request, T> request) {
            return undecodable.apply(this);
        }
    }

    /** A readable envelope: whatever comes of it gets one result, unless it is a {@link Timer}. */
    sealed interface Request extends Decoded {

        /** Not null. */
        Envelope envelope();

        /** {@code data.application} where that is well formed, else null. Never null for a valid request or a timer. */
        String application();

        /** What its result repeats. Not null. */
        Named named();

        <T> T fold(Function<Valid, T> valid, Function<Refused, T> refused, Function<Timer, T> timer);

        @Override
        default <T> T fold(Function<Undecodable, T> undecodable, Function<Request, T> request) {
            return request.apply(this);
        }
    }

    /** What a command named, each null where it named none, or none that keeps the rules for it. */
    record Named(String release, String environment, String actor, String reason) {

        public static final Named NOTHING = new Named(null, null, null, null);

        /** @param data null where there is none to be read */
        static Named in(ParsedObject data) {
            return data == null
                    ? NOTHING
                    : new Named(
                            data.sound("release"),
                            data.sound("environment"),
                            data.sound("actor"),
                            data.sound("reason"));
        }
    }

    /** Something may be due in the application. It is no command, and says nothing of what (contract, section 3). */
    record Timer(Envelope envelope, String application) implements Request {
        @Override
        public Named named() {
            return Named.NOTHING;
        }

        @Override
        public <T> T fold(Function<Valid, T> valid, Function<Refused, T> refused, Function<Timer, T> timer) {
            return timer.apply(this);
        }
    }

    /**
     * A command that is valid in form.
     *
     * @param fingerprint {@value Fingerprint#BYTES} bytes over type and parsed data, equal for equal content whatever the mode,
     *     white space or order of members; not to be changed
     * @param refusedUnlessKnown null for most: how it is refused unless it is known, for it breaks rules that 0.1.0 did not have, and may have
     *     been accepted before
     * @param named what of it keeps those rules, too
     */
    record Valid(Envelope envelope, Command command, byte[] fingerprint, Refused refusedUnlessKnown, Named named)
            implements Request {
        @Override
        public String application() {
            return command.application();
        }

        @Override
        public <T> T fold(Function<Valid, T> valid, Function<Refused, T> refused, Function<Timer, T> timer) {
            return valid.apply(this);
        }
    }

    /**
     * A request that is refused before the rules see it, with a code that takes no id.
     *
     * @param code {@code UNKNOWN_COMMAND}, {@code INVALID_COMMAND} or {@code KEY_MISMATCH}
     * @param detail for the producer, at most {@value Limits#DETAIL} characters
     * @param violations the first {@value Limits#VIOLATIONS} of an {@code INVALID_COMMAND}, else empty
     * @param application see {@link Request#application()}; may be null
     */
    record Refused(
            Envelope envelope,
            RefusalCode code,
            String detail,
            List<Violation> violations,
            String application,
            Named named)
            implements Request {
        @Override
        public <T> T fold(Function<Valid, T> valid, Function<Refused, T> refused, Function<Timer, T> timer) {
            return refused.apply(this);
        }
    }
}
