package dev.lockstep.board.api;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Times as parameters. */
final class Times {

    private Times() {}

    static Instant of(String parameter, String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw Problem.invalid(parameter, "must be a time as RFC 3339 has it, such as 2026-01-31T12:00:00Z");
        }
    }
}
