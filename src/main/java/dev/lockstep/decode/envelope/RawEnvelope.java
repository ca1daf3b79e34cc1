package dev.lockstep.decode.envelope;

import dev.lockstep.decode.schema.CommandType;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.decode.schema.Pointer;
import dev.lockstep.decode.schema.Suggestions;
import dev.lockstep.decode.schema.Syntax;
import dev.lockstep.decode.schema.Texts;
import dev.lockstep.decode.schema.Violations;
import dev.lockstep.wire.KafkaHeaders;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An envelope being read, in either mode: its attributes as received, the place of its data, and the first reason, if any,
 * why it is not an envelope at all.
 */
public final class RawEnvelope {

    /** The attributes that the worker uses; all others are ignored. */
    enum Attribute {
        ID,
        SOURCE,
        TYPE,
        SPECVERSION,
        CORRELATIONID,
        DATACONTENTTYPE;

        private static final Attribute[] ALL = values();
        static final List<Attribute> REQUIRED = List.of(ID, SOURCE, TYPE, SPECVERSION);

        final String attributeName = name().toLowerCase(Locale.ROOT);

        /** @return null if it is none of them */
        static Attribute forName(String name) {
            for (Attribute candidate : ALL) {
                if (candidate.attributeName.equals(name)) {
                    return candidate;
                }
            }
            return null;
        }

        boolean isRequired() {
            return ordinal() <= SPECVERSION.ordinal();
        }
    }

    private static final String SPECVERSION_1_0 = "1.0";

    private static final Set<String> ATTRIBUTES = Stream.concat(
                    Arrays.stream(Attribute.ALL).map(attribute -> attribute.attributeName),
                    Stream.of("data", KafkaHeaders.TRACEPARENT, KafkaHeaders.TRACESTATE))
            .collect(Collectors.toUnmodifiableSet());
    /** Names that a misplaced or misspelt attribute may have been meant as, normalized by {@link Suggestions#normalized}. */
    private static final Set<String> RECOGNISED_NAMES = Stream.concat(
                    ATTRIBUTES.stream(),
                    Arrays.stream(CommandType.values())
                            .flatMap(type -> type.schema().names().stream().map(Suggestions::normalized)))
            .collect(Collectors.toUnmodifiableSet());

    private final String prefix;
    private final String[] values = new String[Attribute.ALL.length];
    private final Violations violations = new Violations();
    private int seen;
    private String traceparent;
    private String tracestate;
    private EnvelopeFailure failure;
    private EventData data;
    private boolean hasSpecificReason;
    private final List<String> unknownNames = new ArrayList<>(0);

    /** @param prefix the prefix that this mode puts before an attribute's name */
    RawEnvelope(String prefix) {
        this.prefix = prefix;
    }

    /** @param value null if not given, which is not an error here */
    void set(Attribute attribute, String value) {
        int bit = 1 << attribute.ordinal();
        if ((seen & bit) != 0) {
            fail(
                    DeadLetterKind.BAD_ENVELOPE,
                    prefix + attribute.attributeName + " occurs more than once: send it once.");
        }
        seen |= bit;
        values[attribute.ordinal()] = value;
    }

    /** The attribute is present, but cannot be read as text. */
    void setUnreadable(Attribute attribute, String requirement) {
        set(attribute, null);
        if (attribute.isRequired()) {
            fail(DeadLetterKind.BAD_ENVELOPE, prefix + attribute.attributeName + " " + requirement + ".");
        } else {
            violations.add(Pointer.of(attribute.attributeName), requirement);
        }
    }

    void setTraceparent(String value) {
        traceparent = value;
    }

    void setTracestate(String value) {
        tracestate = value;
    }

    public void setData(EventData data) {
        this.data = data;
    }

    /** Keeps the first reason why this is not an envelope. */
    RawEnvelope fail(DeadLetterKind kind, String reason) {
        failure = failure == null ? new EnvelopeFailure(kind, reason) : failure;
        return this;
    }

    /** Like {@link #fail}, for a value that is not a JSON object, with a reason that is clear in either mode. */
    RawEnvelope failAsNotJson(String reason) {
        hasSpecificReason = failure == null;
        return fail(DeadLetterKind.NO_JSON, reason);
    }

    boolean hasSpecificReason() {
        return hasSpecificReason;
    }

    /** A member or header that is not an attribute, but may have been meant as one, or as a field of the data. */
    void addUnknownName(String name) {
        if (unknownNames.size() < Limits.VIOLATIONS && RECOGNISED_NAMES.contains(Suggestions.normalized(name))) {
            unknownNames.add(name);
        }
    }

    /** Like {@link #fail}, for a reason that explains all others. */
    RawEnvelope failOverriding(DeadLetterKind kind, String reason) {
        failure = new EnvelopeFailure(kind, reason);
        return this;
    }

    boolean has(Attribute attribute) {
        return (seen & 1 << attribute.ordinal()) != 0;
    }

    /** Whether anything is present that only an envelope has: data may well have a {@code source} of its own. */
    boolean looksLikeAnEvent() {
        return has(Attribute.SPECVERSION) || has(Attribute.ID) || has(Attribute.TYPE);
    }

    /** @return why this is no readable envelope, or null if it is one */
    public EnvelopeFailure envelopeFailure() {
        if (failure != null) {
            return failure;
        }
        String violation = violation();
        return violation == null ? null : new EnvelopeFailure(DeadLetterKind.BAD_ENVELOPE, violation);
    }

    private String violation() {
        for (Attribute attribute : Attribute.REQUIRED) {
            if (isNullOrEmpty(value(attribute))) {
                return missingAttributesMessage();
            }
        }
        String specversion = value(Attribute.SPECVERSION);
        if (!SPECVERSION_1_0.equals(specversion)) {
            return prefix + "specversion must be 1.0" + Texts.oddCharacterHint(specversion) + ".";
        }
        for (String value : values) {
            if (value != null && Texts.hasUnpairedSurrogate(value)) {
                return "The envelope has an unpaired surrogate: send valid Unicode.";
            }
        }
        return null;
    }

    private String missingAttributesMessage() {
        return "Missing or empty: " + names(attribute -> isNullOrEmpty(value(attribute))) + "; every command needs "
                + names(attribute -> true)
                + (unknownNames.stream().anyMatch(name -> intendedAttribute(name) != null) ? ", in lower case." : ".");
    }

    private String names(Predicate<Attribute> which) {
        return Attribute.REQUIRED.stream()
                .filter(which)
                .map(attribute -> prefix + attribute.attributeName)
                .collect(Collectors.joining(", "));
    }

    public String type() {
        return value(Attribute.TYPE);
    }

    public EventData data() {
        return data;
    }

    /**
     * What is wrong with a readable envelope; more may be added.
     *
     * @param fields of the command's data
     */
    public Violations validate(Set<String> fields) {
        check(Attribute.ID, Limits.ID, Syntax.LINE);
        check(Attribute.SOURCE, Limits.SOURCE, Syntax.URI_REFERENCE);
        check(Attribute.CORRELATIONID, Limits.CORRELATION_ID, Syntax.LINE);
        String contentType = value(Attribute.DATACONTENTTYPE);
        if (!isNullOrEmpty(contentType) && !ContentType.isJson(contentType)) {
            violations.add(
                    Pointer.of(Attribute.DATACONTENTTYPE.attributeName),
                    "must be application/json" + Texts.quotesHint(contentType));
        }
        unknownNames.forEach(name -> checkStray(name, fields));
        return violations;
    }

    private void checkStray(String name, Set<String> fields) {
        Pointer at = Pointer.of(name);
        String attribute = intendedAttribute(name);
        if (attribute != null) {
            violations.addFromLaterRule(at, "is not a CloudEvent attribute; did you mean \"" + attribute + "\"?");
            return;
        }
        fields.stream()
                .filter(field -> Suggestions.normalized(field).equals(Suggestions.normalized(name)))
                .findFirst()
                .ifPresent(field -> violations.addFromLaterRule(
                        at, "belongs in data" + (field.equals(name) ? "" : ", as \"" + field + "\"")));
    }

    /** @return the attribute of which the given name is a variant, or null */
    private static String intendedAttribute(String name) {
        String plain = Suggestions.normalized(name);
        return ATTRIBUTES.contains(plain) ? plain : null;
    }

    private void check(Attribute attribute, int limit, Syntax syntax) {
        String value = value(attribute);
        if (value == null) {
            return;
        }
        Pointer at = Pointer.of(attribute.attributeName);
        String flaw = Texts.storageViolation(value);
        if (flaw != null) {
            violations.add(at, flaw);
        }
        if (value.isEmpty() || Texts.isLongerThan(limit, value)) {
            violations.add(at, "must have 1 to " + limit + " characters, has " + Texts.length(value));
        } else if (flaw == null && !syntax.matches(value)) {
            violations.addFromLaterRule(at, syntax.violation(value));
        }
    }

    public Envelope envelope() {
        String correlationId = value(Attribute.CORRELATIONID);
        return new Envelope(
                Texts.sanitized(value(Attribute.ID), Limits.ID),
                Texts.sanitized(value(Attribute.SOURCE), Limits.SOURCE),
                Texts.sanitized(value(Attribute.TYPE), Limits.TYPE),
                isNullOrEmpty(correlationId) ? null : Texts.sanitized(correlationId, Limits.CORRELATION_ID),
                TraceContextParser.parse(traceparent, tracestate));
    }

    private String value(Attribute attribute) {
        return values[attribute.ordinal()];
    }

    private static boolean isNullOrEmpty(String text) {
        return text == null || text.isEmpty();
    }
}
