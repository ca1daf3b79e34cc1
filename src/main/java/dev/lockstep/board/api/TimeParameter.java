package dev.lockstep.board.api;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/** A request parameter that holds a time. */
final class TimeParameter {

    /** RFC 3339 years have four digits; Postgres accepts a few more, but not every year that Java parses. */
    private static final int MAX_YEAR = 9999;

    private TimeParameter() {}

    static Instant of(String parameter, String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC);
            if (time.getYear() >= 0 && time.getYear() <= MAX_YEAR) {
                return time.toInstant();
            }
        } catch (DateTimeParseException malformed) {
            // reported below
        }
        throw ProblemException.invalidParameter(
                parameter, "must be an RFC 3339 time without a leap second, such as 2026-01-31T12:00:00Z");
    }
}
