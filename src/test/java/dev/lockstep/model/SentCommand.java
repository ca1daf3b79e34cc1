package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A command with a readable envelope, as it was received.
 *
 * @param data      the parsed data; an object unless {@code valid} is false
 * @param recordKey the Kafka record's key, null if it had none
 * @param valid     whether {@code data} conforms to the schema of {@code type}; the sender knows, the model does not check
 * @param at        when it is decided on; null if unspecified, which means the same time as the previous command
 */
public record SentCommand(
        String source, String id, String type, JsonNode data, String recordKey, boolean valid, Instant at) {

    /** The worker's own (section 3): not a command. */
    public static final String TIMER = "dev.lockstep.timer.due.v1";

    private static final Pattern APPLICATION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._~@:-]{0,62}");
    private static final Comparator<JsonNode> NUMBERS_BY_VALUE = (left, right) -> {
        if (left.isNumber() && right.isNumber()) {
            return left.decimalValue().compareTo(right.decimalValue());
        }
        return left.equals(right) ? 0 : 1;
    };

    public SentCommand(String source, String id, String type, JsonNode data, String recordKey, boolean valid) {
        this(source, id, type, data, recordKey, valid, null);
    }

    /** The same command, decided on at that time. */
    public SentCommand at(Instant time) {
        return new SentCommand(source, id, type, data, recordKey, valid, time);
    }

    /** The same with other data. */
    SentCommand with(JsonNode other) {
        return new SentCommand(source, id, type, other, recordKey, valid, at);
    }

    public boolean isTimer() {
        return type.equals(TIMER);
    }

    public boolean isDryRun() {
        return data.path("dryRun").asBoolean(false);
    }

    /** The text of a member of the data, null if there is none. */
    String text(String member) {
        return data.path(member).textValue();
    }

    /** {@code data.application}, null unless it is well formed. */
    public String application() {
        JsonNode application = data.path("application");
        boolean wellFormed = application.isTextual()
                && APPLICATION.matcher(application.textValue()).matches();
        return wellFormed ? application.textValue() : null;
    }

    /** The kind of command, null for a type that version 1 does not know. */
    public CommandKind kind() {
        return CommandKind.ofType(type);
    }

    /** Whether the record key is missing or is not {@code data.application}. */
    public boolean keyMismatch() {
        return !Objects.equals(recordKey, application());
    }

    /** Content in the sense of the idempotency key: type and data, whatever the order of members. */
    public boolean sameContent(SentCommand other) {
        return type.equals(other.type) && data.equals(NUMBERS_BY_VALUE, other.data);
    }
}
