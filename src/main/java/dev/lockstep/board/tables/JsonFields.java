package dev.lockstep.board.tables;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;

/** Members of published JSON; null for a member that is missing or of another type. */
final class JsonFields {

    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private JsonFields() {}

    static String text(JsonNode object, String member) {
        return object.path(member).textValue();
    }

    /** @throws DateTimeException if the text is not a time between 1970 and 9999 */
    static Instant time(JsonNode object, String member) {
        String time = text(object, member);
        return time == null ? null : time(time);
    }

    /**
     * @throws DateTimeException if the text is not a time between 1970 and 9999: Postgres has others, but clients cannot show
     * them
     */
    static Instant time(String text) {
        Instant time = Instant.parse(text);
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw new DateTimeException("the time is not between 1970 and 9999");
        }
        return time;
    }
}
