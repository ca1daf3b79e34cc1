package dev.lockstep.board.api;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** A parameter that is a time. */
final class TimeParameter {

    /** RFC 3339 has four digits; Postgres takes some more, but not all that Java reads. */
    private static final int MAX_YEAR = 9999;

    private TimeParameter() {}

    static Instant of(String parameter, String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            if (time.getYear() >= 0 && time.getYear() <= MAX_YEAR) {
                return time.toInstant();
            }
        } catch (DateTimeParseException notOne) {
            // said below
        }
        throw Problem.invalidParameter(parameter, "must be a time as RFC 3339 has it, such as 2026-01-31T12:00:00Z");
    }
}
