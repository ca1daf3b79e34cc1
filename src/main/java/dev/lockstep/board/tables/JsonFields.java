package dev.lockstep.board.tables;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/** Members of published JSON; null for a member that is missing or of another type. */
final class JsonFields {

    private JsonFields() {}

    static String text(JsonNode object, String member) {
        return object.path(member).textValue();
    }

    /** @throws java.time.format.DateTimeParseException if the text is not a time */
    static Instant time(JsonNode object, String member) {
        String time = text(object, member);
        return time == null ? null : Instant.parse(time);
    }
}
